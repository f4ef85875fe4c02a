using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Backtests;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;
using StreamEngage.Rules;

namespace StreamEngage.Host.Changes;

/// <summary>What it would have been to publish a rulebook at an instant of the past: one run that goes on as it was, one that changes there.</summary>
internal sealed class RulebookDiff
{
    private readonly PipelineRun _stays;
    private readonly PipelineRun _changes;
    private readonly RowIntake _stayingIntake;
    private readonly HashSet<string> _touched = [];

    /// <param name="now">The rulebook in force.</param>
    /// <param name="next">The one to be published.</param>
    /// <param name="at">When; null: behind the last event.</param>
    /// <param name="ingested">When a record is taken in.</param>
    public RulebookDiff(CompiledRulebook now, RulebookDefinition next, EventTime? at, Func<EventTime> ingested)
    {
        (Now, Next, At) = (now, next, at);
        _stays = new(now, wantsDecisions: false) { Prompt = Prompts.TakeAgainst };
        _changes = new(now, wantsDecisions: false) { Prompt = Prompts.Take, Changing = Look };
        _stayingIntake = new(_stays, ingested, new(""));
        Intake = new(_changes, ingested, new(""));
        if (at is { } instant) _changes.ChangeAt(instant, next);
    }

    public CompiledRulebook Now { get; }

    public RulebookDefinition Next { get; }

    public EventTime? At { get; private set; }

    public RowIntake Intake { get; }

    /// <summary>Gained by the change, and lost by it.</summary>
    public PromptDifference Prompts { get; } = new();

    /// <summary>Null: the stream ended before the change.</summary>
    public PipelineChange? Impact { get; private set; }

    /// <summary>Users of whom something ends that is under way.</summary>
    public IReadOnlyCollection<string> UsersCutOff => _touched;

    public void Offer(in FeedRow row)
    {
        Intake.Offer(row);
        _stayingIntake.Offer(row);
        if (Intake.Read % BacktestLimits.CompareEvery == 0) Compare();
    }

    /// <summary>The input has ended.</summary>
    public void End()
    {
        if (At is null)
        {
            _changes.Flush();
            At = _changes.Clock + 1;
            _changes.ChangeAt(At.Value, Next);
        }
        _changes.End(drain: true);
        _stays.End(drain: true);
        Prompts.Settle(new(long.MaxValue));
    }

    private void Look(PipelineChange impact)
    {
        Impact = impact;
        foreach (var trigger in impact.Triggers)
            foreach (var user in trigger.UsersCutOff) _touched.Add(user.Id.ToString());
    }

    private void Compare()
    {
        _changes.Flush();
        _stays.Flush();
        var passed = Math.Min(Passed(_changes), Passed(_stays));
        Prompts.Settle(new(passed));
    }

    /// <summary>Prompts of before this are all made, unless one is held.</summary>
    private static long Passed(PipelineRun run) => run.PromptsAreDoneBefore.UnixMilliseconds;
}
