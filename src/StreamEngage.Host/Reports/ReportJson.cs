using System.Text;
using System.Text.Json;
using StreamEngage.Learn.Experiments;

namespace StreamEngage.Host.Reports;

/// <summary>A report for programs: one JSON object; rates and differences in shares of one.</summary>
internal static class ReportJson
{
    public static string Of(Report report)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("read", report.Intake.Read);
            json.WriteNumber("quarantined", report.Intake.Quarantine.Total);
            json.WriteStartArray("triggers");
            foreach (var trigger in report.Triggers) Write(json, trigger);
            json.WriteEndArray();
            json.WriteStartArray("withoutGoal");
            foreach (var name in report.Without) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Write(Utf8JsonWriter json, TriggerReport trigger)
    {
        json.WriteStartObject();
        json.WriteString("trigger", trigger.Name);
        Write(json, trigger.Sent, trigger.Ghosts);
        json.WriteNumber("otherGhosts", trigger.OtherGhosts);
        json.WriteNumber("open", trigger.Open);
        json.WriteStartObject("outcomes");
        foreach (var (word, count) in trigger.Outcomes.All) json.WriteNumber(word, count);
        json.WriteEndObject();
        json.WriteString("against", trigger.IsAgainstGlobal ? "global-holdout" : "holdout");
        WriteSides(json, trigger.Lift);
        Write(json, trigger.FixedEnd);
        Write(json, trigger.Lift.Ratio);
        json.WriteString("verdict", ReportWords.Of(trigger.Lift.Verdict));
        json.WriteStartArray("variants");
        foreach (var variant in trigger.Variants) Write(json, variant);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VariantReport variant)
    {
        json.WriteStartObject();
        json.WriteString("variant", variant.Name);
        Write(json, variant.Counts.Sent, variant.Counts.Ghosts);
        WriteSides(json, variant.Lift);
        Write(json, variant.Lift.Ratio);
        json.WriteString("verdict", ReportWords.Of(variant.Lift.Verdict));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ArmCount sent, ArmCount ghosts)
    {
        json.WriteNumber("sent", sent.Units);
        json.WriteNumber("sentConversions", sent.Conversions);
        json.WriteNumber("ghosts", ghosts.Units);
        json.WriteNumber("ghostConversions", ghosts.Conversions);
    }

    private static void WriteSides(Utf8JsonWriter json, Lift lift)
    {
        Write(json, "treated", lift.Treated);
        Write(json, "heldOut", lift.Held);
        Write(json, "difference", lift.Difference);
        json.WriteStartObject("interval");
        json.WriteNumber("low", lift.Interval.Low);
        json.WriteNumber("high", lift.Interval.High);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ArmCount arm)
    {
        json.WriteStartObject(name);
        json.WriteNumber("users", arm.Units);
        json.WriteNumber("conversions", arm.Conversions);
        Write(json, "rate", arm.Rate);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TwoProportionTest? test)
    {
        if (test is not { } known)
        {
            json.WriteNull("fixedEnd");
            return;
        }
        json.WriteStartObject("fixedEnd");
        json.WriteNumber("z", known.Z);
        json.WriteNumber("p", known.P);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SampleRatio? ratio)
    {
        if (ratio is not { } known)
        {
            json.WriteNull("sampleRatio");
            return;
        }
        json.WriteStartObject("sampleRatio");
        json.WriteNumber("chiSquare", known.ChiSquare);
        json.WriteNumber("p", known.P);
        // JSON has no infinity.
        json.WriteNumber("evidence", Math.Min(known.Evidence, double.MaxValue));
        json.WriteBoolean("alarm", known.IsAlarm);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
