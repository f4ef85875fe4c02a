using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace StreamEngage.Ingest.Avro;

// Reads what the bytes hold and trusts none of it. A method that answers false has set Status and left Position at the value
// that it refused.
internal ref struct AvroInput
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    public AvroInput(ReadOnlySpan<byte> data, int valuesLeft = AvroLimits.ValuesMax)
    {
        _data = data;
        ValuesLeft = valuesLeft;
    }

    public readonly int Position => _position;

    public AvroStatus Status { get; private set; }

    public int ValuesLeft { get; private set; }

    private readonly int Remaining => _data.Length - _position;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Fail(AvroStatus status)
    {
        Status = status;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Spend(int values) => (ValuesLeft -= values) >= 0 || Fail(AvroStatus.TooManyItems);

    // What reading a default has spent is spent here too.
    public bool Adopt(in AvroInput nested)
    {
        ValuesLeft = nested.ValuesLeft;
        return nested.Status == AvroStatus.Ok || Fail(nested.Status);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLong(out long value)
    {
        if ((uint)_position < (uint)_data.Length && _data[_position] < 0x80)
        {
            value = Unzigzag(_data[_position]);
            _position++;
            return true;
        }

        return TryNumber(AvroLimits.LongBytesMax, ulong.MaxValue, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryInt(out int value)
    {
        if ((uint)_position < (uint)_data.Length && _data[_position] < 0x80)
        {
            value = (int)Unzigzag(_data[_position]);
            _position++;
            return true;
        }

        var isRead = TryNumber(AvroLimits.IntBytesMax, uint.MaxValue, out var number);
        value = (int)number;
        return isRead;
    }

    private bool TryNumber(int bytesMax, ulong max, out long value)
    {
        value = 0;
        ulong bits = 0;
        var rest = _data[_position..];
        for (var i = 0; i < bytesMax; i++)
        {
            if (i >= rest.Length) return Fail(AvroStatus.Truncated);
            var part = (ulong)(rest[i] & 0x7f);

            // The tenth byte of a long has room for one bit only.
            if (i == AvroLimits.LongBytesMax - 1 && part > 1) break;
            bits |= part << (7 * i);
            if (rest[i] >= 0x80) continue;
            if (bits > max) break;
            value = Unzigzag(bits);
            _position += i + 1;
            return true;
        }

        return Fail(AvroStatus.NumberTooLong);
    }

    private static long Unzigzag(ulong bits) => unchecked((long)(bits >> 1) ^ -(long)(bits & 1));

    public bool TryBoolean(out bool value)
    {
        value = false;
        if (Remaining < 1) return Fail(AvroStatus.Truncated);
        if (_data[_position] > 1) return Fail(AvroStatus.BooleanByte);
        value = _data[_position] == 1;
        _position++;
        return true;
    }

    public bool TryFloat(out float value)
    {
        value = 0;
        if (!TryFixed(sizeof(float), out var bytes)) return false;
        value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        return true;
    }

    public bool TryDouble(out double value)
    {
        value = 0;
        if (!TryFixed(sizeof(double), out var bytes)) return false;
        value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFixed(int size, out ReadOnlySpan<byte> value)
    {
        if (size > Remaining)
        {
            value = default;
            return Fail(AvroStatus.Truncated);
        }

        value = _data.Slice(_position, size);
        _position += size;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBytes(out ReadOnlySpan<byte> value)
    {
        var start = _position;
        if (TryLong(out var length) && length >= 0 && length <= Remaining)
        {
            value = _data.Slice(_position, (int)length);
            _position += (int)length;
            return true;
        }

        value = default;
        return Status == AvroStatus.Ok && RefuseLength(start, length);
    }

    private bool RefuseLength(int start, long length)
    {
        _position = start;
        return Fail(length < 0 ? AvroStatus.NegativeLength : AvroStatus.Truncated);
    }

    public bool TryString(out ReadOnlySpan<byte> value)
    {
        var start = _position;
        if (!TryBytes(out value)) return false;
        if (Utf8.IsValid(value)) return true;
        _position = start;
        return Fail(AvroStatus.InvalidUtf8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryIndex(int count, AvroStatus refusal, out int index)
    {
        // Nearly every index takes one byte, and is even because it is not negative.
        if ((uint)_position < (uint)_data.Length && (_data[_position] & 0x81) == 0 && _data[_position] >> 1 < count)
        {
            index = _data[_position] >> 1;
            _position++;
            return true;
        }

        return TryAnyIndex(count, refusal, out index);
    }

    private bool TryAnyIndex(int count, AvroStatus refusal, out int index)
    {
        var start = _position;
        if (!TryInt(out index)) return false;
        if (index >= 0 && index < count) return true;
        _position = start;
        return Fail(refusal);
    }

    // The head of the next block: how many items, 0 after the last block, and where it ends, or -1 if the writer did not say.
    public bool TryBlock(ref int items, out int count, out int end)
    {
        count = 0;
        end = -1;
        var start = _position;
        if (!TryLong(out var declared)) return false;
        if (declared < 0)
        {
            if (!TryLong(out var size)) return false;
            if (size < 0 || size > Remaining) return RefuseLength(start, size);
            end = _position + (int)size;
        }

        if (declared is >= -AvroLimits.ItemsMax and <= AvroLimits.ItemsMax)
        {
            count = (int)Math.Abs(declared);
            items += count;
            if (items <= AvroLimits.ItemsMax) return true;
        }

        _position = start;
        return Fail(AvroStatus.TooManyItems);
    }

    public bool Closes(int end) => end < 0 || end == _position || Fail(AvroStatus.BlockSize);

    public void JumpTo(int end) => _position = end;
}
