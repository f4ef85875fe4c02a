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
        Statistics = new(rulebook);
        Learns = rulebook.Learns;
    }

    public CompiledRulebook Rulebook { get; }

    public Tenure Tenure { get; }

    public EventIntake Intake { get; }

    public Lane[] Lanes { get; }

    /// <summary>One a lane.</summary>
    public Pipeline[] Pipelines { get; }

    /// <summary>One a lane: whose an event is, before it is the lane's turn.</summary>
    public PipelineIdentities[] Identities { get; }

    /// <summary>What came of prompts, those of former reigns included that are about the same.</summary>
    public PipelineStatistics Statistics { get; }

    /// <summary>Some decision depends on what came of others.</summary>
    public bool Learns { get; }

    public long EarliestTimer => Lanes.Min(lane => lane.Timers.EarliestBound);

    /// <summary>All lanes see the version of the statistics that is in force.</summary>
    public void Publish()
    {
        foreach (var pipeline in Pipelines) pipeline.Statistics = Statistics.InForce;
    }

    private Lane LaneOf(ulong userHash) => Lanes[userHash % (ulong)Lanes.Length];

    /// <summary>Over all lanes; 0 where no trigger has that name.</summary>
    public long Sum(string trigger, Func<VerdictTally, int, long> count)
    {
        var versions = Rulebook.Triggers.Where(one => one.Name == trigger).Select(one => one.Index).ToList();
        return Pipelines.Sum(pipeline => versions.Sum(index => count(pipeline.Tally, index)));
    }
}
