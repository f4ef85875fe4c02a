using System.Globalization;
using System.Text.Json;
using StreamEngage.Events;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>Values as people write them.</summary>
internal static class Spoken
{
    public static string Duration(long milliseconds)
    {
        if (milliseconds % 60_000 == 0 || milliseconds < 1_000) return DurationText.Format(milliseconds);
        var time = TimeSpan.FromMilliseconds(milliseconds);
        var parts = new (double Count, string Unit)[]
        {
            (Math.Floor(time.TotalHours), "h"), (time.Minutes, "m"), (time.Seconds + time.Milliseconds / 1_000.0, "s"),
        };
        return string.Join(' ', parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count}{part.Unit}")));
    }

    public static string Time(EventTime at) => at.ToString();

    public static string Share(double share) => share.ToString("0.##%", CultureInfo.InvariantCulture);

    public static string Of(Value? value) => value switch
    {
        null => "unknown",
        { IsNull: true } => "null",
        { Kind: ValueKind.Text } text => $"\"{text.Text}\"",
        { Kind: ValueKind.Boolean } truth => truth.IsTrue ? "true" : "false",
        { Kind: ValueKind.Number } number => number.Number.ToString("0.######", CultureInfo.InvariantCulture),
        { } other => other.ToString(),
    };

    /// <summary>A property of an event as text; null where it has none.</summary>
    public static string? Text(this UserEvent e, string property)
    {
        using var document = JsonDocument.Parse(e.Json);
        return document.RootElement.TryGetProperty("props", out var props) && props.ValueKind == JsonValueKind.Object
            && props.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
    }
}
