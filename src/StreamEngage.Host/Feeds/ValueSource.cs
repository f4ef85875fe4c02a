using System.Buffers.Text;

namespace StreamEngage.Host.Feeds;

internal enum ValueKind
{
    Text,
    Number,
    Integer,
    Boolean,
}

internal enum FieldRead
{
    Present,
    Blank,
    NotOfKind,
}

/// <summary>A typed value drawn from a row.</summary>
/// <param name="Text">Where its text comes from; of a product, the first factor.</param>
/// <param name="Kind">What the text has to be.</param>
/// <param name="Table">Renames what the text says, or null.</param>
/// <param name="Factors">The columns whose numbers are multiplied, or null.</param>
internal sealed record ValueSource(TextSource Text, ValueKind Kind, ValueTable? Table, TextSource[]? Factors)
{
    /// <summary>The value in JSON's spelling, a text unquoted and unescaped; valid until the next read of this row.</summary>
    public FieldRead Read(MappedRow row, out ReadOnlySpan<byte> value)
    {
        if (Factors is not null) return ReadProduct(row, out value);
        value = Text.Read(row);
        if (Table is not null) value = Table.Rename(value);
        if (value.IsEmpty) return FieldRead.Blank;
        return Kind switch
        {
            ValueKind.Text => FieldRead.Present,
            ValueKind.Boolean => ReadBoolean(ref value),
            _ => ReadNumber(row, ref value),
        };
    }

    private FieldRead ReadNumber(MappedRow row, ref ReadOnlySpan<byte> value)
    {
        if (!TryNumber(value, out var number)) return FieldRead.NotOfKind;
        if (Kind == ValueKind.Number)
        {
            value = row.Scratch.Only(number);
            return FieldRead.Present;
        }
        // Past 2^53 a double no longer tells neighbours apart, so such an id must be read as text.
        if (double.Abs(number) > 1L << 53 || number != double.Truncate(number)) return FieldRead.NotOfKind;
        value = row.Scratch.Only((decimal)number);
        return FieldRead.Present;
    }

    // Decimal, so that a price times a quantity has the cents a person expects.
    private FieldRead ReadProduct(MappedRow row, out ReadOnlySpan<byte> value)
    {
        value = default;
        var product = 1m;
        foreach (var factor in Factors!)
        {
            var text = factor.Read(row);
            if (text.IsEmpty) return FieldRead.Blank;
            if (!TryNumber(text, out var number) || double.Abs(number) > 1e12) return FieldRead.NotOfKind;
            var next = (double)product * number;
            if (double.Abs(next) > 1e27) return FieldRead.NotOfKind;
            product *= (decimal)number;
        }
        value = row.Scratch.Only(product);
        return FieldRead.Present;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double number)
    {
        text = text.Trim(" \t"u8);
        return Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && double.IsFinite(number);
    }

    private static FieldRead ReadBoolean(ref ReadOnlySpan<byte> value)
    {
        var text = value.Trim(" \t"u8);
        var isTrue = IsOneOf(text, "true"u8, "yes"u8, "1"u8);
        if (!isTrue && !IsOneOf(text, "false"u8, "no"u8, "0"u8)) return FieldRead.NotOfKind;
        value = isTrue ? "true"u8 : "false"u8;
        return FieldRead.Present;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c) =>
        System.Text.Ascii.EqualsIgnoreCase(text, a) || System.Text.Ascii.EqualsIgnoreCase(text, b) || text.SequenceEqual(c);
}
