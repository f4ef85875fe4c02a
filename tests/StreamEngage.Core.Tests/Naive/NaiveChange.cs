using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Another rulebook from an instant on: it has the policy and the segments of the one before.</summary>
internal sealed record NaiveChange(long At, RulebookDefinition Next)
{
    /// <summary>What the former one does not have takes no older event.</summary>
    public RulebookDefinition Since(RulebookDefinition former) => Next with
    {
        Triggers = Next.Triggers.Select(t => t with { Activation = ActiveFrom(t, former.Triggers.FirstOrDefault(t.IsVersion)) }).ToList(),
    };

    private EventTime? ActiveFrom(TriggerDefinition trigger, TriggerDefinition? former) =>
        former is not null ? former.Activation : new EventTime(Math.Max(At, trigger.Activation?.UnixMilliseconds ?? At));
}

/// <summary>Versions of one trigger.</summary>
internal static class NaiveVersions
{
    public static bool IsVersion(this TriggerDefinition trigger, TriggerDefinition other) => trigger.Name == other.Name && trigger.Version == other.Version;

    /// <summary>By name, of one name the version that takes entries first and then the newest of those that drain.</summary>
    public static IEnumerable<TriggerDefinition> InOrder(this IEnumerable<TriggerDefinition> triggers) => triggers
        .OrderBy(t => t.Name, StringComparer.Ordinal).ThenBy(t => t.IsDraining).ThenByDescending(t => t.Version);
}
