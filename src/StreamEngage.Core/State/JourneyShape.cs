namespace StreamEngage.State;

/// <summary>What the parts of a stored journey are called, so that it goes on under another rulebook, or is known not to.</summary>
/// <param name="Name">Identity of the trigger's name.</param>
/// <param name="Version">The version of the trigger.</param>
internal sealed record JourneyShape(uint Name, int Version)
{
    /// <summary>Identity of the name of each step, by its place in the compiled journey; 0 for one at which no journey waits.</summary>
    public uint[] Steps { get; init; } = [];

    /// <summary>Identity of the name of each prompt step.</summary>
    public uint[] Prompts { get; init; } = [];

    /// <summary>How many channels each prompt step can choose from.</summary>
    public int[] Channels { get; init; } = [];

    /// <summary>Identity of each captured value.</summary>
    public uint[] Captures { get; init; } = [];

    /// <summary>By older version: where its journeys go on.</summary>
    public IReadOnlyDictionary<int, JourneyMigration> Migrations { get; init; } = new Dictionary<int, JourneyMigration>();

    /// <summary>Journeys of versions that no migration names go on at the step of their name.</summary>
    public bool KeepsOthers { get; init; }

    /// <summary>Where a stored journey goes on; null: it ends.</summary>
    public int? StepOf(int version, uint step)
    {
        if (step == 0) return null;
        if (version == Version) return Place(step);
        if (!Migrations.TryGetValue(version, out var migration)) return KeepsOthers ? Place(step) : null;
        return migration.StepOf(step) is { } moved ? Place(moved) : null;
    }

    /// <summary>Place of a prompt step among those of this version; -1: there is none of the name that has the channel.</summary>
    public int PromptOf(uint step, int channel) =>
        Array.IndexOf(Prompts, step) is >= 0 and var place && channel < Channels[place] ? place : -1;

    private int? Place(uint step) => Array.IndexOf(Steps, step) is >= 0 and var place ? place : null;
}

/// <summary>Where journeys of one older version go on.</summary>
/// <param name="Steps">Identity of the new step by that of the old one.</param>
/// <param name="StaysByName">A step not named stays the one of its name.</param>
internal sealed record JourneyMigration(IReadOnlyDictionary<uint, uint> Steps, bool StaysByName)
{
    public uint? StepOf(uint step) => Steps.TryGetValue(step, out var moved) ? moved : StaysByName ? step : null;
}
