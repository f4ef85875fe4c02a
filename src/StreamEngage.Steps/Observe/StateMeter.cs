using System.Diagnostics.Metrics;

namespace StreamEngage.Steps.Observe;

/// <summary>What Redis failed at.</summary>
internal enum RedisFault { Failed, Refused, Fenced }

/// <summary>What became of the ids of users.</summary>
internal enum IdentityChange
{
    /// <summary>Merged into a known user.</summary>
    Merged,

    /// <summary>Another lane's: it was asked for.</summary>
    AskedFor,

    /// <summary>Given to the lane of a known user.</summary>
    GivenAway,

    /// <summary>Erased, with all ids that became the user's.</summary>
    Erased,
}

/// <summary>Of what a user had more than is kept.</summary>
internal enum Surplus { WindowEntries, PartialMatches, Instances, Journeys, OpenGoals, Attributes }

/// <summary>State: steps, what they cost, and the lanes they move.</summary>
internal sealed class StateMeter
{
    private static readonly KeyValuePair<string, object?>[] _faults = ClosedLabels.Of<RedisFault>("kind");
    private static readonly KeyValuePair<string, object?>[] _states = ClosedLabels.Of<LaneState>("state");
    private static readonly KeyValuePair<string, object?>[] _changes = ClosedLabels.Of<IdentityChange>("kind");
    private static readonly KeyValuePair<string, object?>[] _surpluses = ClosedLabels.Of<Surplus>("kind");

    private readonly Counter<long> _steps, _replayed, _failures, _identities, _controls, _dropped;
    private readonly Histogram<double> _step, _load, _prepare;

    public StateMeter(Meter meter, LaneBoard board)
    {
        _steps = meter.CreateCounter<long>("streamengage.state.steps", "{step}", "Steps that were written.");
        _replayed = meter.CreateCounter<long>("streamengage.state.steps.replayed", "{step}", "Steps that were done again from the journal.");
        _failures = meter.CreateCounter<long>("streamengage.state.redis.failures", "{failure}", "Calls to Redis without success, by kind.");
        _identities = meter.CreateCounter<long>("streamengage.state.identities", "{user}", "Users who turned out to be others, or were erased, by kind.");
        _controls = meter.CreateCounter<long>("streamengage.state.controls.refused", "{event}",
            "Words on consent, channels, outcomes and identity that say nothing or what cannot be.");
        _dropped = meter.CreateCounter<long>("streamengage.state.dropped", "{thing}", "What a user had more of than is kept, by kind.");
        _step = Histogram(meter, "streamengage.state.step.duration", "A whole step: load, process, prepare.");
        _load = Histogram(meter, "streamengage.state.load.duration", "Loading the users of a step.");
        _prepare = Histogram(meter, "streamengage.state.prepare.duration", "Writing a step.");
        meter.CreateObservableGauge("streamengage.state.cached.users", () => board.Sum(lane => lane.CachedUsers), "{user}", "Users held in memory.");
        meter.CreateObservableGauge("streamengage.state.lanes", () => _states.Select((state, number) =>
            new Measurement<long>(board.Count((LaneState)number), state)), "{lane}", "Lanes of this instance by state.");
    }

    public void Stepped(TimeSpan took)
    {
        _steps.Add(1);
        _step.Record(took.TotalMilliseconds);
    }

    public void Replayed(int steps) => _replayed.Add(steps);

    public void Loaded(TimeSpan took) => _load.Record(took.TotalMilliseconds);

    public void Prepared(TimeSpan took) => _prepare.Record(took.TotalMilliseconds);

    public void Changed(IdentityChange kind, int users) => _identities.Add(users, _changes[(int)kind]);

    public void ControlsRefused(int events) => _controls.Add(events);

    public void Dropped(Surplus kind, int things) => _dropped.Add(things, _surpluses[(int)kind]);

    public void RedisFailed(RedisFault fault) => _failures.Add(1, _faults[(int)fault]);

    private static Histogram<double> Histogram(Meter meter, string name, string what) => meter.CreateHistogram(name, "ms", what, null, Buckets.Work);
}
