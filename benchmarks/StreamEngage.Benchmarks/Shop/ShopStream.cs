using System.Buffers;
using StreamEngage.Events;
using StreamEngage.Host.Generation;
using StreamEngage.Ingest;

namespace StreamEngage.Benchmarks.Shop;

/// <summary>Generated shop lines, made a batch at a time and not kept: as many as a million users need.</summary>
internal sealed class ShopStream(int users, long events)
{
    private readonly ShopClickstream _stream = new(new() { Users = users, Events = events });
    private readonly ArrayBufferWriter<byte> _text = new(1 << 17);
    private readonly List<int> _ends = new(Limits.BatchEventsMax);

    /// <summary>Makes the next lines. Returns how many, 0 at the end.</summary>
    public int Next()
    {
        _text.ResetWrittenCount();
        _ends.Clear();
        while (_ends.Count < Limits.BatchEventsMax && _stream.TryNext(out var line))
        {
            line.WriteLine(_text);
            _ends.Add(_text.WrittenCount);
        }
        return _ends.Count;
    }

    /// <summary>Decodes the lines into a cleared batch, each placed in time.</summary>
    public void Fill(EventBatch batch, JsonEventDecoder decoder, EventIntake intake)
    {
        batch.Clear();
        for (var i = 0; i < _ends.Count; i++)
        {
            var line = _text.WrittenSpan[(i == 0 ? 0 : _ends[i - 1])..(_ends[i] - 1)];
            if (decoder.TryDecode(line, batch, out var e, out var properties) == Decoded.Event) intake.Offer(e, properties, e.At, batch);
        }
        batch.Clock = intake.Clock.Now;
    }
}
