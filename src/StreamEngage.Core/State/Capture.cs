using System.Buffers.Binary;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What must outlive the event that brought it: the ids of the events that count as causes and the values their aliases are read for.
/// All of it in one run of bytes of its own, reused, so that it is one object for the collector and capturing again allocates nothing.
/// </summary>
/// <remarks>First a slot a value: its kind, then the number or where its text stands. Behind them ids and texts as they came; each id says where the
/// next one stands.</remarks>
internal struct Capture
{
    private const int SlotBytes = 1 + 8;
    private const int IdHeadBytes = 4 + 4;
    private const int FirstBytes = 24, FirstBytesAValue = SlotBytes + 12;

    private byte[]? _bytes;
    private Value[]? _lists;   // values that are lists, by index: hardly ever any
    private int _used;
    private int _firstId;
    private int _lastId;

    public int IdCount { get; private set; }

    public int ValueCount { get; private set; }

    public readonly Utf8Text Id(int index)
    {
        var at = _firstId;
        for (; index > 0; index--) at = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
        return new(_bytes!, at + IdHeadBytes, BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at + 4)));
    }

    public readonly Value this[int index]
    {
        get
        {
            if (index >= ValueCount) return Value.Null;
            var slot = _bytes.AsSpan(unchecked(index * SlotBytes), SlotBytes);
            return (ValueKind)slot[0] switch
            {
                ValueKind.Number => Value.Of(BinaryPrimitives.ReadDoubleLittleEndian(slot[1..])),
                ValueKind.Boolean => Value.Of(slot[1] != 0),
                ValueKind.Text => Value.Of(new Utf8Text(
                    _bytes!, BinaryPrimitives.ReadInt32LittleEndian(slot[1..]), BinaryPrimitives.ReadInt32LittleEndian(slot[5..]))),
                ValueKind.List => _lists![index],
                _ => Value.Null,
            };
        }
    }

    public void Reset(int valueCount)
    {
        // Unchecked, as places below: values and ids are as few as their limits say.
        var slots = unchecked(valueCount * SlotBytes);
        if (_bytes is null || _bytes.Length < slots) _bytes = new byte[FirstBytes + valueCount * FirstBytesAValue];
        _bytes.AsSpan(0, slots).Clear();
        (_used, IdCount, ValueCount) = (slots, 0, valueCount);
        _lists.AsSpan().Clear();
    }

    public void AddId(Utf8Text id)
    {
        var at = Take(unchecked(IdHeadBytes + id.Length));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(unchecked(at + 4)), id.Length);
        id.Span.CopyTo(_bytes.AsSpan(unchecked(at + IdHeadBytes)));
        if (unchecked(IdCount++) == 0) _firstId = at;
        else BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_lastId), at);
        _lastId = at;
    }

    public void Set(int index, in Value value)
    {
        var text = value.Text.Span;
        if (text.Length > Limits.CapturedBytesMax) text = text[..Limits.CapturedBytesMax];
        var at = Take(text.Length);
        text.CopyTo(_bytes.AsSpan(at));
        if (value.Kind == ValueKind.List) SetList(index, value.Items);
        var slot = _bytes.AsSpan(unchecked(index * SlotBytes), SlotBytes);
        slot[0] = (byte)value.Kind;
        if (value.Kind == ValueKind.Number) BinaryPrimitives.WriteDoubleLittleEndian(slot[1..], value.Number);
        else if (value.Kind == ValueKind.Boolean) slot[1] = value.IsTrue ? (byte)1 : (byte)0;
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(slot[1..], at);
            BinaryPrimitives.WriteInt32LittleEndian(slot[5..], text.Length);
        }
    }

    public void CopyFrom(in Capture other)
    {
        if (_bytes is null || _bytes.Length < other._used) _bytes = new byte[other._bytes!.Length];
        other._bytes.AsSpan(0, other._used).CopyTo(_bytes);
        (_used, _firstId, _lastId) = (other._used, other._firstId, other._lastId);
        (IdCount, ValueCount) = (other.IdCount, other.ValueCount);
        _lists = other._lists is null ? null : [.. other._lists];
    }

    private void SetList(int index, ReadOnlySpan<Value> items)
    {
        var copy = new Value[items.Length];
        for (var i = 0; i < items.Length; i++)
            copy[i] = items[i].Kind == ValueKind.Text ? Value.Of(items[i].Text.Detach()) : items[i];
        if (_lists is null || _lists.Length < ValueCount) Array.Resize(ref _lists, ValueCount);
        _lists[index] = Value.List(copy, 0, copy.Length);
    }

    private int Take(int length)
    {
        if (unchecked(_used + length) > _bytes!.Length) Grow(length);
        var at = _used;
        _used = unchecked(at + length);
        return at;
    }

    /// <summary>Texts of overwritten values are left behind: what still lives is written again into new bytes.</summary>
    private void Grow(int more)
    {
        var before = this;
        var live = ValueCount * SlotBytes;
        for (var i = 0; i < IdCount; i++) live += IdHeadBytes + Id(i).Length;
        for (var i = 0; i < ValueCount; i++) live += this[i].Text.Length;
        (_bytes, _lists) = (new byte[(live + more) * 3 / 2], null);
        Reset(before.ValueCount);
        for (var i = 0; i < before.IdCount; i++) AddId(before.Id(i));
        for (var i = 0; i < before.ValueCount; i++) Set(i, before[i]);
    }
}
