using StreamEngage.State;

namespace StreamEngage.Emit;

/// <summary>What a step makes: commands, and decisions where somebody reads them. Emptied by its reader.</summary>
internal sealed class StepOutput
{
    public List<PromptCommand> Prompts { get; } = [];

    public List<DecisionRecord> Decisions { get; } = [];

    /// <summary>What came of prompts: to be added to the global statistics, in any order.</summary>
    public List<OutcomeDelta> Outcomes { get; } = [];

    /// <summary>Where users came to stand among all: to be added as well.</summary>
    public List<StandingMove> Moves { get; } = [];

    /// <summary>False: decisions are counted only.</summary>
    public bool WantsDecisions { get; init; }

    public void Clear()
    {
        Prompts.Clear();
        Decisions.Clear();
        Outcomes.Clear();
        Moves.Clear();
    }
}
