using StreamEngage.Detect.Expressions;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Which values of which alias a trigger keeps of the events it takes, and where in a <see cref="Capture"/> they stand.</summary>
internal sealed class CaptureLayout
{
    private (string Alias, string Property, CompiledExpression Value)[] _entries = [];

    private readonly HashSet<string> _later = new(StringComparer.Ordinal);

    public int Count => _entries.Length;

    /// <summary>Place of <c>alias.property</c>, added when new.</summary>
    public int IndexOf(string alias, string property, Func<CompiledExpression> value)
    {
        var index = Array.FindIndex(_entries, entry => entry.Alias == alias && entry.Property == property);
        if (index >= 0) return index;
        var compiled = value();
        _entries = [.. _entries, (alias, property, compiled)];
        return _entries.Length - 1;
    }

    /// <summary>What is kept, in order: two layouts that read the same hold the same.</summary>
    public string Description => string.Join(',', Names);

    /// <summary>Identity of what is kept at each place.</summary>
    public IEnumerable<string> Names => _entries.Select(entry => $"{entry.Alias}.{entry.Property}");

    /// <summary>The alias is of an event that a journey waits for: it is not kept at the entry.</summary>
    public void TakeLater(string alias) => _later.Add(alias);

    /// <summary>Keeps everything: the trigger takes a single event.</summary>
    public void KeepAll(ref Capture into, in Scope scope)
    {
        for (var i = 0; i < _entries.Length; i++)
            if (_later.Count == 0 || !_later.Contains(_entries[i].Alias)) into.Set(i, _entries[i].Value.Evaluate(scope));
    }

    /// <summary>Keeps what is read under <paramref name="alias"/> of the scope's event, which came later than the one called <c>event</c>.</summary>
    public void KeepLater(ref Capture into, string alias, in Scope scope)
    {
        for (var i = 0; i < _entries.Length; i++)
            if (_entries[i].Alias == alias) into.Set(i, _entries[i].Value.Evaluate(scope));
    }

    /// <summary>Keeps what is read of the scope's event under <paramref name="alias"/> or as <c>event</c>.</summary>
    public void Keep(ref Capture into, string? alias, in Scope scope)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Alias == EventAlias || entry.Alias == alias) into.Set(i, entry.Value.Evaluate(scope));
        }
    }

    /// <summary>The name that always means the event taken last.</summary>
    public const string EventAlias = "event";
}
