using StreamEngage.Decide;
using StreamEngage.Events;

namespace StreamEngage.Emit;

/// <summary>What a command tells the channel's consumer to do.</summary>
public enum PromptKind
{
    /// <summary>Show the prompt between notBefore and notAfter.</summary>
    Send,

    /// <summary>Take the prompt with this id back.</summary>
    Cancel,

    /// <summary>Show this prompt in place of the one with the same collapse key.</summary>
    Supersede,
}

/// <summary>One command to a channel: the fields of <c>schemas/prompt-command.avsc</c>.</summary>
public sealed record PromptCommand
{
    /// <summary>32 hex digits; the same after any replay.</summary>
    public required string PromptId { get; init; }

    /// <summary>Send, cancel or supersede.</summary>
    public required PromptKind Kind { get; init; }

    /// <summary>Whom it is for, and the key of its record.</summary>
    public required string User { get; init; }

    /// <summary>Name of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Name of the trigger.</summary>
    public required string Trigger { get; init; }

    /// <summary>Version of the trigger.</summary>
    public required int Version { get; init; }

    /// <summary>Instance key as text; empty where the trigger has none.</summary>
    public required string Instance { get; init; }

    /// <summary>Variant of the trigger's experiment, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>When it was decided.</summary>
    public required EventTime DecidedAt { get; init; }

    /// <summary>Not to be shown before.</summary>
    public required EventTime NotBefore { get; init; }

    /// <summary>Last instant, included, at which it may be shown.</summary>
    public required EventTime NotAfter { get; init; }

    /// <summary>Prompts of one key replace each other on the device.</summary>
    public required string CollapseKey { get; init; }

    /// <summary>0 to 100, higher first.</summary>
    public required int Priority { get; init; }

    /// <summary>Counts the user's commands from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Name of the template, or null.</summary>
    public string? Template { get; init; }

    /// <summary>Values for the template, in the order of the rulebook.</summary>
    public required IReadOnlyList<KeyValuePair<string, Value>> Data { get; init; }

    /// <summary>Purpose that the user's consent must cover.</summary>
    public required string ConsentPurpose { get; init; }

    /// <summary>Probability with which the variant was drawn, 0 to 1; null where nothing was drawn.</summary>
    public double? Propensity { get; init; }

    /// <summary>What the trigger waited for, in words.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Ids of the events that caused it.</summary>
    public required IReadOnlyList<string> Causes { get; init; }
}

/// <summary>The verdict on one candidate.</summary>
public sealed record DecisionRecord
{
    /// <summary>Whose candidate it was.</summary>
    public required string User { get; init; }

    /// <summary>Name of the trigger.</summary>
    public required string Trigger { get; init; }

    /// <summary>Version of the trigger.</summary>
    public required int Version { get; init; }

    /// <summary>Instance key as text; empty where the trigger has none.</summary>
    public required string Instance { get; init; }

    /// <summary>Of a journey: name of the step that prompts; null: the trigger has no steps, or the match was turned away at its entry.</summary>
    public string? Step { get; init; }

    /// <summary>When it was decided.</summary>
    public required EventTime At { get; init; }

    /// <summary>What became of it.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why it was not sent.</summary>
    public required Reason Reason { get; init; }

    /// <summary>Id of its prompt; null unless sent.</summary>
    public string? PromptId { get; init; }

    /// <summary>The variant that was sent, or that a held-out user would have got; null: there is none, or nothing would have been sent.</summary>
    public string? Variant { get; init; }

    /// <summary>Ids of the events that caused it.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>The gates it came to, the failed one last.</summary>
    public required IReadOnlyList<GateTrace> Gates { get; init; }
}

/// <summary>One gate that a candidate came to.</summary>
/// <param name="Gate">Which one.</param>
/// <param name="Passed">False only for the last of a suppressed candidate.</param>
/// <param name="Detail">What the gate looked at, or null.</param>
public readonly record struct GateTrace(Gate Gate, bool Passed, string? Detail);
