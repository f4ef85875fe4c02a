using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What must outlive the event that brought it: the ids of the events that count as causes and the values their aliases are read for.
/// Texts are kept in bytes of its own, reused, so that capturing again allocates nothing.
/// </summary>
internal struct Capture
{
    private const int BytesMin = 24;

    private byte[]? _bytes;
    private (int Offset, int Length)[]? _moreIds;   // from the second on: most have one
    private Value[]? _values;
    private (int Offset, int Length) _firstId;
    private int _bytesUsed;

    public int IdCount { get; private set; }

    public int ValueCount { get; private set; }

    public readonly Utf8Text Id(int index)
    {
        var (offset, length) = PlaceOf(index);
        return length == 0 ? default : new(_bytes!, offset, length);
    }

    public readonly Value this[int index] => index < ValueCount ? _values![index] : Value.Null;

    public void Reset(int valueCount)
    {
        _bytesUsed = 0;
        IdCount = 0;
        ValueCount = valueCount;
        if (valueCount > 0 && (_values is null || _values.Length < valueCount)) _values = new Value[valueCount];
        _values.AsSpan().Clear();
    }

    public void AddId(Utf8Text id)
    {
        SetPlaceOf(IdCount, (Keep(id.Span), id.Length));
        IdCount++;
    }

    public void Set(int index, in Value value) => _values![index] = Own(value);

    public void CopyFrom(in Capture other)
    {
        Reset(other.ValueCount);
        for (var i = 0; i < other.IdCount; i++) AddId(other.Id(i));
        for (var i = 0; i < other.ValueCount; i++) Set(i, other[i]);
    }

    private readonly (int Offset, int Length) PlaceOf(int id) => id == 0 ? _firstId : _moreIds![id - 1];

    private void SetPlaceOf(int id, (int Offset, int Length) place)
    {
        if (id == 0)
        {
            _firstId = place;
            return;
        }
        if (_moreIds is null) _moreIds = new (int, int)[2];
        else if (id > _moreIds.Length) Array.Resize(ref _moreIds, id * 2);
        _moreIds[id - 1] = place;
    }

    private Value Own(in Value value)
    {
        if (value.Kind == ValueKind.List) return OwnList(value.Items);
        if (value.Kind != ValueKind.Text) return value;
        var text = value.Text.Span;
        if (text.Length > Limits.CapturedBytesMax) text = text[..Limits.CapturedBytesMax];
        var offset = Keep(text);
        return Value.Of(new Utf8Text(_bytes!, offset, text.Length));
    }

    private static Value OwnList(ReadOnlySpan<Value> items)
    {
        var copy = new Value[items.Length];
        for (var i = 0; i < items.Length; i++)
            copy[i] = items[i].Kind == ValueKind.Text ? Value.Of(items[i].Text.Detach()) : items[i];
        return Value.List(copy, 0, copy.Length);
    }

    private int Keep(ReadOnlySpan<byte> text)
    {
        if (_bytes is null || _bytesUsed + text.Length > _bytes.Length) Grow(text.Length);
        text.CopyTo(_bytes.AsSpan(_bytesUsed));
        var offset = _bytesUsed;
        _bytesUsed += text.Length;
        return offset;
    }

    /// <summary>Texts of overwritten values are left behind: what still lives moves to the new bytes.</summary>
    private void Grow(int more)
    {
        var live = 0;
        for (var i = 0; i < IdCount; i++) live += PlaceOf(i).Length;
        for (var i = 0; i < ValueCount; i++) live += this[i].Text.Length;
        var target = new byte[Math.Max(BytesMin, live == 0 ? more : (live + more) * 3 / 2)];
        var used = 0;
        for (var i = 0; i < IdCount; i++) SetPlaceOf(i, (Move(Id(i).Span, target, ref used), PlaceOf(i).Length));
        for (var i = 0; i < ValueCount; i++)
            if (this[i].Kind == ValueKind.Text)
                _values![i] = Value.Of(new Utf8Text(target, Move(this[i].Text.Span, target, ref used), this[i].Text.Length));
        (_bytes, _bytesUsed) = (target, used);
    }

    private static int Move(ReadOnlySpan<byte> text, byte[] target, ref int used)
    {
        var offset = used;
        text.CopyTo(target.AsSpan(offset));
        used += text.Length;
        return offset;
    }
}
