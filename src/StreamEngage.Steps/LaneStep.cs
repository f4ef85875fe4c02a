using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Steps;

/// <summary>A step on its way: gathered, then run, then written. Kept until it is written, so that it can be tried again as it is.</summary>
internal sealed class LaneStep(LaneHead before)
{
    /// <summary>As the journal counts; a part of a step that is made again has the number before it.</summary>
    public long Number { get; set; } = before.Number;

    public int Records { get; set; }

    public InputPosition Applied { get; set; } = before.Applied;

    public EventTime? Tick { get; set; }

    /// <summary>There are more users with something due than could be loaded.</summary>
    public bool IsDuePending { get; set; }

    public List<(InputRecord Record, Decoded Reason)> Refused { get; } = [];

    /// <summary>The journaled step that this one ends; null: none.</summary>
    public JournalStep? Told { get; set; }

    /// <summary>Set when it has run.</summary>
    public LaneHead? Head { get; set; }

    /// <summary>Set when it has run.</summary>
    public StepWrite? Write { get; set; }
}
