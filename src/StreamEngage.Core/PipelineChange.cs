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
        var identities = ending.Rulebook.Layout.Triggers;
        var impacts = ending.Rulebook.Triggers.Select(trigger => new TriggerImpact(trigger, next.Layout.HeirOf(identities[trigger.Index]))).ToList();
        foreach (var user in ending.Lanes.SelectMany(lane => lane.Users.All))
        {
            for (var place = 0; place < user.InstanceCount; place++) impacts[user.InstanceAt(place).Trigger].Count(user.InstanceAt(place));
        }
        return new(ending.Rulebook, next, impacts);
    }
}

/// <summary>What of one trigger is under way when another rulebook takes the place of its own.</summary>
/// <param name="trigger">It, in the rulebook that ends.</param>
/// <param name="heir">What goes on with it.</param>
internal sealed class TriggerImpact(CompiledTrigger trigger, Heir heir)
{
    private readonly HashSet<UserState> _users = [];

    public string Name => trigger.Name;

    public int Version => trigger.Definition.Version;

    /// <summary>What is under way goes on.</summary>
    public bool IsKept => heir is { Trigger: >= 0, KeepsProgress: true };

    /// <summary>No trigger of the name is in the next rulebook.</summary>
    public bool IsGone => heir.Trigger < 0;

    /// <summary>Users of whom something is under way.</summary>
    public IReadOnlyCollection<UserState> Users => _users;

    /// <summary>Deadlines that are armed.</summary>
    public int Armed { get; private set; }

    /// <summary>Patterns that have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Candidates that wait for the end of quiet hours.</summary>
    public int Held { get; private set; }

    public void Count(TriggerInstance instance)
    {
        var armed = 0;
        for (var i = 0; i < instance.Absences.Count; i++) armed += instance.Absences[i].IsArmed ? 1 : 0;
        Armed += armed;
        Begun += instance.Partials.Count;
        Held += instance.HeldCount;
        if (armed + instance.Partials.Count + instance.HeldCount > 0) _users.Add(instance.User);
    }
}
