using System.Buffers;

namespace StreamEngage.Host.Generation;

/// <summary>Writes what is known to be true of a generated stream, one JSON object a line; the kinds are listed in docs/generate.md.</summary>
internal sealed class ShopTruth(IBufferWriter<byte>? lines)
{
    private const int LineBytesMax = 512;

    /// <summary>What an engine with default settings calls too late.</summary>
    private const long LatenessMilliseconds = 600_000;

    public void Cart(ReadOnlySpan<byte> kind, int user, in Visitor visitor)
    {
        if (lines is null) return;
        var text = Begin(kind, user);
        text.Add(","u8);
        ClickLines.WriteCart(ref text, user, visitor.Cart);
        text.Add(",\"last_cart_add_id\":"u8);
        ClickLines.WriteId(ref text, visitor.CartAddNumber);
        AddNumber(ref text, ",\"at\":"u8, visitor.CartAddAt);
        End(ref text);
    }

    public void Churner(int user, in Visitor visitor)
    {
        if (lines is null) return;
        var text = Begin("churner"u8, user);
        text.Add(",\"last_event_id\":"u8);
        ClickLines.WriteId(ref text, visitor.LastNumber);
        AddNumber(ref text, ",\"last_event_at\":"u8, visitor.LastAt);
        End(ref text);
    }

    public void Returner(in ClickEvent e, in Visitor before)
    {
        if (lines is null) return;
        var text = BeginEvent("returner"u8, e);
        AddNumber(ref text, ",\"last_event_at\":"u8, before.LastAt);
        End(ref text);
    }

    public void FirstPurchase(in ClickEvent e)
    {
        if (lines is null) return;
        var text = BeginEvent("first_purchase"u8, e);
        text.Add(",\"value\":"u8);
        text.AddCents(e.Cents);
        End(ref text);
    }

    public void PriceWatch(in ClickEvent e)
    {
        if (lines is null) return;
        var text = BeginEvent("price_watch"u8, e);
        text.Add(","u8);
        ClickLines.WriteItem(ref text, e.Item);
        End(ref text);
    }

    public void Vip(in ClickEvent e)
    {
        if (lines is null) return;
        var text = BeginEvent("vip"u8, e);
        End(ref text);
    }

    public void Duplicate(in ClickEvent e, long line)
    {
        if (lines is null) return;
        var text = BeginEvent(e.Fate == ClickFate.Collision ? "collision"u8 : "duplicate"u8, e);
        AddNumber(ref text, ",\"line\":"u8, line);
        End(ref text);
    }

    public void Late(in ClickEvent e, long line, long behind)
    {
        if (lines is null) return;
        var text = BeginEvent("late"u8, e);
        AddNumber(ref text, ",\"line\":"u8, line);
        AddNumber(ref text, ",\"behind_ms\":"u8, behind);
        text.Add(behind < LatenessMilliseconds ? ",\"within\":true"u8 : ",\"within\":false"u8);
        End(ref text);
    }

    public void Malformed(long line)
    {
        if (lines is null) return;
        var text = new LineText(lines.GetSpan(LineBytesMax));
        AddNumber(ref text, "{\"kind\":\"malformed\",\"line\":"u8, line);
        End(ref text);
    }

    public void Summary(in StreamCounts counts)
    {
        if (lines is null) return;
        var text = new LineText(lines.GetSpan(LineBytesMax));
        AddNumber(ref text, "{\"kind\":\"summary\",\"lines\":"u8, counts.Lines);
        AddNumber(ref text, ",\"events\":"u8, counts.Events);
        AddNumber(ref text, ",\"duplicates\":"u8, counts.Duplicates);
        AddNumber(ref text, ",\"collisions\":"u8, counts.Collisions);
        AddNumber(ref text, ",\"late\":"u8, counts.Late);
        AddNumber(ref text, ",\"malformed\":"u8, counts.Malformed);
        AddNumber(ref text, ",\"last_at\":"u8, counts.LatestAt);
        End(ref text);
    }

    private LineText Begin(ReadOnlySpan<byte> kind, int user)
    {
        var text = new LineText(lines!.GetSpan(LineBytesMax));
        text.Add("{\"kind\":\""u8);
        text.Add(kind);
        text.Add("\",\"user\":"u8);
        ClickLines.WriteUser(ref text, user);
        return text;
    }

    private LineText BeginEvent(ReadOnlySpan<byte> kind, in ClickEvent e)
    {
        var text = Begin(kind, e.User);
        text.Add(",\"id\":"u8);
        ClickLines.WriteId(ref text, e.Number);
        AddNumber(ref text, ",\"at\":"u8, e.At.UnixMilliseconds);
        return text;
    }

    private static void AddNumber(ref LineText text, ReadOnlySpan<byte> name, long number)
    {
        text.Add(name);
        text.Add(number);
    }

    private void End(ref LineText text)
    {
        text.Add("}\n"u8);
        lines!.Advance(text.Length);
    }
}

/// <summary>What a stream has given so far.</summary>
internal readonly record struct StreamCounts
{
    /// <summary>All lines: events, duplicates, collisions and malformed ones.</summary>
    public long Lines { get; init; }

    public long Duplicates { get; init; }

    public long Collisions { get; init; }

    public long Late { get; init; }

    public long Malformed { get; init; }

    /// <summary>The latest instant of an event, where a clock without disorder stands; <see cref="long.MinValue"/> before the first.</summary>
    public long LatestAt { get; init; }

    public long Events => Lines - Duplicates - Collisions - Malformed;
}
