using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Host.Explaining;

/// <summary>Where the journeys of a trigger stand at an instant: asked of an engine that has seen the user's events up to then.</summary>
internal static class LiveJourneys
{
    /// <summary>One sentence a journey; empty for a trigger without steps.</summary>
    public static IReadOnlyList<string> Of(Premise premise, TriggerDefinition trigger, EventTime at)
    {
        if (trigger.Steps.Count == 0) return [];
        var run = new PipelineRun(RulebookCompiler.Compile(premise.First), wantsDecisions: false) { Told = premise.Told };
        premise.FeedTo(run, at);
        run.Tick(at);
        var rulebook = run.Rulebook;
        var user = new Utf8Text(premise.User);
        return [.. run.Lanes.Select(lane => lane.Users.Open(user, Hash64.Of(user.Span))).SelectMany(state => state.Journeys)
            .Where(journey => rulebook.Triggers[journey.Instance.Trigger].Name == trigger.Name).Select(journey => Says(rulebook, journey))];
    }

    private static string Says(CompiledRulebook rulebook, JourneyProgress journey)
    {
        var trigger = rulebook.Triggers[journey.Instance.Trigger];
        var instance = trigger.InstanceText(journey.Instance.Key) is { Length: > 0 } key ? $" of {key}" : "";
        var step = trigger.Journey!.Places[journey.Step].Name;
        return $"the journey{instance} that began at {journey.EnteredAt} waits at step \"{step}\" until {new EventTime(journey.Due)}";
    }
}
