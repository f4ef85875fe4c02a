using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace StreamEngage.Steps.Observe;

/// <summary>
/// One span a sampled command, from the event or deadline that it was decided at to its commit. Whether a prompt is sampled is a function of its id: a
/// replay and every instance agree, and a cancel is sampled with its prompt.
/// </summary>
/// <param name="share">Of all prompts, 0 to 1.</param>
internal sealed class PromptTraces(double share) : IDisposable
{
    public const string SourceName = "StreamEngage";

    private readonly ActivitySource _source = new(SourceName);

    /// <summary>A command was committed. Nothing of its user or data is recorded.</summary>
    /// <param name="command">Its line, as it was published.</param>
    /// <param name="at">When.</param>
    public void Published(ReadOnlyMemory<byte> command, DateTimeOffset at)
    {
        if (share <= 0 || !_source.HasListeners()) return;
        using var json = JsonDocument.Parse(command);
        var prompt = json.RootElement;
        if (!IsSampled(prompt.GetProperty("promptId").GetString()!)) return;
        var from = DateTimeOffset.FromUnixTimeMilliseconds(prompt.GetProperty("decidedAt").GetInt64());
        var cause = prompt.GetProperty("causes").EnumerateArray().LastOrDefault();
        using var span = _source.StartActivity("prompt", ActivityKind.Producer, parentContext: default, startTime: from);
        span?.SetTag("streamengage.prompt.id", prompt.GetProperty("promptId").GetString())
            .SetTag("streamengage.prompt.kind", prompt.GetProperty("kind").GetString())
            .SetTag("streamengage.trigger", prompt.GetProperty("trigger").GetString())
            .SetTag("streamengage.channel", prompt.GetProperty("channel").GetString())
            .SetTag("streamengage.event.id", cause.ValueKind == JsonValueKind.String ? cause.GetString() : null)
            .SetEndTime(at.UtcDateTime);
    }

    public void Dispose() => _source.Dispose();

    private bool IsSampled(string promptId) =>
        uint.TryParse(promptId.AsSpan(0, Math.Min(8, promptId.Length)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var drawn)
        && drawn <= share * uint.MaxValue;
}
