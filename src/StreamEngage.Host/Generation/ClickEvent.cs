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
/// <param name="Number">Makes the id: <c>e</c> and the number.</param>
/// <param name="Cents">The price of an item, the total of a cart, the value of a purchase.</param>
/// <param name="Detail">By type: page, search results, items of a purchase, code of an error, or zone and tier of a profile.</param>
internal readonly record struct ClickEvent(
    long Number, EventTime At, int User, ClickType Type, int Item, int Cart, int Cents, int Detail, ClickFate Fate)
{
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
