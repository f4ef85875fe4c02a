using System.Buffers;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Demo;

/// <summary>
/// A generated stream with the wall time at which each line is due. The due times follow from the stream alone, so that an engine that
/// falls behind is measured by what it should have done.
/// </summary>
internal sealed class DueLines
{
    private readonly ShopClickstream _stream;
    private readonly DemoSettings _settings;
    private readonly ArrayBufferWriter<byte> _line = new(ClickEvent.LineBytesMax);
    private ClickEvent _next;

    public DueLines(ShopSettings shop, DemoSettings settings)
    {
        (_stream, _settings) = (new ShopClickstream(shop), settings);
        Advance();
    }

    /// <summary>When the next line is due, from the start; <see cref="TimeSpan.MaxValue"/> when there is none.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <returns>Without its end; valid until the next call.</returns>
    public ReadOnlySpan<byte> Take()
    {
        _line.ResetWrittenCount();
        _next.WriteLine(_line);
        Advance();
        return _line.WrittenSpan[..^1];
    }

    private void Advance()
    {
        if (!_stream.TryNext(out _next))
        {
            Due = TimeSpan.MaxValue;
            return;
        }
        // A line that was held back arrives with the events around it, not at its own time.
        var arrival = Math.Max(_stream.Counts.LatestAt, _settings.Start.UnixMilliseconds) - _settings.Start.UnixMilliseconds;
        Due = TimeSpan.FromMilliseconds(arrival / _settings.Speed);
    }
}
