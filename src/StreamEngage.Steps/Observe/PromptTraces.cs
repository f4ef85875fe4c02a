using System.Diagnostics;
using System.Globalization;
using StreamEngage.Emit;

namespace StreamEngage.Steps.Observe;

/// <summary>
/// One span a sampled prompt, from its causing event to its commit. Whether a prompt is sampled is a function of its id: a replay and every instance
/// agree, and a cancel is sampled with its prompt.
/// </summary>
/// <param name="share">Of all prompts, 0 to 1.</param>
internal sealed class PromptTraces(double share) : IDisposable
{
    public const string SourceName = "StreamEngage";

    private readonly ActivitySource _source = new(SourceName);

    public bool IsSampled(string promptId) =>
        share > 0 && _source.HasListeners()
        && uint.TryParse(promptId.AsSpan(0, Math.Min(8, promptId.Length)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var drawn)
        && drawn <= share * uint.MaxValue;

    /// <summary>Begins the span at the event; end it with <see cref="Activity.Dispose()"/> after the commit. Null where it is not sampled.</summary>
    /// <param name="prompt">The command; nothing of its user or data is recorded.</param>
    /// <param name="eventAt">The broker's time of the causing event.</param>
    /// <remarks><see cref="Activity.Id"/> is what a <c>traceparent</c> header carries on.</remarks>
    public Activity? Begin(PromptCommand prompt, DateTimeOffset eventAt)
    {
        if (!IsSampled(prompt.PromptId)) return null;
        var span = _source.StartActivity("prompt", ActivityKind.Producer, parentContext: default, startTime: eventAt);
        span?.SetTag("streamengage.prompt.id", prompt.PromptId)
            .SetTag("streamengage.prompt.kind", prompt.Kind.ToString().ToLowerInvariant())
            .SetTag("streamengage.trigger", prompt.Trigger)
            .SetTag("streamengage.channel", prompt.Channel)
            .SetTag("streamengage.event.id", prompt.Causes.Count > 0 ? prompt.Causes[^1] : null);
        return span;
    }

    public void Dispose() => _source.Dispose();
}
