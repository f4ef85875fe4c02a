using System.Buffers;
using System.Text.Json;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Feeds;

/// <summary>The rows of an Avro container file, counted from 1 in place of lines. Damage is one last fault: what follows it cannot be found.</summary>
internal sealed class AvroEvents(Stream bytes) : EventFeed
{
    private readonly AvroFileReader _rows = AvroFileReader.Open(bytes, AvroSchemas.BehaviorEvent);
    private readonly ArrayBufferWriter<byte> _json = new();
    private bool _ended;

    public override bool TryReadNext(out FeedRow row)
    {
        row = default;
        if (_ended) return false;
        _ended = !_rows.Read(out var value);
        if (_ended)
        {
            row = new(_rows.Rows + 1, default, default, new("not-avro", $"{_rows.Problem}; nothing after it can be read"));
            return _rows.Status != AvroFileStatus.End;
        }
        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json)) AvroPlainJson.Write(_rows.Schema!, value!, writer);
        row = new(_rows.Rows, _json.WrittenMemory, _json.WrittenMemory, null);
        return true;
    }

    public override void Dispose() => bytes.Dispose();
}
