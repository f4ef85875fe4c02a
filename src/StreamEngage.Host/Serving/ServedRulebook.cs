using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving;

/// <summary>The rulebook in force and its version.</summary>
internal sealed record ServedRulebook(CompiledRulebook Compiled, string Version)
{
    public IEnumerable<string> Triggers => Compiled.Definition.Triggers.Select(trigger => trigger.Name);

    public IEnumerable<string> Channels => Compiled.Definition.Triggers.SelectMany(trigger => trigger.Decide.Channels)
        .Concat(Compiled.Definition.Policy.Channels.Keys).Distinct(StringComparer.Ordinal);

    /// <summary>Where prompts go.</summary>
    public IReadOnlyList<string> PromptTopics => [.. Compiled.Definition.Policy.Channels.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

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
            json.WriteBoolean("paused", control.IsPaused(trigger.Name));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
