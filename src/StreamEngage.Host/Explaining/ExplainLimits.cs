namespace StreamEngage.Host.Explaining;

/// <summary>Bounds of an explanation.</summary>
internal static class ExplainLimits
{
    /// <summary>Events of one user that are kept: each question to the engine reads all of them again.</summary>
    public const int EventsMax = 200_000;

    /// <summary>Records of a lane's topics that are read to make the lane again.</summary>
    public const long LaneRecordsMax = 100_000_000;

    /// <summary>Versions of what came of prompts that are kept one by one.</summary>
    public const int VersionsMax = 2_000;

    /// <summary>Changes that are combined: a verdict that needs more has no small reason.</summary>
    public const int ChangesMax = 5;

    /// <summary>Questions to the engine for one candidate.</summary>
    public const int RunsMax = 600;

    /// <summary>Combinations of repaired conditions that are tried of one predicate.</summary>
    public const int RepairsMax = 12;

    /// <summary>Events of one type that are added at most.</summary>
    public const int AddedEventsMax = 8;

    /// <summary>Slots that are added to one cap at most.</summary>
    public const int AddedSlotsMax = 32;

    /// <summary>Words about consent that are left out one at a time.</summary>
    public const int WordsMax = 16;

    /// <summary>Other changes that are told beside the smallest.</summary>
    public const int AlternativesMax = 2;

    /// <summary>Events of the timeline that are shown before the decision.</summary>
    public const int TimelineMax = 20;

    /// <summary>Characters of an event's properties that are shown.</summary>
    public const int PropertiesCharsMax = 90;
}
