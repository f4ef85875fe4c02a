using StreamEngage.Host.Approving;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Serving;

/// <summary>The user whom a question is about, or in a line why nothing could be read.</summary>
internal delegate Task<(ServedUser? User, string? Problem)> ExplainServed(ExplainQuestion question, CancellationToken stop);

/// <summary>What the host hands an engine: what to run, and where to tell how it goes.</summary>
internal sealed class EngineParts : IDisposable
{
    private volatile ServedRulebook _rulebook;
    private volatile ApprovalPages? _approvals;
    private volatile ExplainServed? _explain;

    public EngineParts(ServeSettings settings, ServedRulebook rulebook, TimeProvider time)
    {
        (Settings, _rulebook, Time) = (settings, rulebook, time);
        Control = new(settings.Engine.PromptsPerMinuteMax);
        Meters = new(Board, Control, rulebook.Triggers, rulebook.Channels);
        Traces = new(settings.Observe.TraceShare);
        Pulse = new(time);
    }

    public ServeSettings Settings { get; }

    /// <summary>In force, as far as this instance knows: its lanes come to a new one one after the other.</summary>
    public ServedRulebook Rulebook
    {
        get => _rulebook;
        set => _rulebook = value;
    }

    public TimeProvider Time { get; }

    /// <summary>Lists what waits for a person; set by who composes the engine, null where there is no store to read.</summary>
    public ApprovalPages? Approvals
    {
        get => _approvals;
        set => _approvals = value;
    }

    /// <summary>Reads what the topics tell of one user; set by who composes the engine, null where there are no topics.</summary>
    public ExplainServed? Explain
    {
        get => _explain;
        set => _explain = value;
    }

    /// <summary>Rulebooks that were read here: one that somebody publishes is not read again by the lanes of this instance.</summary>
    public RulebookShelf Shelf { get; } = new(ServedRulebook.Read);

    public LaneBoard Board { get; } = new();

    public EngineControl Control { get; }

    public EngineMeters Meters { get; }

    public PromptTraces Traces { get; }

    public LoopPulse Pulse { get; }

    /// <summary>Writes to the log.</summary>
    public required Action<Notice> Notice { get; init; }

    /// <summary>The Kafka client's own words, from any thread.</summary>
    public required Action<string> KafkaSaid { get; init; }

    public void Dispose()
    {
        Meters.Dispose();
        Traces.Dispose();
    }
}
