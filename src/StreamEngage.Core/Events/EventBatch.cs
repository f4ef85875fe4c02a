namespace StreamEngage.Events;

/// <summary>
/// A run of admitted events with the bytes and values they point into. Filled by a decoder, emptied by <see cref="Clear"/>; reused, so a
/// steady stream allocates nothing. Not thread-safe.
/// </summary>
internal sealed class EventBatch
{
    // They grow to what the stream needs and stay so: an instance may have a thousand lanes, most of them quiet.
    private BehaviorEvent[] _events = new BehaviorEvent[16];
    private Value[] _values = new Value[256];
    private byte[] _text = new byte[4_096];
    private int _valuesUsed;
    private int _textUsed;
    private int _textBytes;

    public int Count { get; private set; }

    public bool IsFull => Count >= Limits.BatchEventsMax || _textBytes > Limits.BatchBytes / 2;

    public ReadOnlySpan<BehaviorEvent> Events => _events.AsSpan(0, Count);

    /// <summary>Where the source's clock stands after the last event: timers due before it fire. Null: where that event left it.</summary>
    public EventTime? Clock { get; set; }

    /// <summary>A tick: after the last event the clock moves here and fires what is due at or before it. Null: none.</summary>
    public EventTime? Tick { get; set; }

    public ref readonly BehaviorEvent this[int index] => ref _events[index];

    public void Clear()
    {
        Count = 0;
        _valuesUsed = 0;
        _textUsed = 0;
        _textBytes = 0;
        Clock = null;
        Tick = null;
    }

    /// <summary>Room for the text of one event; what was handed out before stays where it is.</summary>
    public (byte[] Owner, int Offset) ReserveText(int length)
    {
        if (_textUsed + length > _text.Length)
        {
            _text = new byte[Math.Max(Math.Min(_text.Length * 2, Limits.BatchBytes), length)];
            _textUsed = 0;
        }
        var offset = _textUsed;
        _textUsed += length;
        _textBytes += length;
        return (_text, offset);
    }

    /// <summary>A run of null values: the properties of one event, or the elements of a list.</summary>
    public (Value[] Owner, int Start) ReserveValues(int count)
    {
        if (_valuesUsed + count > _values.Length)
        {
            _values = new Value[Math.Max(Math.Min(_values.Length * 2, 4_096), count)];
            _valuesUsed = 0;
        }
        _values.AsSpan(_valuesUsed, count).Clear();
        var start = _valuesUsed;
        _valuesUsed += count;
        return (_values, start);
    }

    public void Add(in DecodedEvent decoded, in PropertyRun properties, EventTime clock) =>
        Add(new BehaviorEvent(decoded, clock, properties));

    /// <summary>An event whose bytes live at least as long as this batch.</summary>
    public void Add(in BehaviorEvent admitted)
    {
        if (Count == _events.Length) Array.Resize(ref _events, Count * 2);
        _events[Count++] = admitted;
    }
}
