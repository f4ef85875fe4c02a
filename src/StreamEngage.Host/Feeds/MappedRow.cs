namespace StreamEngage.Host.Feeds;

/// <summary>The current row seen through the columns a mapping names.</summary>
/// <param name="rows">The reader that holds the row.</param>
/// <param name="places">For each column of the mapping its place in the file.</param>
internal sealed class MappedRow(CsvRows rows, int[] places)
{
    /// <summary>Counted from 1 over the rows of data, unreadable ones included.</summary>
    public long Number { get; set; }

    public Scratch Scratch { get; } = new();

    public ReadOnlySpan<byte> Column(int column) => rows[places[column]];
}
