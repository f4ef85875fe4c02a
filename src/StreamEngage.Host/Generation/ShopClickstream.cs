using System.Buffers;

namespace StreamEngage.Host.Generation;

/// <summary>
/// A synthetic shop's events in the order in which they arrive: in order of time but for those held back on the way, with some sent
/// twice. Memory is proportional to the number of users, whatever the number of events.
/// </summary>
internal sealed class ShopClickstream
{
    /// <summary>Lines held back at one time; while as many wait, every further line is sent at once.</summary>
    private const int HeldMax = 1 << 17;

    private const int Second = 1000, Minute = 60 * Second;

    private readonly ShopSettings _settings;
    private readonly SeededDraw _draw;
    private readonly ShopTruth _truth;
    private readonly Visits _visits;
    private readonly PriorityQueue<ClickEvent, (long Arrival, long Order)> _held = new();
    private long _made;
    private bool _isOver;

    /// <param name="settings">Without <see cref="ShopSettings.Problems"/>.</param>
    /// <param name="truth">Takes the truth lines as they become known, or null.</param>
    public ShopClickstream(ShopSettings settings, IBufferWriter<byte>? truth = null)
    {
        if (settings.Problems().FirstOrDefault() is { } problem) throw new ArgumentException(problem, nameof(settings));
        (_settings, _truth, _draw) = (settings, new ShopTruth(truth), new SeededDraw(settings.Seed));
        _visits = new Visits(settings, _draw, _truth);
    }

    public StreamCounts Counts { get; private set; } = new() { LatestAt = long.MinValue };

    /// <summary>False at the end of the stream; the truth is complete then.</summary>
    public bool TryNext(out ClickEvent line)
    {
        while (true)
        {
            var hasActs = _made < _settings.Events && !_visits.IsOver;
            if (_held.TryPeek(out line, out var due) && (!hasActs || due.Arrival <= _visits.NextAt))
            {
                _held.Dequeue();
                Deliver(line);
                return true;
            }
            if (!hasActs) return End();
            line = _visits.Next();
            _made++;
            AddDisturbance(line);
            if (Hold(line)) continue;
            Deliver(line);
            return true;
        }
    }

    private bool End()
    {
        if (_isOver) return false;
        _isOver = true;
        _visits.EndOpenCarts();
        _truth.Summary(Counts);
        return false;
    }

    private void AddDisturbance(in ClickEvent act)
    {
        if (_draw.Chance(_settings.Malformed) && _made < _settings.Events)
            Send(act with { Number = _visits.TakeNumber(), Fate = ClickFate.Malformed }, act.At.UnixMilliseconds);
    }

    // True when the line arrives later than it happened. One that is sent twice is not held back, so that its copy is always the second.
    private bool Hold(in ClickEvent act)
    {
        if (_held.Count >= HeldMax) return false;
        var at = act.At.UnixMilliseconds;
        if (_draw.Chance(_settings.Duplicates) && _made < _settings.Events)
        {
            var copy = act with { Fate = ClickFate.Duplicate };
            Send(_draw.Percent(5) ? Altered(act) : copy, at + _draw.Between(0, 9 * Minute));
            return false;
        }
        if (!_draw.Chance(_settings.Late)) return false;
        _held.Enqueue(act, (at + DrawDelay(act.Type), act.Number));
        return true;
    }

    private void Send(in ClickEvent line, long arrival)
    {
        _made++;
        _held.Enqueue(line, (arrival, line.Number));
    }

    // What a rule waits for is never beyond the lateness: the truth would otherwise name a cart that no engine may see.
    private int DrawDelay(ClickType type)
    {
        var roll = _draw.Below(100);
        if (roll < 50) return _draw.Between(50, 3 * Second);
        var mayBeLost = type is ClickType.PageView or ClickType.Search;
        return roll < 85 || !mayBeLost ? _draw.Between(10 * Second, 9 * Minute) : _draw.Between(11 * Minute, 120 * Minute);
    }

    private static ClickEvent Altered(in ClickEvent act) => act with
    {
        Type = ClickType.PageView,
        Detail = act.Type == ClickType.PageView ? (act.Detail + 1) % Shop.Pages : 0,
        Fate = ClickFate.Collision,
    };

    private void Deliver(in ClickEvent line)
    {
        var counts = Counts with { Lines = Counts.Lines + 1 };
        Counts = line.Fate switch
        {
            ClickFate.Sent => DeliverEvent(line, counts),
            ClickFate.Malformed => counts with { Malformed = counts.Malformed + 1 },
            ClickFate.Duplicate => counts with { Duplicates = counts.Duplicates + 1 },
            _ => counts with { Collisions = counts.Collisions + 1 },
        };
        if (line.Fate == ClickFate.Malformed) _truth.Malformed(counts.Lines);
        else if (line.Fate != ClickFate.Sent) _truth.Duplicate(line, counts.Lines);
    }

    private StreamCounts DeliverEvent(in ClickEvent line, StreamCounts counts)
    {
        var at = line.At.UnixMilliseconds;
        if (at >= counts.LatestAt) return counts with { LatestAt = at };
        _truth.Late(line, counts.Lines, counts.LatestAt - at);
        return counts with { Late = counts.Late + 1 };
    }
}
