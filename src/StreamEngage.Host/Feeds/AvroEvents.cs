using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Feeds;

/// <summary>The rows of an Avro container file, counted from 1 in place of lines. Damage is one fault, with the place where it is and goes on.</summary>
internal sealed class AvroEvents(Stream bytes) : EventFeed
{
    private readonly AvroFileReader _rows = AvroFileReader.Open(bytes, AvroSchemas.BehaviorEvent);
    private bool _ended;

    public override string? Problem => _rows.Status == AvroFileStatus.NotAvro ? "is no Avro container file, whatever its name says" : null;

    public override bool TryReadNext(out FeedRow row)
    {
        var isRow = _rows.TryTake(out var datum);
        if (isRow) row = new(_rows.Rows, datum, default, null, _rows.Reader);
        else row = default;
        return isRow || TryReadDamage(ref row);
    }

    /// <summary>A row in words: as JSON, or in hexadecimal digits where it cannot be read.</summary>
    public static ReadOnlyMemory<byte> Shown(AvroReader reader, ReadOnlySpan<byte> datum)
    {
        if (!reader.Read(datum, out var value).IsOk) return Encoding.UTF8.GetBytes(Convert.ToHexStringLower(datum));
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) AvroPlainJson.Write(reader.Schema, value!, writer);
        return json.WrittenMemory;
    }

    public override void Dispose() => bytes.Dispose();

    private bool TryReadDamage(ref FeedRow row)
    {
        if (_ended || _rows.Status is AvroFileStatus.End or AvroFileStatus.NotAvro) return false;
        var (number, damage) = (_rows.Rows + 1, $"byte {_rows.Position}: {_rows.Problem}");
        _ended = !_rows.TryGoOn();
        var then = _ended ? "nothing after it can be read" : $"reading goes on at byte {_rows.Position}";
        row = new(number, default, default, new("not-avro", $"{damage}; {then}"));
        return true;
    }
}
