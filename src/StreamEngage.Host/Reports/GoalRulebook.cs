using StreamEngage.Detect;
using StreamEngage.Rules;

namespace StreamEngage.Host.Reports;

/// <summary>
/// A rulebook in which every event that is the goal of a trigger is a candidate of that trigger's name. So goals are found by the engine itself: with their
/// conditions, without duplicates, and in order.
/// </summary>
internal static class GoalRulebook
{
    public static CompiledRulebook Of(RulebookDefinition rulebook)
    {
        var time = rulebook.Policy.Time;
        return RulebookCompiler.Compile(rulebook with
        {
            Triggers = [.. rulebook.Triggers.Where(trigger => trigger.Goal is not null).Select(Goal)],
            // Held until they are in order, goals are stamped with their own times and not with the clock.
            Policy = new()
            {
                TimeZone = rulebook.Policy.TimeZone,
                DeviceZone = rulebook.Policy.DeviceZone,
                Time = time with { DisorderMilliseconds = Math.Max(time.DisorderMilliseconds, time.LatenessMilliseconds) },
            },
        });
    }

    // Transactional: outside arbitration, where goals of several triggers would be rivals.
    private static TriggerDefinition Goal(TriggerDefinition trigger) =>
        new(trigger.Goal!.Event.At, trigger.Name, new EventOn(trigger.Goal.Event.At, trigger.Goal.Event)) { Decide = new() { Purpose = "transactional" } };
}
