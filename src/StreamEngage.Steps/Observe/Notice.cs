namespace StreamEngage.Steps.Observe;

/// <summary>What an engine has to tell the people who run it. Per-event facts are counters, not notices.</summary>
internal enum NoticeKind
{
    LaneAssigned,
    LaneRevoked,
    LaneLost,
    LaneAcquired,
    LaneReplayed,
    LanePaused,
    LaneResumed,
    LaneParked,
    QuarantineRateHigh,
    StoreUnavailable,
    StoreBack,
    StoreLostItsTail,
    StepRefused,
    StepFenced,
    EventFailed,
    RulebookChanged,
    RulebookKept,
    PublishAborted,
    PublishUnknown,
    PromptsWithheld,
}

/// <summary>One thing to tell.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Lane">To which lane; -1: to the instance.</param>
/// <param name="Detail">Numbers and names of topics, triggers, errors. Never a user, never anything an event said.</param>
internal readonly record struct Notice(NoticeKind Kind, int Lane, string Detail);
