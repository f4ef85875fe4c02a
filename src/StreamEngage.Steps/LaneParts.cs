using StreamEngage.Detect;

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
    public Partitioner Partitioner => new(KeyHash, Lanes);

    /// <summary>How the producers of the input choose a partition.</summary>
    public KeyHash KeyHash { get; init; }

    public required StepSettings Settings { get; init; }

    public required CompiledRulebook Rulebook { get; init; }

    /// <summary>Names the rulebook in heads and journals.</summary>
    public required string RulebookVersion { get; init; }

    /// <summary>A decoder for each lane.</summary>
    public required Func<IRecordDecoder> NewDecoder { get; init; }

    /// <summary>The edge's clock: for pauses, and for progress where a lane is caught up.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What people see of the engine, and what they may tell it. Null: nobody looks.</summary>
    public LaneWatch? Watch { get; init; }

    /// <summary>A new random token of 128 bits. Never a counter: a store that loses its tail could hand one out twice.</summary>
    public required Func<string> NewToken { get; init; }
}
