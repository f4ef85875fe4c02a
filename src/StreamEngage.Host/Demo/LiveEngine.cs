using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Ingest;

namespace StreamEngage.Host.Demo;

/// <summary>
/// The engine on live time: lines and ticks in the order in which they are due, each at the event time its due time stands for. When
/// the wall clock lets them be done shows in the latencies and in nothing else, so a slow machine takes the same decisions.
/// </summary>
internal sealed class LiveEngine
{
    public static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);

    private readonly CompiledRulebook _rulebook;
    private readonly DemoSettings _settings;
    private readonly DueLines _lines;
    private readonly Func<TimeSpan> _elapsed;
    private readonly PipelineRun _run;
    private readonly Action<PromptCommand> _prompt;
    private readonly TimeSpan[] _burst = new TimeSpan[Limits.BatchEventsMax];
    private readonly NewestPrompts _newest;
    private readonly LiveLatency _latency = new();
    private TimeSpan _tickDue = TickEvery;
    private long _taken;
    private long _cancels;

    /// <param name="rulebook">What to run.</param>
    /// <param name="lines">What comes in.</param>
    /// <param name="settings">How fast event time runs.</param>
    /// <param name="elapsed">Reads the wall time since the start.</param>
    /// <param name="prompt">Receives the commands as they are decided.</param>
    public LiveEngine(
        CompiledRulebook rulebook, DueLines lines, DemoSettings settings, Func<TimeSpan> elapsed, Action<PromptCommand> prompt)
    {
        (_rulebook, _lines, _settings, _elapsed, _prompt) = (rulebook, lines, settings, elapsed, prompt);
        _newest = new NewestPrompts(new PromptWords(rulebook.Definition));
        _run = new PipelineRun(rulebook, wantsDecisions: false) { Prompt = Keep };
    }

    /// <summary>Does what is due next: a burst of lines, or a tick. False when nothing is due at <paramref name="now"/>.</summary>
    public bool Step(TimeSpan now)
    {
        // A tick fires what is due at its own instant, so the events of that instant go first.
        if (_lines.Due <= now && _lines.Due <= _tickDue) TakeBurst(now < _tickDue ? now : _tickDue);
        else if (_tickDue <= now) Tick();
        else return false;
        return true;
    }

    public DemoSnapshot Snapshot(TimeSpan now)
    {
        _latency.PassTo(now);
        return new()
        {
            Elapsed = now,
            Clock = _run.Clock,
            Lines = CountLines(),
            LinesLastSecond = _latency.LastSecond.Count,
            LatencyLastSecond = LatencyFigures.Of(_latency.LastSecond),
            Latency = LatencyFigures.Of(_latency.All),
            Behind = _lines.Due < now ? now - _lines.Due : TimeSpan.Zero,
            Users = _run.Lanes.Sum(lane => lane.Users.Count),
            Triggers = [.. _rulebook.Triggers.DistinctBy(trigger => trigger.Name).Select(Count)],
            Reasons = [.. CountReasons()],
            Newest = [.. _newest.Shown()],
            Cancels = _cancels,
            MemoryBytes = Environment.WorkingSet,
        };
    }

    private void TakeBurst(TimeSpan until)
    {
        var count = 0;
        while (_lines.Due <= until && count < _burst.Length)
        {
            var due = _lines.Due;
            _burst[count++] = due;
            _run.Offer(_lines.Take(), _settings.At(due));
        }
        _taken += count;
        // Commands are handed over at once: putting them in order of decision would make each wait for what may still come before it.
        _run.Suspend();
        var done = _elapsed();
        _latency.PassTo(done);
        foreach (var due in _burst.AsSpan(0, count)) _latency.Add(done - due);
    }

    private void Tick()
    {
        _run.Tick(_settings.At(_tickDue));
        _run.Suspend();
        _tickDue += TickEvery;
    }

    private void Keep(PromptCommand prompt)
    {
        _prompt(prompt);
        if (prompt.Kind == PromptKind.Cancel) _cancels++;
        _newest.Add(prompt);
    }

    private TriggerCounts Count(CompiledTrigger trigger) => new(trigger.Name,
        _run.Sum(trigger.Name, (tally, index) => tally.Candidates(index)),
        _run.Sum(trigger.Name, (tally, index) => tally.Sent(index)),
        _run.Sum(trigger.Name, (tally, index) => tally.Held(index)));

    private IEnumerable<NamedCount> CountReasons() =>
        from reason in Enum.GetValues<Reason>()
        where reason != Reason.None
        let count = _rulebook.Triggers.DistinctBy(trigger => trigger.Name)
            .Sum(trigger => _run.Sum(trigger.Name, (tally, index) => tally.Suppressed(index, reason)))
        where count > 0
        orderby count descending, reason
        select new NamedCount(ReasonCodes.Code(reason)!, count);

    private LineCounts CountLines() => new()
    {
        Taken = _taken,
        Applied = _run.Sum(counters => counters.Applied),
        Duplicates = _run.Sum(counters => counters.Duplicates),
        Collisions = _run.Sum(counters => counters.Collisions),
        Late = _run.Counters.Late,
        Waiting = _run.Intake.Held.Count(),
        Refused = [.. from reason in Enum.GetValues<Decoded>()
                      let count = _run.Counters.Refused(reason)
                      where count > 0
                      orderby count descending, reason
                      select new NamedCount(RefusalCodes.Of(reason).Code, count)],
    };
}
