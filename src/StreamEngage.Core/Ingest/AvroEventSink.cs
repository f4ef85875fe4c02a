using StreamEngage.Events;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Ingest;

/// <summary>Takes the parts of one datum of <see cref="AvroSchemas.BehaviorEvent"/>.</summary>
internal struct AvroEventSink(EventSchema schema, AvroProperties properties, EventBatch batch) : IAvroSink
{
    public DecodedEvent Event;
    public PropertyRun Properties;
    private Field _field;
    private bool _hasType;

    /// <summary>In the order of the schema.</summary>
    internal enum Field { Id, User, Type, At, Anonymous, Session, Sent, Source, Props }

    public bool EnterField(int field)
    {
        _field = (Field)field;
        return true;
    }

    public readonly bool EnterEntry(ReadOnlySpan<byte> key)
    {
        // Entries past the limit refuse the event in the end; a path longer than a path may be is no property.
        if (properties.Count > Limits.EventPropertiesMax || key.Length > Limits.PropertyPathBytesMax) return false;
        properties.Enter(key, _hasType ? Event.Type : -1);
        return true;
    }

    public void String(ReadOnlySpan<byte> value)
    {
        if (_field == Field.Props) properties.Text(value);
        else if (value.Length is > 0 and <= Limits.IdBytesMax) Take(AvroProperties.Copy(batch, value));
    }

    public void Long(long value)
    {
        if (_field == Field.Props) properties.Scalar(Value.Of((double)value));
        else if (_field == Field.At) Event.At = new(value);
        else Event.Sent = value is >= 0 and <= Limits.EventTimeMax ? new(value) : default;
    }

    public readonly void Double(double value) => properties.Scalar(Value.Of(value));

    public readonly void Boolean(bool value) => properties.Scalar(Value.Of(value));

    public readonly void Null()
    {
        if (_field == Field.Props) properties.Scalar(Value.Null);
    }

    public readonly void BeginArray() => properties.BeginList();

    public readonly void EndArray() => properties.EndList();

    public readonly void BeginRecord(AvroRecordSchema schema)
    {
    }

    public readonly void EndRecord()
    {
    }

    public readonly void BeginMap()
    {
    }

    public readonly void EndMap()
    {
    }

    public readonly void Branch(int branch)
    {
    }

    // The schema has none of these.
    public readonly void Int(int value)
    {
    }

    public readonly void Float(float value)
    {
    }

    public readonly void Bytes(ReadOnlySpan<byte> value)
    {
    }

    public readonly void Fixed(ReadOnlySpan<byte> value)
    {
    }

    public readonly void Enum(int symbol)
    {
    }

    private void Take(Utf8Text text)
    {
        switch (_field)
        {
            case Field.Id: Event.Id = text; break;
            case Field.User: Event.User = text; break;
            case Field.Type: TakeType(text); break;
            case Field.Anonymous: Event.Anonymous = text; break;
            case Field.Session: Event.Session = text; break;
            case Field.Source: Event.Source = text; break;
        }
    }

    private void TakeType(Utf8Text text)
    {
        Event.TypeName = text;
        Event.Type = schema.TypeOf(text.Span);
        _hasType = true;
    }
}
