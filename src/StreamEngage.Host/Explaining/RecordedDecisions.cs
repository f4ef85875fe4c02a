using System.Text;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Emit;

namespace StreamEngage.Host.Explaining;

/// <summary>Decision lines read back.</summary>
internal static class RecordedDecisions
{
    private static readonly Dictionary<string, Reason> _reasons = Enum.GetValues<Reason>().ToDictionary(reason => ReasonCodes.Code(reason) ?? "");
    private static readonly Dictionary<string, Verdict> _verdicts = Enum.GetValues<Verdict>().ToDictionary(one => one.ToString().ToLowerInvariant());
    private static readonly Dictionary<string, Gate> _gates = Enum.GetValues<Gate>().ToDictionary(JsonLines.NameOf);

    /// <returns>Null for another user's, and for what this version did not write.</returns>
    public static DecisionRecord? Read(ReadOnlyMemory<byte> line, string user)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("user").GetString() == user ? Read(json.RootElement, user) : null;
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>As it is written, without the end of the line.</summary>
    public static string Line(DecisionRecord decision)
    {
        var line = new System.Buffers.ArrayBufferWriter<byte>();
        JsonLines.Write(decision, line);
        return Encoding.UTF8.GetString(line.WrittenSpan.TrimEnd((byte)'\n'));
    }

    private static DecisionRecord Read(JsonElement line, string user) => new()
    {
        User = user,
        Trigger = line.GetProperty("trigger").GetString()!,
        Version = line.GetProperty("version").GetInt32(),
        Instance = line.GetProperty("instance").GetString()!,
        Step = Optional(line, "step"),
        At = new(line.GetProperty("at").GetInt64()),
        Verdict = _verdicts[line.GetProperty("verdict").GetString()!],
        Reason = _reasons[Optional(line, "reason") ?? ""],
        PromptId = Optional(line, "promptId"),
        Variant = Optional(line, "variant"),
        Causes = [.. line.GetProperty("causes").EnumerateArray().Select(cause => cause.GetString()!)],
        Gates = [.. line.GetProperty("gates").EnumerateArray().Select(gate => new GateTrace(
            _gates[gate.GetProperty("gate").GetString()!], gate.GetProperty("passed").GetBoolean(), Optional(gate, "detail")))],
    };

    private static string? Optional(JsonElement line, string name) => line.TryGetProperty(name, out var text) ? text.GetString() : null;
}
