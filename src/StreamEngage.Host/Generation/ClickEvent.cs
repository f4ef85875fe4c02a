using System.Buffers;
using StreamEngage.Events;

namespace StreamEngage.Host.Generation;

internal enum ClickType : byte
{
    PageView,
    View,
    Search,
    CartAdd,
    CartClear,
    CheckoutStart,
    FormError,
    CheckoutError,
    Purchase,
    ProfileUpdate,
}

/// <summary>What the generator did to a line on its way.</summary>
internal enum ClickFate : byte
{
    Sent,

    /// <summary>The same event once more.</summary>
    Duplicate,

    /// <summary>The id of another event with other content.</summary>
    Collision,

    /// <summary>A line no decoder accepts.</summary>
    Malformed,
}

/// <summary>One line of a generated clickstream.</summary>
internal readonly record struct ClickEvent
{
    /// <summary>Makes the id: <c>e</c> and the number.</summary>
    public long Number { get; init; }

    public EventTime At { get; init; }

    public int User { get; init; }

    public ClickType Type { get; init; }

    public ClickFate Fate { get; init; }

    public int Item { get; init; }

    public int Cart { get; init; }

    /// <summary>The price of an item, the total of a cart, the value of a purchase.</summary>
    public int Cents { get; init; }

    /// <summary>By type: page, search results, items of a purchase, code of an error, or zone and tier of a profile.</summary>
    public int Detail { get; init; }

    /// <summary>Longest line in bytes, its line end included.</summary>
    public const int LineBytesMax = 512;

    /// <summary>One JSON line, its line end included.</summary>
    public void WriteLine(IBufferWriter<byte> lines)
    {
        var text = new LineText(lines.GetSpan(LineBytesMax));
        if (Fate == ClickFate.Malformed) ClickLines.WriteMalformed(ref text, this);
        else ClickLines.Write(ref text, this);
        lines.Advance(text.Length);
    }
}
