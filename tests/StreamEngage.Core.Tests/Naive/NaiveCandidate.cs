using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>A match, deadline or edge, before its verdict.</summary>
/// <param name="Of">The trigger and user it is of.</param>
/// <param name="Key">Its instance.</param>
/// <param name="At">The event's own time, or the due time of a timer: where predicate windows are read, misfires apart.</param>
/// <param name="Causes">Event ids.</param>
internal sealed record NaiveCandidate(NaiveDetection Of, NaiveKey Key, long At, IReadOnlyList<string> Causes)
{
    /// <summary>What <c>event.x</c> reads in the predicate.</summary>
    public NaiveEvent? Event { get; init; }

    public IReadOnlyDictionary<string, NaiveEvent> Aliases { get; init; } = NaiveScope.NoAliases;

    /// <summary>When the first of its causes happened; where time made it, that instant.</summary>
    public long BeganAt { get; init; } = At;

    /// <summary>Of an absence: whether an event that comes after it fired should have cancelled it.</summary>
    public Func<NaiveEvent, bool> IsTakenBackBy { get; init; } = _ => false;

    /// <summary>Of a journey: the step that prompts; null: it is what the trigger's <c>on</c> made.</summary>
    public PromptStep? Step { get; init; }

    /// <summary>It begins a journey, if the first gates let it.</summary>
    public bool IsEntry => Step is null && Of.Trigger.Steps.Count > 0;

    public Expression? If => Step is null ? Of.Trigger.If : Step.If;

    public PromptDefinition Prompt => Step is null ? Of.Trigger.Prompt : Step.Prompt;

    public DecideDefinition Settings => Step is null ? Of.Trigger.Decide : Of.Trigger.Decide with
    {
        Channels = Step.Channels ?? Of.Trigger.Decide.Channels,
        ExpiresMilliseconds = Step.ExpiresMilliseconds ?? Of.Trigger.Decide.ExpiresMilliseconds,
    };

    /// <summary>True when no event made it.</summary>
    public bool IsTimer { get; init; }

    /// <summary>Told the notAfter of its prompt when it was sent.</summary>
    public Action<long>? Sent { get; init; }
}
