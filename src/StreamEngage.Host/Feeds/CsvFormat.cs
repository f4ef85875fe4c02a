namespace StreamEngage.Host.Feeds;

/// <summary>How the bytes of a file part into rows and fields.</summary>
/// <param name="Delimiter">The ASCII byte between fields, or null: fields part at runs of blanks and tabs, without quoting.</param>
/// <param name="Quote">The ASCII byte that opens a field only at its start, doubled to stand for itself; null for none.</param>
/// <param name="SkipLines">Physical lines thrown away before the header or the first row.</param>
internal sealed record CsvFormat(byte? Delimiter, byte? Quote, int SkipLines)
{
    public static readonly CsvFormat Rfc4180 = new((byte)',', (byte)'"', 0);
}
