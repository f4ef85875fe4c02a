using System.Collections.Immutable;

namespace StreamEngage.Steps.Observe;

/// <summary>
/// What a person may change while the engine runs. The engine asks it each time it builds a publication; nothing here changes a decision, so that a
/// replay decides the same. Thread-safe.
/// </summary>
/// <param name="perMinuteMax">Bound of the prompt-rate breaker; 0: none.</param>
internal sealed class EngineControl(int perMinuteMax = 0)
{
    private volatile bool _killed;
    private ImmutableHashSet<string> _paused = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public PromptBreaker Breaker { get; } = new(perMinuteMax);

    /// <summary>While true no prompt is published. They stay in the outbox and expire there; cancels and the journal go on.</summary>
    public bool IsKilled
    {
        get => _killed;
        set => _killed = value;
    }

    /// <summary>Triggers whose prompts are withheld, in their order.</summary>
    public IEnumerable<string> Paused => Volatile.Read(ref _paused).Order(StringComparer.Ordinal);

    /// <summary>Where a person tells the lanes something; set by who composes the engine, null where there is nowhere to write to.</summary>
    /// <remarks>Messages and not calls: they stand in each lane's order, so a replay meets them at the same place.</remarks>
    public LanePost? Post { get; set; }

    public bool IsPaused(string trigger) => Volatile.Read(ref _paused).Contains(trigger);

    /// <returns>False when it was so already.</returns>
    public bool Pause(string trigger) => ImmutableInterlocked.Update(ref _paused, static (paused, name) => paused.Add(name), trigger);

    /// <returns>False when it was so already.</returns>
    public bool Resume(string trigger) => ImmutableInterlocked.Update(ref _paused, static (paused, name) => paused.Remove(name), trigger);

    /// <summary>Whether a command may be published now, and if not, why.</summary>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="now">In milliseconds; may not go back.</param>
    public Withheld? Refuses(string trigger, long now) =>
        IsKilled ? Withheld.KillSwitch
        : IsPaused(trigger) ? Withheld.PausedTrigger
        : Breaker.Admit(1, now) ? null : Withheld.Breaker;
}
