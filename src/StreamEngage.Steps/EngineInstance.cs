using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps;

/// <summary>
/// One member of the group: takes the lanes it is given, lets each advance on its own, and publishes for all of them together. The loop itself
/// never waits for a store, so that the group does not take a slow store for a dead member.
/// </summary>
internal sealed class EngineInstance
{
    private const string Gone =
        "its next records were deleted before they were read: the input's retention is too short, or the engine was away too long";

    /// <summary>So many times as long as a look at what waits took, none follows: the lanes need the loop as well.</summary>
    private const int LooksApart = 4;

    private readonly LaneParts _parts;
    private readonly StepSettings _settings;
    private readonly Dictionary<int, LaneRun> _lanes = [];
    private Publication? _publication;
    private Task? _recovery;
    private DateTimeOffset _lastPublication;
    private DateTimeOffset _lastConclusion;
    private TimeSpan _lookTook;

    public EngineInstance(LaneParts parts)
    {
        _parts = parts with { Time = new SteadyTime(parts.Time) };
        _settings = parts.Settings;
        parts.Input.Revoking = DrainAsync;
    }

    /// <summary>The lanes it has, in no meaningful order.</summary>
    public IEnumerable<LaneWorker> Lanes => _lanes.Values.Select(run => run.Worker);

