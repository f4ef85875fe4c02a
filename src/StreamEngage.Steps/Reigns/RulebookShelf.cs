using System.Collections.Concurrent;
using StreamEngage.Rules;

namespace StreamEngage.Steps.Reigns;

/// <summary>
/// Rulebooks that were read from their texts, once for all lanes of an instance. Thread-safe; who asks for one that is being read waits for that.
/// </summary>
/// <param name="read">Reads and checks a text; null when it has errors.</param>
internal sealed class RulebookShelf(Func<RulebookText, RulebookDefinition?> read)
{
    private const int KeptMax = 32;

    private readonly ConcurrentDictionary<string, Lazy<ShelvedRulebook?>> _byVersion = new(StringComparer.Ordinal);

    /// <summary>Where nobody publishes rulebooks.</summary>
    public static RulebookShelf Empty { get; } = new(_ => null);

    /// <returns>Null when it has errors.</returns>
    public ShelvedRulebook? Take(RulebookText text)
    {
        if (_byVersion.Count >= KeptMax) _byVersion.Clear();
        return _byVersion.GetOrAdd(text.Version, _ => new(() => read(text) is { } definition ? new(text, definition) : null)).Value;
    }

    /// <summary>Somebody has read it already: it is not read again when lanes are told of it.</summary>
    public void Put(ShelvedRulebook rulebook)
    {
        if (_byVersion.Count >= KeptMax) _byVersion.Clear();
        _byVersion.TryAdd(rulebook.Text.Version, new(rulebook));
    }
}

/// <summary>A rulebook that was read.</summary>
/// <param name="Text">The lanes share it, so that it is in memory once.</param>
/// <param name="Definition">What it says.</param>
internal sealed record ShelvedRulebook(RulebookText Text, RulebookDefinition Definition);
