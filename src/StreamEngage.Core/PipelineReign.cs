using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Ingest;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>One rulebook in force over all lanes of a run, from one change to the next.</summary>
internal sealed class PipelineReign
{
    public PipelineReign(CompiledRulebook rulebook, Tenure tenure, int lanes)
    {
        (Rulebook, Tenure) = (rulebook, tenure);
        Intake = new(rulebook.Schema, rulebook.Time);
        Lanes = [.. Enumerable.Range(0, lanes).Select(_ => new Lane())];
        Pipelines = [.. Lanes.Select(lane => new Pipeline(rulebook, lane, LaneOf))];
        Identities = [.. Lanes.Select(lane => new PipelineIdentities(rulebook, lane) { LaneOf = LaneOf })];
    }

    public CompiledRulebook Rulebook { get; }

    public Tenure Tenure { get; }

    public EventIntake Intake { get; }

    public Lane[] Lanes { get; }

    /// <summary>One a lane.</summary>
    public Pipeline[] Pipelines { get; }

    /// <summary>One a lane: whose an event is, before it is the lane's turn.</summary>
    public PipelineIdentities[] Identities { get; }

    private Lane LaneOf(ulong userHash) => Lanes[userHash % (ulong)Lanes.Length];

    /// <summary>Over all lanes; 0 where no trigger has that name.</summary>
    public long Sum(string trigger, Func<VerdictTally, int, long> count)
    {
        var index = Array.FindIndex(Rulebook.Triggers, one => one.Name == trigger);
        return index < 0 ? 0 : Pipelines.Sum(pipeline => count(pipeline.Tally, index));
    }
}
