using StreamEngage.Events;
using StreamEngage.Host.Runs;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>What is asked.</summary>
/// <param name="User">About whom.</param>
/// <param name="Trigger">Of which trigger; null: of each that decided.</param>
/// <param name="At">The decision at or nearest before then.</param>
internal sealed record ExplainQuestion(string User, string? Trigger, EventTime At)
{
    /// <summary>Of a serving engine: the user's lane; null: the one that the partitioner gives.</summary>
    public int? Lane { get; init; }

    /// <summary>Of a serving engine: records of the lane that are read at most.</summary>
    public long RecordsMax { get; init; } = ExplainLimits.LaneRecordsMax;

    /// <summary>Reads RFC 3339 or milliseconds; null is the end of all time.</summary>
    public static bool TryTime(string? text, out EventTime at)
    {
        at = new(long.MaxValue);
        if (text is null) return true;
        if (text == "none" || !IngestTime.TryParse(text, TimeProvider.System, out var time)) return false;
        at = time();
        return true;
    }

    /// <summary>What to say where there is no such trigger; null: there is, or none was named.</summary>
    public string? Unknown(IEnumerable<string> triggers)
    {
        var known = triggers.ToList();
        return Trigger is null || known.Contains(Trigger) ? null : $"there is no trigger '{Trigger}'{NearestName.Hint(Trigger, known)}";
    }
}
