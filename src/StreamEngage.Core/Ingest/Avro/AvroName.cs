namespace StreamEngage.Ingest.Avro;

/// <summary>The name of a record, enum or fixed.</summary>
/// <param name="Namespace">Names joined by dots, or empty.</param>
/// <param name="Simple">The last part: letters, digits and underscores, not starting with a digit.</param>
public readonly record struct AvroName(string Namespace, string Simple)
{
    /// <summary>Namespace, dot and simple name; the simple name alone where there is no namespace.</summary>
    public string Full => Namespace.Length == 0 ? Simple : Namespace + "." + Simple;

    /// <summary>The full name.</summary>
    /// <returns><see cref="Full"/>.</returns>
    public override string ToString() => Full;

    // A dotted name is complete in itself; any other belongs to the namespace around it.
    internal static AvroName Within(string space, string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? new AvroName(space, name) : new AvroName(name[..dot], name[(dot + 1)..]);
    }

    internal bool IsValid => IsSimple(Simple) && (Namespace.Length == 0 || Namespace.Split('.').All(IsSimple));

    internal static bool IsSimple(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
