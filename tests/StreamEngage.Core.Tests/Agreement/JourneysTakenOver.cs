using StreamEngage.Rules;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>Versions of journeys that mean the same: only what they wait at is called otherwise, and each version says what the former called it.</summary>
internal static class JourneysTakenOver
{
    /// <summary>Of a rulebook in which all are of version 1, with journeys of this version, 2 or more.</summary>
    public static RulebookDefinition Version(RulebookDefinition first, int number) => first with
    {
        Triggers = [.. first.Triggers.Select(trigger => trigger.Steps.Count > 0 ? Version(trigger, number) : trigger)],
    };

    private static TriggerDefinition Version(TriggerDefinition trigger, int number) => trigger with
    {
        Version = number,
        OnUpgrade = UpgradeMode.Keep,
        Steps = [.. trigger.Steps.Select(step => Renamed(step, number))],
        Migrations =
        [
            new MigrationDefinition(trigger.At, number - 1)
            {
                Steps = JourneySteps.All(trigger.Steps).Where(IsWait).ToDictionary(step => NameOf(step, number - 1), step => NameOf(step, number)),
                StaysByName = true,
            },
        ],
    };

    private static bool IsWait(JourneyStep step) => step is WaitStep or WaitUntilStep;

    private static string NameOf(JourneyStep step, int number) => number == 1 ? step.Name : $"{step.Name}-of-{number}";

    /// <summary>Prompts keep their names, of which their ids are made.</summary>
    private static JourneyStep Renamed(JourneyStep step, int number) => step switch
    {
        WaitStep wait => wait with { Name = NameOf(wait, number) },
        WaitUntilStep wait => wait with { Name = NameOf(wait, number), Timeout = [.. wait.Timeout.Select(inner => Renamed(inner, number))] },
        BranchStep branch => branch with
        {
            Arms = [.. branch.Arms.Select(arm => arm with { Steps = [.. arm.Steps.Select(inner => Renamed(inner, number))] })],
        },
        _ => step,
    };
}
