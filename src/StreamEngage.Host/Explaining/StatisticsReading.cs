using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>
/// Runs the engine over a whole input where decisions depend on what came of all users' prompts, or on where all users stand, and keeps each version of that.
/// </summary>
internal sealed class StatisticsReading
{
    private readonly PipelineRun? _run;
    private readonly List<StatisticsVersion> _versions = [];

    /// <param name="rules">The rulebook at the start.</param>
    /// <param name="changes">Those that follow it.</param>
    public StatisticsReading(RulebookDefinition rules, IReadOnlyList<RulebookChange> changes)
    {
        var compiled = RulebookCompiler.Compile(rules);
        if (!compiled.Learns && !changes.Any(change => RulebookCompiler.Compile(change.Next).Learns)) return;
        _run = new(compiled, wantsDecisions: false) { Published = _versions.Add };
        foreach (var change in changes) _run.ChangeAt(change.At, change.Next);
    }

    public void Offer(in FeedRow row, EventTime ingested)
    {
        if (_run is not null && row.Fault is null) row.OfferTo(_run, ingested);
    }

    /// <summary>In the order they came into force; null: nothing depends on them. Of too many only one in so many, and the last, are kept.</summary>
    public IReadOnlyList<StatisticsVersion>? End()
    {
        if (_run is null) return null;
        _run.End(drain: true);
        var every = 1 + (_versions.Count - 1) / ExplainLimits.VersionsMax;
        return [.. _versions.Where((_, i) => i % every == 0 || i == _versions.Count - 1)];
    }
}
