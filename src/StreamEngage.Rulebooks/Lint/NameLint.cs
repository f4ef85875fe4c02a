using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Names that lead nowhere: aliases nobody reads, channels without a topic, keys that are never the same twice.</summary>
internal sealed class NameLint(RulebookDefinition rulebook, Findings findings)
{
    public void Check()
    {
        foreach (var trigger in rulebook.Triggers)
        {
            CheckAliases(trigger);
            CheckKey(trigger);
            for (var i = 0; i < trigger.Decide.Channels.Count; i++)
                CheckChannel(trigger.Decide.Channels[i], Place(trigger, "decide", i));
            foreach (var step in JourneySteps.All(trigger.Steps).OfType<PromptStep>())
            {
                for (var i = 0; i < step.Channels?.Count; i++)
                    CheckChannel(step.Channels[i], Place(trigger, trigger.Places.ContainsKey($"{step.Path}.channels") ? step.Path : $"{step.Path}.prompt", i));
            }
        }

        CheckPolicy(rulebook.Policy);
    }

    private static SourcePosition Place(TriggerDefinition trigger, string block, int index) =>
        trigger.Places.TryGetValue($"{block}.channels[{index}]", out var at) ? at : trigger.PlaceOf($"{block}.channels");

    private void CheckAliases(TriggerDefinition trigger)
    {
        var read = new TriggerTerms(trigger, rulebook, null).All()
            .SelectMany(term => ExpressionTree.Terms(term.Expression))
            .OfType<NameExpression>()
            .Select(name => name.Scope)
            .Append(trigger.Per?.Scope)
            .Append((trigger.On as PatternOn)?.SkipTo)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var selector in TriggerTerms.AllAliased(trigger).Where(s => !read.Contains(s.Alias)))
            findings.Warn(selector.At, "unused-alias", $"nothing reads '{selector.Alias}'; leave 'as' out");
    }

    private void CheckKey(TriggerDefinition trigger)
    {
        if (trigger.Per is { Property: "at" } per)
            findings.Warn(per.At, "unbounded-key", "an instance for every instant is kept for ever; key it by something that comes back, such as a cart's id");
    }

    private void CheckChannel(string channel, SourcePosition at)
    {
        var known = rulebook.Policy.Channels;
        if (known.Count > 0 && !known.ContainsKey(channel))
            findings.Warn(at, "unknown-channel", $"the policy has no channel '{channel}'{NearestName.Hint(channel, known.Keys)}");
    }

    private void CheckPolicy(PolicyDefinition policy)
    {
        var isKnown = rulebook.Catalogue is not { } catalogue || catalogue.Types.Values.Any(properties => properties.ContainsKey(policy.DeviceZone ?? ""));
        if (policy.DeviceZone is { } zone && !isKnown)
            findings.Warn(PlaceOf(policy, "device_zone"), "unknown-property", $"no event type of events.yaml has a property '{zone}'"
                + NearestName.Hint(zone, rulebook.Catalogue!.Types.Values.SelectMany(properties => properties.Keys).Distinct()));
        for (var i = 0; i < policy.Caps.Count; i++)
        {
            if (policy.Caps[i].Channel is { } channel)
                CheckChannel(channel, PlaceOf(policy, $"caps[{i}].channel"));
        }

        for (var i = 0; i < policy.QuietHours?.Channels.Count; i++)
            CheckChannel(policy.QuietHours.Channels[i], PlaceOf(policy, $"quiet_hours.channels[{i}]"));
    }

    private static SourcePosition PlaceOf(PolicyDefinition policy, string path) =>
        policy.Places.TryGetValue(path, out var at) ? at : policy.Places.GetValueOrDefault("");
}
