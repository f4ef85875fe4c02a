using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Reports;

/// <summary>What the prompts of a rulebook brought: decisions, made here or recorded, with the goals that followed them.</summary>
internal sealed class Report
{
    private readonly Dictionary<string, TriggerReport> _triggers;
    private readonly PipelineRun _goals;
    private readonly PipelineRun? _decisions;
    private readonly RowIntake? _decisionIntake;
    private readonly PromptOutcomes _outcomes = new();

    /// <summary>With <paramref name="decides"/> the rulebook decides over the same events; without it <see cref="Take"/> is given what was decided.</summary>
    public Report(CompiledRulebook rulebook, bool decides, Func<EventTime> ingested)
    {
        // Of versions of one name the goal is that of the one that takes entries.
        var definition = rulebook.Definition with { Triggers = [.. rulebook.Definition.Triggers.DistinctBy(trigger => trigger.Name)] };
        _triggers = definition.Triggers.Where(trigger => trigger.Goal is not null)
            .ToDictionary(trigger => trigger.Name, trigger => new TriggerReport(trigger, definition.Policy.GlobalHoldout), StringComparer.Ordinal);
        Without = [.. definition.Triggers.Where(trigger => trigger.Goal is null).Select(trigger => trigger.Name)];
        _goals = new(GoalRulebook.Of(definition)) { Decision = goal => _triggers[goal.Trigger].Goals.Add(goal.User, goal.At) };
        Intake = new(_goals, ingested, new(""));
        if (!decides) return;
        _decisions = new(rulebook) { Decision = decision => Take(DecidedPrompt.Of(decision)) };
        _decisionIntake = new(_decisions, ingested, new(""));
    }

    public RowIntake Intake { get; }

    public IEnumerable<TriggerReport> Triggers => _triggers.Values.OrderBy(trigger => trigger.Name, StringComparer.Ordinal);

    /// <summary>Triggers without a goal: of them nothing can be said.</summary>
    public IReadOnlyList<string> Without { get; }

    public void Offer(in FeedRow row)
    {
        Intake.Offer(row);
        _decisionIntake?.Offer(row);
        _outcomes.Offer(row);
    }

    public void Take(in DecidedPrompt decided)
    {
        if (_triggers.TryGetValue(decided.Trigger, out var trigger)) trigger.Take(decided);
    }

    /// <summary>The input has ended.</summary>
    public void End()
    {
        _goals.End(drain: false);
        _decisions?.End(drain: true);
        foreach (var trigger in _triggers.Values) trigger.Close(_goals.Clock, _outcomes);
    }
}
