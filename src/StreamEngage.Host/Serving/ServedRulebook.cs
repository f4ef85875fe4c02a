using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Kafka;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Steps;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Serving;

/// <summary>The rulebook in force and its version.</summary>
internal sealed record ServedRulebook(CompiledRulebook Compiled, string Version)
{
    /// <summary>Its files, for lanes that are to remember it; none where they cannot.</summary>
    public RulebookText Text { get; init; } = RulebookText.Named(Version);

    public static ServedRulebook Of(CompiledRulebook compiled, RulebookText text) => new(compiled, text.Version) { Text = text };

    public IEnumerable<string> Triggers => Compiled.Definition.Triggers.Select(trigger => trigger.Name).Distinct();

    public IEnumerable<string> Channels => ChannelsOf(Compiled.Definition);

    /// <summary>Where prompts go.</summary>
    public IReadOnlyList<string> PromptTopics => PromptTopicsOf(Compiled.Definition);

    /// <summary>Reads and checks a rulebook; null when it has errors.</summary>
    public static RulebookDefinition? Read(RulebookText text) => RulebookFiles.Read(text.Files).Definition;

    public static IReadOnlyList<string> PromptTopicsOf(RulebookDefinition rulebook)
    {
        var topics = new LaneTopics([], "", rulebook.Policy.Channels, "", null);
        return [.. ChannelsOf(rulebook).Select(topics.OfChannel).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ChannelsOf(RulebookDefinition rulebook) =>
        rulebook.Triggers.SelectMany(trigger => trigger.AllChannels).Concat(rulebook.Policy.Channels.Keys).Distinct(StringComparer.Ordinal);

    public LaneTopics TopicsOf(KafkaSettings kafka) => new(
        kafka.Topics, kafka.ExchangeTopic, Compiled.Definition.Policy.Channels, kafka.QuarantineTopic, kafka.DecisionTopic);

    public bool Has(string trigger) => Compiled.Definition.Triggers.Any(known => known.Name == trigger);

    public void Write(Utf8JsonWriter json, EngineControl control)
    {
        json.WriteStartObject();
        json.WriteString("version", Version);
        json.WriteStartArray("triggers");
        foreach (var trigger in Compiled.Definition.Triggers)
        {
            json.WriteStartObject();
            json.WriteString("trigger", trigger.Name);
            json.WriteNumber("version", trigger.Version);
            json.WriteBoolean("draining", trigger.IsDraining);
            json.WriteBoolean("paused", control.IsPaused(trigger.Name));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
