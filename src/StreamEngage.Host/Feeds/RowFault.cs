namespace StreamEngage.Host.Feeds;

/// <summary>Why a row is no event: a stable kebab-case reason to count by, and what a person needs to find it.</summary>
internal readonly record struct RowFault(string Reason, string Detail)
{
    public override string ToString() => $"{Reason}: {Detail}";

    public static RowFault Missing(string field) => new("missing-" + field, $"the row has no {field}");

    public static RowFault WrongCount(int found, int expected) => found < expected
        ? new("cut-row", $"{found} of {expected} columns")
        : new("too-many-columns", $"{found} columns where {expected} are expected");

    public static RowFault Of(RowRead read) => read switch
    {
        RowRead.TooLong => new("row-too-long", $"longer than {FeedLimits.RowBytesMax} bytes"),
        RowRead.UnclosedQuote => new("unclosed-quote", "a quoted field is never closed"),
        _ => new("text-after-quote", "text between a closing quote and the delimiter"),
    };
}
