using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving;

/// <summary>What the host hands an engine: what to run, and where to tell how it goes.</summary>
internal sealed class EngineParts : IDisposable
{
    public EngineParts(ServeSettings settings, ServedRulebook rulebook, TimeProvider time)
    {
        (Settings, Rulebook, Time) = (settings, rulebook, time);
        Control = new(settings.Engine.PromptsPerMinuteMax);
        Meters = new(Board, Control, rulebook.Triggers, rulebook.Channels);
        Traces = new(settings.Observe.TraceShare);
        Pulse = new(time);
    }

    public ServeSettings Settings { get; }

    public ServedRulebook Rulebook { get; }

    public TimeProvider Time { get; }

    public LaneBoard Board { get; } = new();

    public EngineControl Control { get; }

    public EngineMeters Meters { get; }

    public PromptTraces Traces { get; }

    public LoopPulse Pulse { get; }

    /// <summary>Writes to the log.</summary>
    public required Action<Notice> Notice { get; init; }

    public void Dispose()
    {
        Meters.Dispose();
        Traces.Dispose();
    }
}
