using System.Text.Json;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>Reads the <c>props</c> of an event: nested objects flattened with dots, arrays of scalars kept, the rest skipped.</summary>
internal sealed class JsonProperties(EventSchema schema)
{
    private readonly byte[] _path = new byte[Limits.PropertyPathBytesMax];
    private readonly Value[] _items = new Value[Limits.ListItemsMax];

    /// <summary>False when there are more properties than an event may have.</summary>
    public bool TryRead(in JsonText text, Range? props, ref DecodedEvent decoded, out PropertyRun properties)
    {
        var (owner, start) = text.Batch.ReserveValues(schema.SlotCount(decoded.Type));
        properties = new(owner, start);
        if (props is not { } range) return true;
        var scan = new Scan { Text = text.Slice(range), Type = decoded.Type, Slots = owner.AsSpan(start) };
        var reader = new Utf8JsonReader(scan.Text.Span);
        reader.Read();
        ReadObject(ref reader, ref scan, 0);
        decoded.ContentHash ^= scan.Hash;
        return scan.Count <= Limits.EventPropertiesMax;
    }

    private void ReadObject(ref Utf8JsonReader reader, ref Scan scan, int prefix)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = AppendName(ref reader, prefix);
            reader.Read();
            if (length < 0 || ++scan.Count > Limits.EventPropertiesMax) reader.Skip();
            else if (reader.TokenType == JsonTokenType.StartObject) ReadNested(ref reader, ref scan, length);
            else ReadValue(ref reader, ref scan, _path.AsSpan(0, length));
        }
    }

    private void ReadNested(ref Utf8JsonReader reader, ref Scan scan, int length)
    {
        if (length + 1 >= _path.Length)
        {
            reader.Skip();
            return;
        }
        _path[length] = (byte)'.';
        ReadObject(ref reader, ref scan, length + 1);
    }

    /// <summary>Length of the whole path, or -1 when it is longer than a path may be.</summary>
    private int AppendName(ref Utf8JsonReader reader, int prefix)
    {
        var room = _path.Length - prefix;
        if (reader.ValueSpan.Length > room) return -1;
        if (reader.ValueIsEscaped) return prefix + reader.CopyString(_path.AsSpan(prefix));
        reader.ValueSpan.CopyTo(_path.AsSpan(prefix));
        return prefix + reader.ValueSpan.Length;
    }

    private void ReadValue(ref Utf8JsonReader reader, ref Scan scan, ReadOnlySpan<byte> path)
    {
        var slot = schema.Slot(scan.Type, path);
        var start = (int)reader.TokenStartIndex;
        if (slot >= 0) scan.Slots[slot] = ReadKept(ref reader, scan.Text);
        else reader.Skip();
        var written = scan.Text.Span[start..(int)reader.BytesConsumed];
        scan.Hash ^= Hash64.Mix(Hash64.Of(path), Hash64.Of(written));
    }

    private Value ReadKept(ref Utf8JsonReader reader, in JsonText text) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetDouble(out var number) ? Value.Of(number) : Value.Null,
        JsonTokenType.String => Hashed(text.TextOf(ref reader)),
        JsonTokenType.True => Value.Of(true),
        JsonTokenType.False => Value.Of(false),
        JsonTokenType.StartArray => ReadList(ref reader, text),
        _ => Value.Null,
    };

    private Value ReadList(ref Utf8JsonReader reader, in JsonText text)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) reader.Skip();
            else if (count < _items.Length) _items[count++] = ReadKept(ref reader, text);
        }
        var (owner, start) = text.Batch.ReserveValues(count);
        _items.AsSpan(0, count).CopyTo(owner.AsSpan(start));
        return Value.List(owner, start, count);
    }

    /// <summary>What one walk over the properties of one event gathers.</summary>
    private ref struct Scan
    {
        public JsonText Text;
        public int Type;
        public int Count;
        public ulong Hash;
        public Span<Value> Slots;
    }

    private static Value Hashed(Utf8Text text) => Value.Of(text, Hash64.Of(text.Span));
}
