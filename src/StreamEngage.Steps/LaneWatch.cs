using System.Globalization;
using StreamEngage.Decide;
using StreamEngage.State;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>Tells people how the lanes do, and the lanes what people want of them. It changes no decision.</summary>
internal sealed class LaneWatch(LaneBoard board, EngineMeters meters, EngineControl control, LaneTopics topics, TimeProvider time)
{
    /// <summary>Shows that the loop turns.</summary>
    public required LoopPulse Pulse { get; init; }

    /// <summary>Receives what is worth a line in a log.</summary>
    public required Action<Notice> Notice { get; init; }

    /// <summary>Receives the commands that were committed; null: nobody follows them.</summary>
    public PromptTraces? Traces { get; init; }

    private static readonly TimeSpan ShownEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string> _channelOf = topics.ChannelOfTopic().ToDictionary(StringComparer.Ordinal);
    private readonly Dictionary<int, LaneStatus> _shown = [];
    private long _lastShown;

    /// <summary>A command that is not to be published now.</summary>
    public bool Withholds(in OutgoingRecord record)
    {
        if (HeaderOf(record, OutboxWriter.TriggerHeader) is not { } trigger) return false;
        if (HeaderOf(record, OutboxWriter.KindHeader) == OutboxWriter.CancelKind) return false;
        if (control.Refuses(trigger, time.GetUtcNow().ToUnixTimeMilliseconds()) is not { } why) return false;
        meters.Emit.Withheld(why);
        return true;
    }

    public void Polled(Polled polled)
    {
        meters.Ingest.Consumed(polled.Records.Count);
        if (polled.Assigned.Count > 0) meters.Ingest.Rebalanced(RebalanceKind.Assigned, polled.Assigned.Count);
        if (polled.Revoked.Count > 0) meters.Ingest.Rebalanced(RebalanceKind.Revoked, polled.Revoked.Count);
        if (polled.Lost.Count > 0) meters.Ingest.Rebalanced(RebalanceKind.Lost, polled.Lost.Count);
    }

    public void Stepped(LaneWorker worker, LaneStep step, long began)
    {
        meters.State.Stepped(time.GetElapsedTime(began));
        if (step.Told is not null) meters.State.Replayed(1);
        foreach (var (_, reason) in step.Refused) meters.Ingest.Quarantined(reason);
        if (step.Withdrawn > 0) meters.Emit.Withheld(Withheld.Consent, step.Withdrawn);
        worker.Counted.Add(worker.Engine!, meters);
    }

    /// <summary>Hears which rulebook came into force in some lane.</summary>
    public Action<LaneReign> InForce { get; init; } = _ => { };

    public void Succeeded(int lane, LaneReign reign)
    {
        Notice(new(NoticeKind.RulebookChanged, lane, $"{reign.Text.Version}, the {reign.Number}. change"));
        Begin(reign);
    }

    /// <summary>A lane that was taken over has a rulebook that was published.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="reign">Its rulebook.</param>
    /// <param name="settings">Version of the rulebook that the settings name.</param>
    public void Found(int lane, LaneReign reign, string settings)
    {
        if (reign.Text.Version != settings) Notice(new(NoticeKind.RulebookKept, lane, $"{reign.Text.Version}, not {settings}, which the settings name"));
        Begin(reign);
    }

    private void Begin(LaneReign reign)
    {
        var rulebook = reign.Rulebook.Definition;
        var channels = rulebook.Triggers.SelectMany(trigger => trigger.AllChannels).Concat(rulebook.Policy.Channels.Keys);
        meters.Know(rulebook.Triggers.Select(trigger => trigger.Name), channels);
        // What was decided before is still published, so its topics stay known.
        foreach (var (topic, channel) in (topics with { Channels = rulebook.Policy.Channels }).ChannelOfTopic()) _channelOf[topic] = channel;
        InForce(reign);
    }

    public void Quarantining(int lane, string why) => Notice(new(NoticeKind.QuarantineRateHigh, lane, why));

    /// <summary>The kind and place of a bug; its message might say what the record said.</summary>
    public void Threw(int lane, in InputRecord record, Exception fault) =>
        Notice(new(NoticeKind.EventFailed, lane, $"{topics.Read[record.Topic]} at {record.Offset}: {fault.GetType().FullName}\n{fault.StackTrace}"));

    public void Failed(Exception failure)
    {
        if (failure is StoreFailedException) meters.State.RedisFailed(RedisFault.Failed);
    }

    public void Published(IReadOnlyList<OutgoingRecord> records)
    {
        var now = time.GetUtcNow();
        foreach (var record in records)
        {
            if (HeaderOf(record, OutboxWriter.TriggerHeader) is not { } trigger) continue;
            var channel = _channelOf.GetValueOrDefault(record.Topic) ?? LaneTopics.ChannelNamedBy(record.Topic) ?? record.Topic;
            meters.Emit.Published(trigger, channel, OutboxWriter.KindOf(HeaderOf(record, OutboxWriter.KindHeader)));
            if (HeaderOf(record, OutboxWriter.DecidedAtHeader) is { } decidedAt)
            {
                var since = now.ToUnixTimeMilliseconds() - long.Parse(decidedAt, CultureInfo.InvariantCulture);
                meters.Emit.Latency(TimeSpan.FromMilliseconds(Math.Max(0, since)));
            }
            Traces?.Published(record.Value, now);
        }
    }

