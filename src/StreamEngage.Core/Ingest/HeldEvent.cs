using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>An event waiting to be put in order, with bytes and values of its own.</summary>
internal sealed class HeldEvent
{
    private readonly DecodedEvent _decoded;
    private readonly Value[] _values;

    public HeldEvent(in DecodedEvent decoded, in PropertyRun properties, int slotCount)
    {
        _decoded = decoded with
        {
            Id = decoded.Id.Detach(),
            User = decoded.User.Detach(),
            TypeName = decoded.TypeName.Detach(),
            Session = decoded.Session.Detach(),
            Source = decoded.Source.Detach(),
        };
        _values = new Value[slotCount];
        for (var slot = 0; slot < slotCount; slot++) _values[slot] = Detach(properties[slot]);
    }

    public EventTime At => _decoded.At;

    public ref readonly DecodedEvent Decoded => ref _decoded;

    public ReadOnlySpan<Value> Values => _values;

    public PropertyRun Properties => new(_values, 0);

    public BehaviorEvent Released(EventTime clock) => new(_decoded, clock, Properties);

    private static Value Detach(in Value value) => value.Kind switch
    {
        ValueKind.Text => Value.Of(value.Text.Detach()),
        ValueKind.List => DetachList(value.Items),
        _ => value,
    };

    private static Value DetachList(ReadOnlySpan<Value> items)
    {
        var copy = new Value[items.Length];
        for (var i = 0; i < items.Length; i++) copy[i] = Detach(items[i]);
        return Value.List(copy, 0, copy.Length);
    }
}
