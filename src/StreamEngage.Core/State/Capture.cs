using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What must outlive the event that brought it: the ids of the events that count as causes and the values their aliases are read for.
/// Texts are kept in bytes of its own, reused, so that capturing again allocates nothing.
/// </summary>
internal sealed class Capture
{
    private byte[] _bytes = [];
    private int _bytesUsed;
    private (int Offset, int Length)[] _ids = new (int, int)[1];
    private Value[] _values = [];

    public int IdCount { get; private set; }

    public int ValueCount { get; private set; }

    public Utf8Text Id(int index) => new(_bytes, _ids[index].Offset, _ids[index].Length);

    public Value this[int index] => index < ValueCount ? _values[index] : Value.Null;

    public void Reset(int valueCount)
    {
        _bytesUsed = 0;
        IdCount = 0;
        ValueCount = valueCount;
        if (_values.Length < valueCount) _values = new Value[valueCount];
        _values.AsSpan().Clear();
    }

    public void AddId(Utf8Text id)
    {
        if (IdCount == _ids.Length) Array.Resize(ref _ids, IdCount * 2);
        _ids[IdCount++] = (Keep(id.Span), id.Length);
    }

    public void Set(int index, in Value value) => _values[index] = Own(value);

    public void CopyFrom(Capture other)
    {
        Reset(other.ValueCount);
        for (var i = 0; i < other.IdCount; i++) AddId(other.Id(i));
        for (var i = 0; i < other.ValueCount; i++) Set(i, other._values[i]);
    }

    private Value Own(in Value value)
    {
        if (value.Kind == ValueKind.List) return OwnList(value.Items);
        if (value.Kind != ValueKind.Text) return value;
        var text = value.Text.Span;
        if (text.Length > Limits.CapturedBytesMax) text = text[..Limits.CapturedBytesMax];
        var offset = Keep(text);
        return Value.Of(new Utf8Text(_bytes, offset, text.Length));
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
        if (_bytesUsed + text.Length > _bytes.Length) Grow(text.Length);
        text.CopyTo(_bytes.AsSpan(_bytesUsed));
        var offset = _bytesUsed;
        _bytesUsed += text.Length;
        return offset;
    }

    /// <summary>Texts of overwritten values are left behind: what still lives moves to the new bytes.</summary>
    private void Grow(int more)
    {
        var live = 0;
        for (var i = 0; i < IdCount; i++) live += _ids[i].Length;
        for (var i = 0; i < ValueCount; i++) live += _values[i].Text.Length;
        var target = new byte[Math.Max(48, (live + more) * 3 / 2)];
        var used = 0;
        for (var i = 0; i < IdCount; i++) _ids[i] = (Move(Id(i).Span, target, ref used), _ids[i].Length);
        for (var i = 0; i < ValueCount; i++)
            if (_values[i].Kind == ValueKind.Text)
                _values[i] = Value.Of(new Utf8Text(target, Move(_values[i].Text.Span, target, ref used), _values[i].Text.Length));
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