    public void Concluded(PublishVerdict verdict, long began) => meters.Emit.Publication(verdict, time.GetElapsedTime(began));

    /// <summary>The loop has come round.</summary>
    public void Turned(IEnumerable<LaneWorker> lanes)
    {
        Pulse.Beat();
        if (_lastShown != 0 && time.GetElapsedTime(_lastShown) < ShownEvery) return;
        _lastShown = time.GetTimestamp();
        var gone = _shown.Keys.ToHashSet();
        foreach (var worker in lanes)
        {
            var status = worker.Status();
            board.Show(status);
            Tell(_shown.GetValueOrDefault(status.Lane), status);
            _shown[status.Lane] = status;
            gone.Remove(status.Lane);
        }
        foreach (var lane in gone)
        {
            board.Remove(lane);
            Notice(new(NoticeKind.LaneRevoked, lane, $"step {_shown[lane].Step}"));
            _shown.Remove(lane);
        }
    }

    private void Tell(LaneStatus? before, LaneStatus now)
    {
        if (before is null) Notice(new(NoticeKind.LaneAssigned, now.Lane, now.State.ToString().ToLowerInvariant()));
        if (before?.State == now.State) return;
        var kind = now.State switch
        {
            LaneState.Parked => NoticeKind.LaneParked,
            LaneState.Paused => NoticeKind.LanePaused,
            LaneState.Replaying => NoticeKind.LaneReplayed,
            LaneState.Running => before?.State == LaneState.Paused ? NoticeKind.LaneResumed : NoticeKind.LaneAcquired,
            _ => NoticeKind.StepFenced,
        };
        if (before is not null || now.State != LaneState.Acquiring) Notice(new(kind, now.Lane, now.Why ?? $"step {now.Step} at {now.Applied}"));
    }

    private static string? HeaderOf(in OutgoingRecord record, string name)
    {
        foreach (var (header, value) in record.Headers)
            if (header == name) return value;
        return null;
    }
}

/// <summary>What was counted of a lane's engine so far, so that meters get what came since.</summary>
internal sealed class CountedLane
{
    private readonly long[] _changes = new long[Enum.GetValues<IdentityChange>().Length];
    private readonly long[] _dropped = new long[Enum.GetValues<Surplus>().Length];
    private long _admitted, _late, _overflowed, _duplicates, _forwarded, _refused, _candidates;
    private long[] _byReason = [];

    public void Add(LaneEngine engine, EngineMeters meters)
    {
        meters.Ingest.Admitted(Since(ref _admitted, engine.Intake.Admitted));
        meters.Ingest.Overflowed(Since(ref _overflowed, engine.Intake.Overflowed));
        meters.Ingest.Late(Since(ref _late, engine.Intake.Late));
        meters.Ingest.Duplicate(Since(ref _duplicates, engine.Counters.Duplicates));
        Add(engine.Counters, meters);
        var triggers = engine.Triggers;
        var candidates = triggers.Sum(trigger => engine.Tally.Candidates(trigger.Index));
        if (candidates == _candidates) return;
        _candidates = candidates;
        var slots = ReasonCodes.Count + 1;
        if (_byReason.Length == 0) _byReason = new long[triggers.Count * slots];
        foreach (var trigger in triggers)
        {
            var made = Since(ref _byReason[trigger.Index * slots + ReasonCodes.Count], engine.Tally.Candidates(trigger.Index));
            if (made == 0) continue;
            meters.Detect.Candidates(trigger.Name, made);
            for (var reason = 0; reason < ReasonCodes.Count; reason++)
            {
                var ended = Since(ref _byReason[trigger.Index * slots + reason], engine.Tally.Suppressed(trigger.Index, (Reason)reason));
                if (ended > 0) meters.Decide.Decided(reason == (int)Reason.None ? Verdict.Sent : Verdict.Suppressed, (Reason)reason, ended);
            }
        }
    }

    private void Add(LaneCounters counted, EngineMeters meters)
    {
        meters.Ingest.Forwarded(Since(ref _forwarded, counted.Forwarded));
        meters.State.ControlsRefused(Since(ref _refused, counted.ControlsRefused));
        ReadOnlySpan<long> changes = [counted.Merged, counted.IdentifiesElsewhere, counted.MovedAway, counted.Erased];
        for (var kind = 0; kind < changes.Length; kind++)
            if (Since(ref _changes[kind], changes[kind]) is > 0 and var users) meters.State.Changed((IdentityChange)kind, users);
        ReadOnlySpan<long> dropped =
        [
            counted.WindowsCoalesced, counted.PartialsDropped, counted.InstancesDropped, counted.JourneysDropped, counted.OpenGoalsDropped,
            counted.AttributesRefused,
        ];
        for (var kind = 0; kind < dropped.Length; kind++)
            if (Since(ref _dropped[kind], dropped[kind]) is > 0 and var things) meters.State.Dropped((Surplus)kind, things);
    }

    private static int Since(ref long before, long now)
    {
        var since = (int)(now - before);
        before = now;
        return since;
    }
}
