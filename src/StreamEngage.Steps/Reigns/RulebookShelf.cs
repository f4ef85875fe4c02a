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

    private readonly ConcurrentDictionary<string, Lazy<RulebookDefinition?>> _byVersion = new(StringComparer.Ordinal);

    /// <summary>Where nobody publishes rulebooks.</summary>
    public static RulebookShelf Empty { get; } = new(_ => null);

    /// <returns>Null when it has errors.</returns>
    public RulebookDefinition? Take(RulebookText text)
    {
        if (_byVersion.Count >= KeptMax) _byVersion.Clear();
        return _byVersion.GetOrAdd(text.Version, _ => new(() => read(text))).Value;
    }
}
