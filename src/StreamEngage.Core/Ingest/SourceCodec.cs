using System.Text;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>The stored form of where a source stands: its clock, and the events it holds to put them in order.</summary>
internal sealed class SourceCodec(EventSchema schema)
{
    private const byte Version = 1;

    public void Write(EventIntake intake, RecordWriter to)
    {
        var held = intake.Held.ToList();
        to.Byte(Version);
        to.Time(intake.Clock.Now);
        to.Count(held.Count);
        foreach (var e in held) Write(e, to);
    }

    /// <summary>False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, EventIntake intake)
    {
        var from = new RecordReader(record);
        if (from.Byte() != Version) return false;
        intake.Clock.MoveTo(from.TimeOrBeginning());
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) intake.Hold(Read(ref from));
        return !from.IsBroken && from.IsAtEnd;
    }

    /// <summary>One event, in the form in which it is stored while it is held.</summary>
    public void Write(HeldEvent held, RecordWriter to)
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

    /// <summary>What <see cref="Write(HeldEvent, RecordWriter)"/> wrote, all of it; null when it is broken.</summary>
    public HeldEvent? ReadEvent(ReadOnlySpan<byte> record)
    {
        var from = new RecordReader(record);
        var held = Read(ref from);
        return from.IsBroken || !from.IsAtEnd ? null : held;
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
