namespace StreamEngage.Tests.Naive.Cases;

/// <summary>What a random case may be made of: turn a bit off to look at the others alone.</summary>
[Flags]
internal enum CaseFeatures
{
    None = 0,
    Patterns = 1,
    Absences = 2,
    Silences = 4,
    Segments = 8,
    Sessions = 16,
    Calendar = 32,
    Profiles = 64,
    LateEvents = 128,
    Disorder = 256,
    Activation = 512,
    Exits = 1024,
    Transactional = 2048,
    Keys = 4096,
    Predicates = 8192,
    Reentry = 16384,

    /// <summary>Consent, channels, holdouts, caps, quiet hours and variants.</summary>
    Gates = 32768,

    /// <summary>Triggers with steps.</summary>
    Journeys = 65536,

    /// <summary>Users who turn out to be one.</summary>
    Identity = 131072,

    /// <summary>Users who are forgotten.</summary>
    Erasure = 262144,

    /// <summary>Models, scores that a prompt needs, bandits that learn, prompts that supersede.</summary>
    Outcomes = 524288,

    /// <summary>Triggers that ask a person first.</summary>
    Approvals = 1048576,

    /// <summary>Stages, recency, frequency and monetary value.</summary>
    Lifecycle = 2097152,

    /// <summary>Prompts whose templates need values.</summary>
    Templates = 4194304,

    /// <summary>Triggers that pause themselves.</summary>
    Harm = 8388608,

    /// <summary>Another rulebook in the middle of the stream.</summary>
    Changes = 16777216,

    /// <summary>
    /// Combinations whose reading is the naive interpreter's alone: the hour of the day and sessions together with late
    /// events, sessions in segments, dedup horizons shorter than a stream, segments read by overdue timers, skips to a step
    /// that was left out.
    /// </summary>
    Unsettled = 1 << 30,

    /// <summary>All that the contract settles.</summary>
    Settled = Unsettled - 1,
}
