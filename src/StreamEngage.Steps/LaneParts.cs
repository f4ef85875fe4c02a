using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>What the lanes of an instance share.</summary>
internal sealed record LaneParts
{
    public required ILaneStore Store { get; init; }

    public required IPromptLog Log { get; init; }

    public required IInputLog Input { get; init; }

    public required LaneTopics Topics { get; init; }

    /// <summary>Partitions of the input: all lanes there are, wherever they run.</summary>
    public required int Lanes { get; init; }

    /// <summary>Which of them has a user.</summary>
    public required Func<Utf8Text, int> LaneOf { get; init; }

    public required StepSettings Settings { get; init; }

    public required CompiledRulebook Rulebook { get; init; }

    /// <summary>The rulebook as it was written; its version names it in heads and journals. Lanes begin with it, and go on with what came after it.</summary>
    public required RulebookText Text { get; init; }

    /// <summary>Reads the rulebooks that lanes are told of.</summary>
    public RulebookShelf Shelf { get; init; } = RulebookShelf.Empty;

    /// <summary>Does what takes long while the loop goes on.</summary>
    public Func<Action, Task> Aside { get; init; } = work =>
    {
        work();
        return Task.CompletedTask;
    };

    /// <summary>A decoder of what a schema names, for each lane.</summary>
    public required Func<EventSchema, IRecordDecoder> NewDecoder { get; init; }

    /// <summary>The edge's clock: for pauses, and for progress where a lane is caught up.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What people see of the engine, and what they may tell it. Null: nobody looks.</summary>
    public LaneWatch? Watch { get; init; }

    /// <summary>A new random token of 128 bits. Never a counter: a store that loses its tail could hand one out twice.</summary>
    public required Func<string> NewToken { get; init; }
}
