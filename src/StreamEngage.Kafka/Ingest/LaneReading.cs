using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>How far a lane was read, and whether it may be. Touched by the client's thread only.</summary>
internal sealed class LaneReading(int lane, int topics)
{
    private readonly bool[] _has = new bool[topics];
    private InputPosition? _next;

    public int Lane => lane;

    /// <summary>Topics of which this instance has the lane's partition.</summary>
    public IEnumerable<int> Parts => Enumerable.Range(0, topics).Where(topic => _has[topic]);

    /// <summary>Partition n of every topic is here: only then is there a lane.</summary>
    public bool IsWhole => Array.TrueForAll(_has, has => has);

    public bool IsPaused { get; private set; }

    /// <summary>The client still has to be told where to read on.</summary>
    public bool IsSeekDue { get; private set; }

    private bool Reads => IsWhole && _next is not null && !IsPaused && !IsSeekDue;

    public void Add(int topic) => _has[topic] = true;

    public long Next(int topic) => _next![topic];

    public void Seek(InputPosition from) => (_next, IsSeekDue) = (from, true);

    public void Sought() => IsSeekDue = false;

    public void Pause() => IsPaused = true;

    // Sought again, so that reading on does not hang on what the client remembers of a pause.
    public void Resume() => (IsPaused, IsSeekDue) = (false, _next is not null);

    /// <summary>Stands still until the next seek.</summary>
    public void Stand() => (_next, IsSeekDue) = (null, false);

    /// <summary>Whether a record is the lane's next or lies after it; it is counted as read.</summary>
    public bool TryPass(int topic, long offset)
    {
        if (!Reads || offset < _next![topic]) return false;
        _next = _next.With(topic, offset + 1);
        return true;
    }

    public bool IsEnd(int topic, long offset) => Reads && offset >= _next![topic];
}
