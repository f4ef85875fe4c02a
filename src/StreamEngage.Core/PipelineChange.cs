using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>What a change of the rulebook does to what is under way, trigger by trigger.</summary>
/// <param name="From">The rulebook that ends.</param>
/// <param name="To">The one that begins, with the tenure of its parts.</param>
/// <param name="Triggers">Those of the rulebook that ends, in its order.</param>
internal sealed record PipelineChange(CompiledRulebook From, CompiledRulebook To, IReadOnlyList<TriggerImpact> Triggers)
{
    public static PipelineChange Of(PipelineReign ending, CompiledRulebook next)
    {
        var impacts = ending.Rulebook.Triggers.Select(trigger => new TriggerImpact(trigger, ending.Rulebook.Layout, next)).ToList();
        foreach (var user in ending.Lanes.SelectMany(lane => lane.Users.All))
        {
            for (var place = 0; place < user.InstanceCount; place++) impacts[user.InstanceAt(place).Trigger].Count(user.InstanceAt(place));
            foreach (var journey in user.Journeys) impacts[journey.Instance.Trigger].Count(journey);
            foreach (var held in user.Held) impacts[held.Instance.Trigger].Count(held);
        }
        return new(ending.Rulebook, next, impacts);
    }
}

/// <summary>What of one trigger is under way when another rulebook takes the place of its own.</summary>
internal sealed class TriggerImpact
{
    private readonly HashSet<UserState> _users = [];
    private readonly HashSet<UserState> _cutOff = [];
    private readonly CompiledTrigger _trigger;
    private readonly StateLayout _from;
    private readonly StateLayout _to;
    private readonly Heir _keeper;

    /// <param name="trigger">It, in the rulebook that ends.</param>
    /// <param name="from">How that one stores it.</param>
    /// <param name="next">The rulebook that begins.</param>
    public TriggerImpact(CompiledTrigger trigger, StateLayout from, CompiledRulebook next)
    {
        (_trigger, _from, _to) = (trigger, from, next.Layout);
        var identity = from.Triggers[trigger.Index];
        var heir = _to.HeirOf(identity);
        _keeper = _to.KeeperOf(identity);
        IsGone = heir.Trigger < 0;
        Drains = heir is { Trigger: >= 0, KeepsProgress: true } && next.Triggers[heir.Trigger].Definition.IsDraining;
    }

    public string Name => _trigger.Name;

    public int Version => _trigger.Definition.Version;

    /// <summary>What is under way goes on, but for what <see cref="UsersCutOff"/> lose.</summary>
    public bool IsKept => Drains || _keeper is { Trigger: >= 0, KeepsProgress: true };

    /// <summary>It takes no entries from then on: its journeys and what it holds go on under it.</summary>
    public bool Drains { get; }

    /// <summary>No trigger of the name is in the next rulebook.</summary>
    public bool IsGone { get; }

    /// <summary>Users of whom something is under way.</summary>
    public IReadOnlyCollection<UserState> Users => _users;

    /// <summary>Those of them of whom something ends.</summary>
    public IReadOnlyCollection<UserState> UsersCutOff => _cutOff;

    /// <summary>Deadlines that are armed.</summary>
    public int Armed { get; private set; }

    /// <summary>Patterns that have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Candidates that wait for the end of quiet hours, or for a person.</summary>
    public int Held { get; private set; }

    /// <summary>Journeys under way.</summary>
    public int Journeys { get; private set; }

    /// <summary>Of all these, how many end.</summary>
    public int Ending { get; private set; }

    public void Count(TriggerInstance instance)
    {
        var armed = 0;
        for (var i = 0; i < instance.Absences.Count; i++) armed += instance.Absences[i].IsArmed ? 1 : 0;
        Armed += armed;
        Begun += instance.Partials.Count;
        Add(instance.User, armed + instance.Partials.Count, goesOn: _keeper is { Trigger: >= 0, KeepsProgress: true });
    }

    public void Count(JourneyProgress journey)
    {
        Journeys++;
        Add(journey.User, 1, _to.StepOf(_from.Journeys[_trigger.Index]!, journey.Step) is not null);
    }

    public void Count(HeldCandidate held)
    {
        Held++;
        Add(held.User, 1, _to.Takes(held, _from));
    }

    private void Add(UserState user, int count, bool goesOn)
    {
        if (count == 0) return;
        _users.Add(user);
        if (goesOn) return;
        _cutOff.Add(user);
        Ending += count;
    }
}
