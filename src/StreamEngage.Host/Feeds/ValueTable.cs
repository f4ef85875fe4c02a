namespace StreamEngage.Host.Feeds;

/// <summary>Renames values: an exact match first, then the first prefix (a key ending in <c>*</c>), then the default, then as it is.</summary>
internal sealed class ValueTable(
    (byte[] From, byte[] To)[] exact, (byte[] From, byte[] To)[] prefixes, byte[]? otherwise)
{
    public ReadOnlySpan<byte> Rename(ReadOnlySpan<byte> value)
    {
        foreach (var (from, to) in exact)
            if (value.SequenceEqual(from)) return to;
        foreach (var (from, to) in prefixes)
            if (value.StartsWith(from)) return to;
        return otherwise is null ? value : otherwise;
    }
}
