using System.Text;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>
/// The stored form of where a source stands: its clock, the events it holds to put them in order, and what its lanes know together, of which it does not
/// know the meaning.
/// </summary>
internal sealed class SourceCodec(EventSchema schema)
{
    private const byte Version = 2;

    // Nothing stands beside it; written so where that is so.
    private const byte Alone = 1;

    public void Write(EventIntake intake, RecordWriter to, ReadOnlySpan<byte> beside = default)
    {
        var held = intake.Held.ToList();
        to.Byte(beside.IsEmpty ? Alone : Version);
        to.Time(intake.Clock.Now);
        to.Count(held.Count);
        foreach (var e in held) Write(e, to);
        if (!beside.IsEmpty) to.Bytes(beside);
    }

    /// <summary>False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, EventIntake intake) => TryRead(record, intake, out _);

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, EventIntake)"/>
    /// <param name="record">What was written.</param>
    /// <param name="intake">Receives clock and events.</param>
    /// <param name="beside">What stood beside it; empty where nothing did.</param>
    public bool TryRead(ReadOnlySpan<byte> record, EventIntake intake, out Utf8Text beside)
    {
        beside = default;
        var from = new RecordReader(record);
        var version = from.Byte();
        if (version is not (Version or Alone)) return false;
        intake.Clock.MoveTo(from.TimeOrBeginning());
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) intake.Hold(Read(ref from));
        if (version == Version) beside = from.Text();
        return !from.IsBroken && from.IsAtEnd;
    }

    private void Write(HeldEvent held, RecordWriter to)
    {
        ref readonly var e = ref held.Decoded;
        to.Text(e.Id);
        to.Text(e.User);
        to.Text(e.TypeName);
        to.Text(e.Session);
        to.Text(e.Source);
        to.Word(e.ContentHash);
        to.Time(e.At);
        to.Count(held.Values.Length);
        foreach (var (name, slot) in schema.SlotsOf(e.Type))
        {
            to.Text(new(name));
            to.Value(held.Values[slot]);
        }
    }

    private HeldEvent Read(ref RecordReader from)
    {
        var e = new DecodedEvent
        {
            Id = from.Text(),
            User = from.Text(),
            TypeName = from.Text(),
            Session = from.Text(),
            Source = from.Text(),
            ContentHash = from.Word(),
            At = from.TimeOrBeginning(),
        };
        e.IdHash = Hash64.Of(e.Id.Span);
        e.UserHash = Hash64.Of(e.User.Span);
        e.Type = schema.TypeOf(e.TypeName.Span);
        var values = new Value[schema.SlotCount(e.Type)];
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var slot = schema.Slot(e.Type, Encoding.UTF8.GetBytes(from.Text().ToString()));
            var value = from.Value();
            if (slot >= 0) values[slot] = value;
        }
        return new(e, new PropertyRun(values, 0), values.Length);
    }
}
