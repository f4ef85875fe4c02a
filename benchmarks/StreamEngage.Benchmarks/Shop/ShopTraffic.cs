using System.Buffers;
using System.Text;
using StreamEngage.Events;
using StreamEngage.Host.Generation;
using StreamEngage.Ingest;

namespace StreamEngage.Benchmarks.Shop;

/// <summary>Generated shop lines in memory, decoded and admitted a batch at a time.</summary>
internal sealed class ShopTraffic
{
    private const long Beginning = 1_767_225_600_000;

    private readonly List<ReadOnlyMemory<byte>> _lines;

    public ShopTraffic(int users, int events)
    {
        Users = users;
        var text = new ArrayBufferWriter<byte>(Math.Max(1 << 16, events * 150));
        var ends = new List<int>(events);
        var stream = new ShopClickstream(new() { Users = users, Events = events });
        while (stream.TryNext(out var line))
        {
            line.WriteLine(text);
            ends.Add(text.WrittenCount);
        }
        _lines = [.. ends.Select((end, i) => text.WrittenMemory[(i == 0 ? 0 : ends[i - 1])..(end - 1)])];
    }

    private ShopTraffic(int users, IEnumerable<string> lines)
    {
        Users = users;
        _lines = [.. lines.Select(line => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(line))];
    }

    public int Users { get; }

    public int Count => _lines.Count;

    /// <summary>Nothing but views, the users' in turn, 50 ms apart.</summary>
    public static ShopTraffic Views(int users, int events) => new(users, Enumerable.Range(0, events).Select(i =>
        $$$"""{"id":"e{{{i}}}","user":"u{{{i % users}}}","type":"view","at":{{{Beginning + i * 50L}}},"props":{"item":"i{{{i % 7}}}","price":10}}"""));

    public ReadOnlySpan<byte> Line(int index) => _lines[index].Span;

    /// <summary>Decodes lines into a cleared batch, each placed in time.</summary>
    /// <param name="shift">Milliseconds added to every time, so that the same lines can come again later.</param>
    public void Fill(EventBatch batch, JsonEventDecoder decoder, EventIntake intake, Range lines, long shift = 0)
    {
        batch.Clear();
        var (from, count) = lines.GetOffsetAndLength(Count);
        for (var i = from; i < from + count; i++)
        {
            if (decoder.TryDecode(_lines[i].Span, batch, out var e, out var properties) != Decoded.Event) continue;
            e.At += shift;
            // An id comes once a pass.
            e.IdHash ^= Hash64.Mix((ulong)shift, 7);
            intake.Offer(e, properties, e.At, batch);
        }
        batch.Clock = intake.Clock.Now;
    }
}
