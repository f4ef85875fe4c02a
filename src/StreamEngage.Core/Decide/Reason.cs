namespace StreamEngage.Decide;

/// <summary>What became of a candidate.</summary>
public enum Verdict
{
    /// <summary>A prompt command was made.</summary>
    Sent,

    /// <summary>No prompt: the first gate that failed says why.</summary>
    Suppressed,

    /// <summary>Waiting; a terminal verdict follows.</summary>
    Held,

    /// <summary>A held-out user would have been sent this; counts as suppressed.</summary>
    Ghost,
}

/// <summary>The gates a candidate passes, in this order.</summary>
public enum Gate
{
    /// <summary>The trigger's <c>if</c>, after the checks on time (misfire, expiry).</summary>
    Predicate,

    /// <summary>Re-entry and cooldown.</summary>
    Reentry,

    /// <summary>Global and trigger holdout.</summary>
    Holdout,

    /// <summary>Consent for the purpose.</summary>
    Consent,

    /// <summary>A reachable channel.</summary>
    Channel,

    /// <summary>Score and uplift thresholds.</summary>
    Score,

    /// <summary>The one best candidate of an event or instant.</summary>
    Arbitration,

    /// <summary>Frequency caps.</summary>
    Cap,

    /// <summary>Quiet hours.</summary>
    Quiet,

    /// <summary>A person's yes, of triggers that ask for one.</summary>
    Approval,

    /// <summary>The values its template needs.</summary>
    Template,
}

/// <summary>Why a candidate was not sent: a closed list.</summary>
public enum Reason
{
    /// <summary>Sent: no reason against it.</summary>
    None,

    /// <summary>Its <c>if</c> did not hold.</summary>
    Predicate,

    /// <summary>The user (and key) is in already and re-entry does not allow another.</summary>
    AlreadyIn,

    /// <summary>Too soon after the last one.</summary>
    Cooldown,

    /// <summary>An exit event came.</summary>
    Exited,

    /// <summary>The goal was reached.</summary>
    Converted,

    /// <summary>The user is held out of everything.</summary>
    GlobalHoldout,

    /// <summary>The user is held out of the trigger.</summary>
    Holdout,

    /// <summary>No consent for the purpose.</summary>
    NoConsent,

    /// <summary>No channel reaches the user.</summary>
    Unreachable,

    /// <summary>Below the score threshold.</summary>
    LowScore,

    /// <summary>Below the uplift threshold.</summary>
    LowUplift,

    /// <summary>Another candidate of the same event or instant won.</summary>
    LostArbitration,

    /// <summary>A frequency cap is full.</summary>
    Cap,

    /// <summary>Quiet hours, and the trigger drops.</summary>
    Quiet,

    /// <summary>It could not be sent before its notAfter.</summary>
    Expired,

    /// <summary>Its timer fired too late.</summary>
    Misfire,

    /// <summary>Too late to count.</summary>
    Late,

    /// <summary>Older than the trigger's activation.</summary>
    Backfill,

    /// <summary>A value its template needs is missing.</summary>
    TemplateError,

    /// <summary>The prompt-rate breaker is open.</summary>
    CircuitOpen,

    /// <summary>The budget is spent.</summary>
    Budget,

    /// <summary>A person said no, or nobody said yes in time.</summary>
    HumanRejected,

    /// <summary>Its trigger is no longer in force.</summary>
    Retired,
}

/// <summary>The codes as they are written.</summary>
public static class ReasonCodes
{
    private static readonly string[] Codes =
    [
        "", "predicate", "already-in", "cooldown", "exited", "converted", "global-holdout", "holdout", "no-consent",
        "unreachable", "low-score", "low-uplift", "lost-arbitration", "cap", "quiet", "expired", "misfire", "late", "backfill",
        "template-error", "circuit-open", "budget", "human-rejected", "retired",
    ];

    /// <summary>How many reasons there are, <see cref="Reason.None"/> included.</summary>
    public static int Count => Codes.Length;

    /// <summary>The written code; null for <see cref="Reason.None"/>.</summary>
    public static string? Code(Reason reason) => reason == Reason.None ? null : Codes[(int)reason];

    /// <summary>The gate that gives this reason.</summary>
    public static Gate GateOf(Reason reason) => reason switch
    {
        Reason.AlreadyIn or Reason.Cooldown => Gate.Reentry,
        Reason.GlobalHoldout or Reason.Holdout => Gate.Holdout,
        Reason.NoConsent => Gate.Consent,
        Reason.Unreachable => Gate.Channel,
        Reason.LowScore or Reason.LowUplift => Gate.Score,
        Reason.LostArbitration => Gate.Arbitration,
        Reason.Cap or Reason.Budget => Gate.Cap,
        Reason.Quiet or Reason.Expired => Gate.Quiet,
        Reason.HumanRejected => Gate.Approval,
        Reason.TemplateError => Gate.Template,
        _ => Gate.Predicate,
    };
}
