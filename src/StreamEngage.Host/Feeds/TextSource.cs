namespace StreamEngage.Host.Feeds;

/// <summary>A piece of a template: literal bytes, a column, or (neither) the number of the row.</summary>
internal readonly record struct TextPart(byte[]? Literal, int? Column)
{
    public static readonly TextPart RowNumber = new(null, null);
}

/// <summary>Text drawn from a row: a column, a constant, or a template of both. Blank when one of its columns is.</summary>
internal sealed class TextSource(TextPart[] parts)
{
    /// <summary>The text, empty when blank; valid until the next read of this row.</summary>
    public ReadOnlySpan<byte> Read(MappedRow row) =>
        parts is [{ Column: { } column }] ? BlankToEmpty(row.Column(column)) : Compose(row);

    private ReadOnlySpan<byte> Compose(MappedRow row)
    {
        row.Scratch.ResetWrittenCount();
        foreach (var part in parts)
        {
            if (part.Literal is { } literal)
            {
                row.Scratch.Write(literal);
                continue;
            }
            if (part.Column is not { } column)
            {
                row.Scratch.Write(row.Number);
                continue;
            }
            var text = BlankToEmpty(row.Column(column));
            if (text.IsEmpty) return default;
            row.Scratch.Write(text);
        }
        return row.Scratch.Written;
    }

    private static ReadOnlySpan<byte> BlankToEmpty(ReadOnlySpan<byte> text) => text.Trim(" \t"u8).IsEmpty ? default : text;
}
