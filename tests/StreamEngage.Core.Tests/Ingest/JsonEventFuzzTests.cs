using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace StreamEngage.Ingest;

// Random lines, whole and damaged, against what System.Text.Json's document says of them.
public sealed class JsonEventFuzzTests(ITestOutputHelper output)
{
    private const int Lines = 20_000;

    private static readonly string[] _names = ["id", "user", "type", "at", "props", "session", "extra", "i\\u0064"];
    private static readonly string[] _keys = ["price", "name", "cart", "total", "tags", "deep", "a", "b", "member", "cart.total", "n\\u0061me"];

    private static readonly string[] _scalars =
    [
        "1", "-0", "2.5", "1e400", "12345678901234567890", "true", "false", "null",
        "\"\"", "\"x\"", "\"\\u00e9\\t\"", "\"2026-01-01T00:00:00Z\"", "1767225600000",
    ];

    [Fact]
    public void Lines_AreReadAsTheDocumentSays()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var events = 0;
        for (var i = 0; i < Lines; i++)
        {
            var line = Line(random);
            if (random.Next(4) == 0) line = Damaged(random, line);
            var expected = Expected(line);
            var actual = Decoding.Json(line);
            if (expected is null) Assert.True(Enum.TryParse<Decoded>(actual, out _), Encoding.UTF8.GetString(line));
            else Assert.True(expected == actual, $"{Encoding.UTF8.GetString(line)}\n{expected}\n{actual}");
            if (expected is not null && !Enum.TryParse<Decoded>(expected, out _)) events++;
        }
        Assert.True(events > Lines / 10, $"only {events} events");
    }

    // Null: not JSON, so some refusal.
    private static string? Expected(byte[] line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new() { MaxDepth = Limits.JsonDepthMax });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Expected(document.RootElement) : "NotJson";
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Expected(JsonElement root)
    {
        var (fields, props) = (new Dictionary<string, string>(), default(JsonElement?));
        foreach (var member in root.EnumerateObject())
        {
            var refusal = member.Name switch
            {
                "id" => Text(member) ? null : "BadId",
                "user" => Text(member) ? null : "BadUser",
                "type" => Text(member) ? null : "BadType",
                "at" => Time(member.Value) is null ? "BadTime" : null,
                "props" => member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? null : "BadProps",
                _ => null,
            };
            if (refusal is not null) return refusal;
            if (member.Name == "props") props = member.Value.ValueKind == JsonValueKind.Null ? null : member.Value;
            fields[member.Name] = member.Name == "at" ? Time(member.Value)!.Value.ToString(CultureInfo.InvariantCulture) : Shown(member.Value);
        }
        foreach (var (name, refusal) in new[] { ("id", "BadId"), ("user", "BadUser"), ("type", "BadType"), ("at", "BadTime") })
            if (!fields.ContainsKey(name)) return refusal;
        var words = $"{fields["id"]} {fields["user"]} {fields["type"]} {fields["at"]}";
        return fields["type"] is "view" or "cart_add" ? words + Kept(fields["type"], props) : words;
    }

    private static bool Text(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.String => member.Value.GetString()!.Length > 0,
        JsonValueKind.Number => member.Value.TryGetInt64(out _),
        _ => false,
    };

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static long? Time(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)) return number is >= 0 and <= Limits.EventTimeMax ? number : null;
        if (value.ValueKind != JsonValueKind.String || value.GetString()!.Length < 20) return null;
        return value.TryGetDateTimeOffset(out var at) ? at.ToUnixTimeMilliseconds() : null;
    }

    private static string Kept(string type, JsonElement? props)
    {
        var kept = new Dictionary<string, string>();
        if (props is { } all) Flatten(all, "", kept);
        var names = type == "view" ? Decoding.Kept : ["price"];
        return string.Concat(names.Where(name => kept.TryGetValue(name, out var value) && value != "null").Select(name => $" {name}={kept[name]}"));
    }

    private static void Flatten(JsonElement value, string prefix, Dictionary<string, string> kept)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object) Flatten(member.Value, $"{prefix}{member.Name}.", kept);
            else kept[prefix + member.Name] = Word(member.Value);
        }
    }

    private static string Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray()
            .Where(item => item.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object)).Take(Limits.ListItemsMax).Select(Word)) + "]",
        JsonValueKind.String => $"'{value.GetString()}'",
        JsonValueKind.Number => double.IsFinite(value.GetDouble()) ? value.GetDouble().ToString("R", CultureInfo.InvariantCulture) : "null",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static byte[] Line(Random random)
    {
        var members = new List<string>();
        if (random.Next(20) > 0) members.Add($"\"id\":\"e{random.Next(9)}\"");
        if (random.Next(20) > 0) members.Add($"\"user\":{random.Next(9)}");
        if (random.Next(20) > 0) members.Add($"\"type\":\"{(random.Next(3) == 0 ? "cart_add" : "view")}\"");
        if (random.Next(20) > 0) members.Add($"\"at\":{random.NextInt64(1L << 43)}");
        if (random.Next(4) > 0) members.Add($"\"props\":{Object(random, 3)}");
        while (random.Next(4) == 0) members.Add($"\"{_names[random.Next(_names.Length)]}\":{Value(random, 2)}");
        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        return Encoding.UTF8.GetBytes("{" + string.Join(random.Next(2) == 0 ? "," : " ,\t", shuffled) + "}");
    }

    private static string Object(Random random, int depth) =>
        "{" + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"\"{_keys[random.Next(_keys.Length)]}\":{Value(random, depth - 1)}")) + "}";

    private static string Value(Random random, int depth)
    {
        if (depth > 0 && random.Next(3) == 0) return Object(random, depth);
        if (depth > 0 && random.Next(4) == 0) return "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))) + "]";
        return _scalars[random.Next(_scalars.Length)];
    }

    private static byte[] Damaged(Random random, byte[] line)
    {
        var copy = line.ToArray();
        for (var times = random.Next(1, 4); times > 0; times--) copy[random.Next(copy.Length)] = (byte)random.Next(32, 127);
        return random.Next(3) == 0 ? copy[..random.Next(copy.Length)] : copy;
    }
}
