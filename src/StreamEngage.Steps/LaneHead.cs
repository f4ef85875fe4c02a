using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>What a step leaves for the one after it, whoever makes that: where the lane stands in its input and its time.</summary>
internal sealed record LaneHead
{
    // The first version has no exchange: it ends with the source. The third has buckets, and is written only where there are some.
    private const byte BucketsVersion = 3, Version = 2, FirstVersion = 1;

    /// <summary>Number of the last step as the journal counts them: a lost one is made again under its number.</summary>
    public required long Number { get; init; }

    /// <summary>The lineage of the step of that number.</summary>
    public ulong Lineage { get; init; }

    /// <summary>Counts how often the lane was built again from nothing: users' records of another count are not its own.</summary>
    public long Epoch { get; init; }

    public required InputPosition Applied { get; init; }

    /// <summary>Where the clock stands and what is held to be put in order, in Ingest's form.</summary>
    public required ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>What the lane has told others and was told, in <see cref="LaneExchange"/>'s form; empty: nothing.</summary>
    public ReadOnlyMemory<byte> Exchange { get; init; }

    /// <summary>Who has sent much lately, in <see cref="UserBuckets"/>'s form; empty: nobody.</summary>
    public ReadOnlyMemory<byte> Buckets { get; init; }

    /// <summary>
    /// A tick that more users are due by than one step may look at, in milliseconds: the next step goes on towards it and takes no records. Null: none.
    /// </summary>
    public long? PendingTick { get; init; }

    /// <summary>Number of the next outbox entry.</summary>
    public long NextEntry { get; init; }

    /// <summary>From here on the journal may tell of entries that are in the outbox, or of steps that the store lost.</summary>
    public long JournalFrom { get; init; }

    /// <summary>The rulebook the step was made with, or that it brought.</summary>
    public required string Rulebook { get; init; }

    /// <summary>Numbers of the reign of that rulebook and of the oldest that is remembered: 0 is of the one that the settings name.</summary>
    public (int Oldest, int Now) Reigns { get; init; }

    public ReadOnlyMemory<byte> Encode()
    {
        var to = new RecordWriter();
        to.Byte(Buckets.IsEmpty ? Version : BucketsVersion);
        to.Count(Number);
        to.Word(Lineage);
        to.Count(Epoch);
        to.Count(Applied.Count);
        for (var topic = 0; topic < Applied.Count; topic++) to.Count(Applied[topic]);
        to.Time(PendingTick is { } tick ? new EventTime(tick) : null);
        to.Count(NextEntry);
        to.Count(JournalFrom);
        to.Text(new(Rulebook));
        to.Bytes(Source.Span);
        to.Bytes(Exchange.Span);
        if (Reigns.Now == 0 && Buckets.IsEmpty) return to.Written.ToArray();
        to.Count(Reigns.Oldest);
        to.Count(Reigns.Now);
        if (!Buckets.IsEmpty) to.Bytes(Buckets.Span);
        return to.Written.ToArray();
    }

    /// <summary>Null when the bytes are broken or of a newer version.</summary>
    public static LaneHead? Decode(ReadOnlySpan<byte> record)
    {
        var from = new RecordReader(record);
        var version = from.Byte();
        if (version is not (BucketsVersion or Version or FirstVersion)) return null;
        var number = from.Count();
        var (lineage, epoch) = (from.Word(), from.Count());
        var applied = new long[from.Items()];
        for (var topic = 0; topic < applied.Length; topic++) applied[topic] = from.Count();
        var head = new LaneHead
        {
            Number = number,
            Lineage = lineage,
            Epoch = epoch,
            Applied = new(applied),
            PendingTick = from.Time()?.UnixMilliseconds,
            NextEntry = from.Count(),
            JournalFrom = from.Count(),
            Rulebook = from.Text().ToString(),
            Source = from.Text().Span.ToArray(),
            Exchange = version == FirstVersion ? default : from.Text().Span.ToArray(),
            Reigns = from.IsAtEnd ? default : ((int)from.Count(), (int)from.Count()),
            Buckets = version == BucketsVersion ? from.Text().Span.ToArray() : default,
        };
        return from.IsBroken || !from.IsAtEnd ? null : head;
    }
}