    /// <summary>Works until it is stopped; then finishes what is under way, publishes it and returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _recovery = RecoverAsync(stop);
        try
        {
            while (!stop.IsCancellationRequested) await TurnAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Leaving is what was asked for.
        }
        await DrainAsync([.. _lanes.Keys]);
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        var polled = await _parts.Input.PollAsync(PollWait(), _settings.WaitingRecords, stop);
        await TakeAsync(polled);
        foreach (var run in _lanes.Values)
        {
            // Also while it waits for the store, or for a producer: that is when its inbox fills.
            PauseOrResume(run.Worker);
            if (!run.Advance.IsCompleted) continue;
            await run.Advance;
            if (MayAdvance(run.Worker)) run.Advance = run.Worker.AdvanceAsync(stop);
        }
        await PublishAsync(stop);
        _parts.Watch?.Turned(Lanes);
    }

    /// <summary>A poll that nothing comes to keeps everything else waiting.</summary>
    private TimeSpan PollWait()
    {
        var (least, most) = (TimeSpan.FromMilliseconds(1), _settings.Tick / 5);
        if (_publication is not null || _lanes.Values.Any(run => !run.Advance.IsCompleted)) return least;
        var wait = _recovery is null ? UntilPublication() : most;
        return wait < least ? least : wait < most ? wait : most;
    }

    private async Task TakeAsync(Polled polled)
    {
        foreach (var lane in polled.Revoked) _lanes.Remove(lane);
        foreach (var lane in polled.Lost)
        {
            if (!_lanes.Remove(lane, out var run)) continue;
            run.Worker.Lose("another instance has the lane");
            await run.Advance;
        }
        foreach (var lane in polled.Assigned) _lanes[lane] = new(new(lane, _parts));
        foreach (var lane in polled.Gone)
            if (_lanes.TryGetValue(lane, out var run)) run.Worker.Park(Gone);
        _parts.Watch?.Polled(polled);
        foreach (var record in polled.Records)
            if (_lanes.TryGetValue(record.Lane, out var run)) run.Worker.Inbox.Add(record);
        foreach (var (lane, topic) in polled.Ends)
            if (_lanes.TryGetValue(lane, out var run)) run.Worker.Inbox.End(topic);
    }

    /// <summary>A lane is not acquired again while this instance may still be making something of it visible.</summary>
    private bool MayAdvance(LaneWorker worker) => worker.State != LaneState.Acquiring
        || (_recovery is null && _publication?.Parts.Any(part => part.Worker == worker) != true);

    private void PauseOrResume(LaneWorker worker)
    {
        var isParked = worker.State == LaneState.Parked;
        if (!worker.IsPaused && (isParked || worker.Inbox.IsFull))
        {
            _parts.Input.Pause(worker.Lane);
            worker.IsPaused = true;
        }
        else if (worker.IsPaused && !isParked && worker.Inbox.HasRoom)
        {
            _parts.Input.Resume(worker.Lane);
            worker.IsPaused = false;
        }
    }

    /// <summary>Begins a publication when it is time for one, and takes note of the end of the one before.</summary>
    private async Task PublishAsync(CancellationToken stop)
    {
        if (_recovery is { } recovery)
        {
            if (!recovery.IsCompleted) return;
            await recovery;
            _recovery = null;
        }
        if (_publication is { } publication)
        {
            if (!publication.Result.IsCompleted) return;
            _publication = null;
            Conclude(publication, await publication.Result, stop);
        }
        if (_recovery is null && UntilPublication() <= TimeSpan.Zero) Begin([.. _lanes.Values], stop);
    }

    private TimeSpan UntilPublication()
    {
        var interval = SomeMay(outbox => outbox.HasNewRecords) ? _settings.Publish
            // What is held back goes with the first look after it is let go, and a look at thousands of prompts is work.
            : SomeMay(outbox => outbox.HasRecords) ? Longer(_settings.Publish, _settings.Tick)
            : _settings.PublishIdle;
        var (next, soonest) = (_lastPublication + Longer(interval, _lookTook * LooksApart), _lastConclusion + _settings.PublishApart);
        return (next > soonest ? next : soonest) - _parts.Time.GetUtcNow();
    }

    private bool SomeMay(Predicate<LaneOutbox> publish) => _lanes.Values.Any(run => run.Worker.MayPublish && publish(run.Worker.Outbox));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Begin(IReadOnlyList<LaneRun> lanes, CancellationToken stop)
    {
        var began = _parts.Time.GetTimestamp();
        var parts = lanes.Select(run => PublicationPart.Of(run.Worker, _parts)).OfType<PublicationPart>().ToList();
        (_lastPublication, _lookTook) = (_parts.Time.GetUtcNow(), _parts.Time.GetElapsedTime(began));
        if (parts.Count > 0) _publication = new(parts, _parts.Time.GetTimestamp(), _parts.Log.PublishAsync([.. parts.Select(part => part.Lane)], stop));
    }

    private void Conclude(Publication publication, PublishResult result, CancellationToken stop)
    {
        _lastConclusion = _parts.Time.GetUtcNow();
        for (var i = 0; i < publication.Parts.Count; i++)
        {
            var part = publication.Parts[i];
            if (part.Worker.Tenure != part.Tenure) continue;
            if (result.Verdict == PublishVerdict.Committed)
            {
                part.Worker.Outbox.Published(part.Entries, result.JournalEnds[i]);
                _parts.Watch?.Published(part.Records);
            }
            else if (result.Verdict != PublishVerdict.Aborted) part.Worker.Lose($"its last publication was {result.Verdict.ToString().ToLowerInvariant()}");
        }
        _parts.Watch?.Concluded(result.Verdict, publication.Began);
        if (result.Verdict == PublishVerdict.Unknown) _recovery = RecoverAsync(stop);
    }

    /// <summary>A new producer, tried until there is one: nothing is published meanwhile.</summary>
    private async Task RecoverAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await _parts.Log.RecoverAsync(stop);
                return;
            }
            catch (LogFailedException)
            {
                await Task.Delay(_settings.Retry, _parts.Time, stop);
            }
        }
    }

    /// <summary>The lanes are about to go: the step in flight ends, what is decided is published once, then they are let go.</summary>
    private async Task DrainAsync(IReadOnlyList<int> lanes)
    {
        var leaving = lanes.Distinct().Select(lane => _lanes.GetValueOrDefault(lane)).OfType<LaneRun>().ToList();
        foreach (var run in leaving) await run.Advance;
        await ConcludeAsync();
        if (_recovery is null or { IsCompletedSuccessfully: true })
        {
            Begin(leaving, CancellationToken.None);
            await ConcludeAsync();
        }
        foreach (var run in leaving) run.Worker.Lose("another instance takes the lane");
        foreach (var lane in lanes) _lanes.Remove(lane);
    }

    private async Task ConcludeAsync()
    {
        if (_publication is not { } publication) return;
        _publication = null;
        Conclude(publication, await publication.Result, CancellationToken.None);
    }

    /// <summary>A lane and what it is doing.</summary>
    private sealed class LaneRun(LaneWorker worker)
    {
        public LaneWorker Worker => worker;

        public Task<bool> Advance { get; set; } = Task.FromResult(false);
    }

    private sealed record Publication(IReadOnlyList<PublicationPart> Parts, long Began, Task<PublishResult> Result);

    /// <summary>One lane in a publication, as it stood when that began.</summary>
    private sealed record PublicationPart(
        LaneWorker Worker, int Tenure, IReadOnlyList<OutboxEntry> Entries, IReadOnlyList<OutgoingRecord> Records, LanePublication Lane)
    {
        /// <summary>Null when the lane has nothing to publish.</summary>
        public static PublicationPart? Of(LaneWorker worker, LaneParts parts)
        {
            if (!worker.MayPublish || worker.Applied is not { } applied) return null;
            var (bytes, left) = (0, 0);
            var (entries, records) = (new List<OutboxEntry>(), new List<OutgoingRecord>());
            var (steps, settled) = (new List<JournalStep>(), new List<string>());
            foreach (var entry in worker.Outbox.Waiting())
            {
                var isStep = OutboxWriter.IsStep(entry);
                if (OutboxWriter.IsForJournal(entry))
                {
                    var told = JournalRecord.Decode(entry.Record)!;
                    steps.AddRange(told.Steps);
                    settled.AddRange(told.Settled);
                }
                else if (OutboxWriter.Read(entry) is not { } record || parts.Watch?.Withholds(record) == true)
                {
                    left++;
                    continue;
                }
                else records.Add(record);
                entries.Add(entry);
                settled.Add(entry.Key);
                bytes += entry.Key.Length + (isStep ? entry.Record.Length : 0);
                // Only behind a step: what it decided is never visible while nobody knows how it was made.
                if (isStep && bytes >= parts.Settings.JournalBytes) break;
            }
            worker.Outbox.Leave(left);
            if (entries.Count == 0) return null;
            var journal = new JournalRecord(steps, settled);
            return new(worker, worker.Tenure, entries, records, new(worker.Lane, applied, records, journal.Encode()));
        }
    }
}
