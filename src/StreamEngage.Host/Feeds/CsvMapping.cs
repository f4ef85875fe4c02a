using StreamEngage.Rules;

namespace StreamEngage.Host.Feeds;

/// <summary>How a row becomes a behavior event, as a mapping file says it; shared by every file read through it.</summary>
/// <remarks>What is walked for every row is an array, so that no row allocates an enumerator.</remarks>
internal sealed record CsvMapping
{
    public required CsvFormat Format { get; init; }

    /// <summary>The name of the encoding the file is in; anything but UTF-8 is transcoded while reading.</summary>
    public required string Encoding { get; init; }

    /// <summary>The file's column names where it has no header; null: the first row names them.</summary>
    public required IReadOnlyList<string>? Names { get; init; }

    /// <summary>The columns the mapping uses, with the place of their first mention.</summary>
    public required IReadOnlyList<(string Name, SourcePosition At)> Columns { get; init; }

    public required ValueSource Id { get; init; }

    public required ValueSource User { get; init; }

    public required ValueSource Type { get; init; }

    public required TimeSource At { get; init; }

    /// <summary><c>session</c>, <c>anonymous</c>, <c>source</c>: text fields of the event itself that may be missing.</summary>
    public required (byte[] Name, ValueSource Value)[] Optional { get; init; }

    public required TimeSource? Sent { get; init; }

    public required (byte[] Name, ValueSource Value)[] Props { get; init; }

    /// <summary>All must hold, or the row is left out and counted.</summary>
    public required RowCondition[] Where { get; init; }

    /// <summary>True when the file is not in order of time: it is then held in memory and given in order.</summary>
    public required bool Sort { get; init; }
}

/// <summary>A condition on one column's text: that it is there, that it is blank, or that it is one of some values.</summary>
internal sealed record RowCondition(TextSource Column, bool WantsBlank, byte[][] OneOf)
{
    public bool Holds(MappedRow row)
    {
        var text = Column.Read(row);
        if (text.IsEmpty || WantsBlank) return text.IsEmpty && WantsBlank;
        if (OneOf.Length == 0) return true;
        foreach (var value in OneOf)
            if (text.SequenceEqual(value)) return true;
        return false;
    }
}
