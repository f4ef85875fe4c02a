using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Runs;

/// <summary>Where refused records go: counted by reason, and written with their coordinates where somebody asked for it.</summary>
internal sealed class Quarantine(string file, OutputLines? lines = null)
{
    private static readonly JsonWriterOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Reasons are a closed list of codes, so this stays small.
    private readonly SortedDictionary<string, long> _byReason = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> ByReason => _byReason;

    public long Total { get; private set; }

    public void Add(in FeedRow row, RowFault fault)
    {
        Total++;
        _byReason[fault.Reason] = _byReason.GetValueOrDefault(fault.Reason) + 1;
        if (lines is not null) Write(row, fault, lines);
    }

    private void Write(in FeedRow row, RowFault fault, OutputLines into)
    {
        using (var json = new Utf8JsonWriter(into.Buffer, _json))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("line", row.Line);
            json.WriteString("reason", fault.Reason);
            json.WriteString("detail", fault.Detail);
            json.WriteString("raw", Cut(row.Shown().Span));
            json.WriteEndObject();
        }
        into.Buffer.Write("\n"u8);
        into.EndLine();
    }

    // Cut between characters, so that the cut itself makes no invalid one.
    private static string Cut(ReadOnlySpan<byte> raw)
    {
        if (raw.Length <= FeedLimits.ShownBytesMax) return Encoding.UTF8.GetString(raw);
        var length = FeedLimits.ShownBytesMax;
        for (var back = 0; back < 3 && (raw[length] & 0xC0) == 0x80; back++) length--;
        return Encoding.UTF8.GetString(raw[..length]);
    }
}
