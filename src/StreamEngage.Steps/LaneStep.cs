using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>A step on its way: gathered, then run, then written. Kept until it is written, so that it can be tried again as it is.</summary>
internal sealed class LaneStep(LaneHead before)
{
    /// <summary>What the step before it left.</summary>
    public LaneHead Before => before;

    /// <summary>As the journal counts; a part of a step that is made again has the number before it.</summary>
    public long Number { get; set; } = before.Number;

    /// <summary>It is a step of its own number: the journal is to tell of it.</summary>
    public bool IsNumbered => Number > before.Number;

    /// <summary>In the order they are applied.</summary>
    public List<InputRecord> Records { get; } = [];

    /// <summary>Its records are in the engine.</summary>
    public bool IsDecoded { get; set; }

    /// <summary>Users that are due by a record of another epoch: they are forgotten.</summary>
    public List<Utf8Text> Strangers { get; } = [];

    public InputPosition Applied { get; set; } = before.Applied;

    /// <summary>
    /// Where the clock is to be moved by this step, or by this and more: a step that takes no records. Null: it ticks at no instant of its own.
    /// </summary>
    public EventTime? Towards { get; init; }

    /// <summary>Set when it is known how far the step can tick.</summary>
    public EventTime? Tick { get; set; }

    /// <summary>Where the next step is to go on towards, because this one cannot get there. Null: it does.</summary>
    public EventTime? PendingTick { get; set; }

    /// <summary>What it takes of one user; null: all.</summary>
    public UserRate? UserRate { get; set; }

    /// <summary>Those of its records that it passes over: the engine throws with them.</summary>
    public IReadOnlyList<RecordPlace> Unfit { get; set; } = [];

    public List<(InputRecord Record, Decoded Reason)> Refused { get; } = [];

    /// <summary>Events that were more than their users may send.</summary>
    public int Overflowed { get; set; }

    /// <summary>The journaled step that this one ends; null: none.</summary>
    public JournalStep? Told { get; set; }

    /// <summary>The step brings another rulebook, and takes nothing else. Null: it does not.</summary>
    public LaneReigns? Change { get; set; }

    /// <summary>Takes the engine's place when a step that brings another rulebook is written; set when it has run.</summary>
    public LaneEngine? Successor { get; set; }

    /// <summary>Prompts that were decided, here or before, and are not to be published.</summary>
    public int Withdrawn { get; set; }

    /// <summary>Set when it has run.</summary>
    public LaneHead? Head { get; set; }

    /// <summary>Set when it has run.</summary>
    public StepWrite? Write { get; set; }
}
