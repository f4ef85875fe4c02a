using StreamEngage.Detect.Expressions;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Which values of which alias a trigger keeps of the events it takes, and where in a <see cref="Capture"/> they stand.</summary>
internal sealed class CaptureLayout
{
    private readonly List<(string Alias, string Property, CompiledExpression Value)> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Place of <c>alias.property</c>, added when new.</summary>
    public int IndexOf(string alias, string property, Func<CompiledExpression> value)
    {
        var index = _entries.FindIndex(entry => entry.Alias == alias && entry.Property == property);
        if (index >= 0) return index;
        _entries.Add((alias, property, value()));
        return _entries.Count - 1;
    }

    /// <summary>What is kept, in order: two layouts that read the same hold the same.</summary>
    public string Description => string.Join(',', _entries.Select(entry => $"{entry.Alias}.{entry.Property}"));

    /// <summary>Keeps everything: the trigger takes a single event.</summary>
    public void KeepAll(ref Capture into, in Scope scope)
    {
        for (var i = 0; i < _entries.Count; i++) into.Set(i, _entries[i].Value.Evaluate(scope));
    }

    /// <summary>Keeps what is read of the scope's event under <paramref name="alias"/> or as <c>event</c>.</summary>
    public void Keep(ref Capture into, string? alias, in Scope scope)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var entry = _entries[i];
            if (entry.Alias == EventAlias || entry.Alias == alias) into.Set(i, entry.Value.Evaluate(scope));
        }
    }

    /// <summary>The name that always means the event taken last.</summary>
    public const string EventAlias = "event";
}
