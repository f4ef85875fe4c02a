using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>What publishing a rulebook would do, as far as that can be said without users: <c>diff</c> counts them on recorded events.</summary>
/// <param name="now">In force, taken to have been there from the beginning.</param>
/// <param name="candidate">What would be published.</param>
/// <param name="definition">It, checked.</param>
internal sealed class RulebookImpact(ServedRulebook now, CandidateRulebook candidate, RulebookDefinition definition)
{
    // Any instant will do: what is told are distances from it.
    private static readonly EventTime _change = new(1_000_000_000_000);

    public void Write(Utf8JsonWriter json)
    {
        var former = Tenure.FromBeginning(now.Compiled.Layout);
        var next = RulebookCompiler.Compile(definition, former, former.Under(candidate.Compiled.Layout, _change), []);
        json.WriteStartObject();
        json.WriteString("version", candidate.Version);
        json.WriteString("inForce", now.Version);
        json.WriteStartArray("triggers");
        foreach (var trigger in next.Triggers) WriteTrigger(json, trigger);
        json.WriteEndArray();
        json.WriteStartArray("underWay");
        foreach (var trigger in now.Compiled.Triggers) WriteUnderWay(json, new(trigger, now.Compiled.Layout, next));
        json.WriteEndArray();
        json.WriteStartArray("newSegments");
        foreach (var segment in next.Segments)
            if (!now.Compiled.Layout.SegmentMeanings.Contains(next.Layout.SegmentMeanings[segment.Index])) json.WriteStringValue(segment.Definition.Name);
        json.WriteEndArray();
        candidate.WriteWarnings(json, now.Compiled.Definition);
        json.WriteEndObject();
    }

    private static void WriteTrigger(Utf8JsonWriter json, CompiledTrigger trigger)
    {
        json.WriteStartObject();
        json.WriteString("trigger", trigger.Name);
        json.WriteNumber("version", trigger.Definition.Version);
        json.WriteBoolean("takesOlderEvents", trigger.ActiveFrom < _change);
        json.WriteNumber("backfillMilliseconds", Math.Max(0, EventTime.Max(trigger.FoundFrom, trigger.JudgedFrom).UnixMilliseconds - _change.UnixMilliseconds));
        json.WriteEndObject();
    }

    private static void WriteUnderWay(Utf8JsonWriter json, TriggerImpact trigger)
    {
        json.WriteStartObject();
        json.WriteString("trigger", trigger.Name);
        json.WriteNumber("version", trigger.Version);
        json.WriteBoolean("goesOn", trigger.IsKept);
        json.WriteBoolean("drains", trigger.Drains);
        json.WriteBoolean("isGone", trigger.IsGone);
        json.WriteEndObject();
    }
}
