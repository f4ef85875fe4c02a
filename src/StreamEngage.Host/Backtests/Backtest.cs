using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Backtests;

/// <summary>One rulebook over past events, in step with another where there is one to compare with.</summary>
internal sealed class Backtest
{
    private readonly PipelineRun _run;
    private readonly PipelineRun? _againstRun;
    private readonly RowIntake? _againstIntake;

    public Backtest(CompiledRulebook rulebook, CompiledRulebook? against, Func<EventTime> ingested)
    {
        Prompts = new(rulebook);
        Difference = against is null ? null : new();
        _run = new(rulebook, wantsDecisions: false) { Prompt = Take };
        Intake = new(_run, ingested, new(""));
        if (against is null) return;
        _againstRun = new(against, wantsDecisions: false) { Prompt = Difference!.TakeAgainst };
        _againstIntake = new(_againstRun, ingested, new(""));
    }

    public RowIntake Intake { get; }

    public PromptTally Prompts { get; }

    /// <summary>Null without another rulebook.</summary>
    public PromptDifference? Difference { get; }

    public IReadOnlyList<TriggerVerdicts> Verdicts => TriggerVerdicts.Of(_run);

    /// <summary>Empty without another rulebook.</summary>
    public IReadOnlyList<TriggerVerdicts> VerdictsAgainst => _againstRun is null ? [] : TriggerVerdicts.Of(_againstRun);

    public long Users => _run.Lanes.Sum(lane => (long)lane.Users.Count);

    public void Offer(in FeedRow row)
    {
        Intake.Offer(row);
        if (_againstIntake is null) return;
        _againstIntake.Offer(row);
        if (Intake.Read % BacktestLimits.CompareEvery == 0) Compare(_againstRun!);
    }

    /// <summary>The input has ended.</summary>
    public void End()
    {
        _run.End(drain: true);
        _againstRun?.End(drain: true);
        Difference?.Settle(new(long.MaxValue));
    }

    private void Take(PromptCommand prompt)
    {
        Prompts.Count(prompt);
        Difference?.Take(prompt);
    }

    private void Compare(PipelineRun other)
    {
        _run.Flush();
        other.Flush();
        Difference!.Settle(Earlier(_run.PromptsAreDoneBefore, other.PromptsAreDoneBefore));
    }

    private static EventTime Earlier(EventTime a, EventTime b) => a <= b ? a : b;
}
