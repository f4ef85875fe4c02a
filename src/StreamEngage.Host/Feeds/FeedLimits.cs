namespace StreamEngage.Host.Feeds;

/// <summary>Every bound of reading a file of rows.</summary>
internal static class FeedLimits
{
    /// <summary>Longest row in bytes. One stray quote can swallow no more than this before its line is given up.</summary>
    public const int RowBytesMax = 1024 * 1024;

    public const int ReadBytes = 64 * 1024;

    /// <summary>Block in which lines are read; a longer line makes it grow, to the bound of one event at most.</summary>
    public const int LineReadBytes = 256 * 1024;

    public const int ColumnsMax = 4096;

    /// <summary>Rows a mapping with <c>sort: true</c> holds in memory.</summary>
    public const int SortedRowsMax = 20_000_000;

    public const int MappingBytesMax = 1024 * 1024;

    /// <summary>Bytes of a refused record that are shown with its reason.</summary>
    public const int ShownBytesMax = 4_096;

    /// <summary>Longest text of a number or a time; what is longer is neither.</summary>
    public const int ScalarBytesMax = 128;
}
