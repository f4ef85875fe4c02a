using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The form in which errands go from lane to lane: the kind first. A kind that only a newer version knows is refused, never guessed at.</summary>
internal static class ErrandCodec
{
    private enum Kind : byte { Request = 1, Reply = 2, Erasure = 3, Event = 4 }

    public static void Write(LaneErrand errand, RecordWriter to)
    {
        switch (errand)
        {
            case MoveRequest request: Write(request, to); break;
            case MoveReply reply: Write(reply, to); break;
            case AliasErasure erasure:
                to.Byte((byte)Kind.Erasure);
                to.Text(erasure.Id);
                to.Time(erasure.At);
                to.Word(erasure.Claim);
                break;
            case ForwardedEvent forwarded:
                to.Byte((byte)Kind.Event);
                to.Bytes(forwarded.Event.Span);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(errand), errand, "No form for it.");
        }
    }

    /// <summary>Null when the bytes are broken or of a newer version.</summary>
    /// <param name="record">What was written.</param>
    /// <param name="to">The lane that it came to.</param>
    public static LaneErrand? Read(ReadOnlySpan<byte> record, int to)
    {
        var from = new RecordReader(record);
        LaneErrand? errand = (Kind)from.Byte() switch
        {
            Kind.Request => Request(ref from, to),
            Kind.Reply => Reply(ref from, to),
            Kind.Erasure => new AliasErasure(to) { Id = from.Text(), At = from.TimeOrBeginning(), Claim = from.Word() },
            Kind.Event => new ForwardedEvent(to, from.Text().Span.ToArray()),
            _ => null,
        };
        return from.IsBroken || !from.IsAtEnd ? null : errand;
    }

    private static void Write(MoveRequest request, RecordWriter to)
    {
        to.Byte((byte)Kind.Request);
        to.Count(request.From);
        to.Text(request.Anonymous);
        to.Text(request.Known);
        to.Time(request.At);
        to.Word(request.Claim);
        to.Count(request.Room);
    }

    private static MoveRequest Request(ref RecordReader from, int to) => new(to)
    {
        From = Number(ref from),
        Anonymous = from.Text(),
        Known = from.Text(),
        At = from.TimeOrBeginning(),
        Claim = from.Word(),
        Room = Number(ref from),
    };

    private static void Write(MoveReply reply, RecordWriter to)
    {
        to.Byte((byte)Kind.Reply);
        to.Text(reply.Anonymous);
        to.Text(reply.Known);
        to.Time(reply.At);
        to.Word(reply.Claim);
        to.Bytes(reply.Record.Span);
        to.Word(reply.Undoes);
        to.Count(reply.Passed.Count);
        foreach (var alias in reply.Passed)
        {
            to.Count(alias.Lane);
            to.Text(alias.Id);
            to.Word(alias.Claim);
        }
        if (reply.Rulebook.Length == 0) return;
        to.Text(new(reply.Rulebook));
        to.Count(reply.Names.Count);
        foreach (var (trigger, name) in reply.Names.OrderBy(pair => pair.Key))
        {
            to.Half(trigger);
            to.Half(name);
        }
    }

    private static MoveReply Reply(ref RecordReader from, int to)
    {
        var reply = new MoveReply(to)
        {
            Anonymous = from.Text(),
            Known = from.Text(),
            At = from.TimeOrBeginning(),
            Claim = from.Word(),
            Record = from.Text().Span.ToArray(),
            Undoes = from.Word(),
        };
        var passed = new LaneAlias[from.Items()];
        for (var i = 0; i < passed.Length && !from.IsBroken; i++) passed[i] = new(Number(ref from), from.Text(), from.Word());
        if (from.IsBroken || from.IsAtEnd) return reply with { Passed = passed };
        var (rulebook, names) = (from.Text().ToString(), new Dictionary<uint, uint>());
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) names[from.Half()] = from.Half();
        return reply with { Passed = passed, Rulebook = rulebook, Names = names };
    }

    private static int Number(ref RecordReader from) => (int)Math.Min(from.Count(), int.MaxValue);
}
