using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage.Host.Reports;

/// <summary>What a report needs of a decision.</summary>
internal readonly record struct DecidedPrompt(string User, string Trigger, int Version, EventTime At, PromptArm Arm)
{
    /// <summary>What was sent, or would have been; null: the trigger has no variants, or the record does not say.</summary>
    public string? Variant { get; init; }

    /// <summary>Null: the record does not say.</summary>
    public string? PromptId { get; init; }

    public static DecidedPrompt Of(DecisionRecord decision) =>
        new(decision.User, decision.Trigger, decision.Version, decision.At, ArmOf(decision.Verdict, decision.Reason))
        {
            Variant = decision.Variant,
            PromptId = decision.PromptId,
        };

    public static PromptArm ArmOf(Verdict verdict, Reason reason) => verdict switch
    {
        Verdict.Sent => PromptArm.Sent,
        Verdict.Ghost => reason == Reason.GlobalHoldout ? PromptArm.GlobalGhost : PromptArm.Ghost,
        _ => PromptArm.Neither,
    };
}

/// <summary>On which side of the comparison a decision stands.</summary>
internal enum PromptArm
{
    /// <summary>Suppressed or still held: nobody would have got a prompt.</summary>
    Neither,

    Sent,

    /// <summary>The user is held out of the trigger.</summary>
    Ghost,

    /// <summary>The user is held out of everything.</summary>
    GlobalGhost,
}
