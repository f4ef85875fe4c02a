using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>How far a lane was read, and whether it may be. Touched by the client's thread only.</summary>
internal sealed class LaneReading(int lane, int topics)
{
    private readonly bool[] _hasBegun = new bool[topics];
    private InputPosition? _next;

    public int Lane => lane;

    public bool IsPaused { get; private set; }

    /// <summary>The client still has to be told where to read on.</summary>
    public bool IsSeekDue { get; private set; }

    /// <summary>The client has given the lane up, and must be given it anew.</summary>
    public bool IsGone { get; private set; }

    /// <summary>
    /// The client has said something of every topic. Before that it is still asking the broker where the partition ends, and an answer that a seek
    /// overtakes makes it ask again and jump there, past what it was to read.
    /// </summary>
    public bool HasBegun => _hasBegun.All(begun => begun);

    private bool Reads => _next is not null && !IsPaused && !IsSeekDue;

    public long Next(int topic) => _next![topic];

    /// <summary>Takes note that the client said something of a topic.</summary>
    /// <returns>Whether that was the first time.</returns>
    public bool Begin(int topic)
    {
        var isFirst = !_hasBegun[topic];
        _hasBegun[topic] = true;
        return isFirst;
    }

    public void Seek(InputPosition from) => (_next, IsSeekDue) = (from, true);

    public void Sought() => (IsSeekDue, IsGone) = (false, false);

    public void Pause() => IsPaused = true;

    // Sought again, so that reading on does not hang on what the client remembers of a pause.
    public void Resume() => (IsPaused, IsSeekDue) = (false, _next is not null);

    /// <summary>Stands still until the next seek.</summary>
    public void Lose() => (_next, IsSeekDue, IsGone) = (null, false, true);

    /// <summary>Whether a record is the lane's next or lies after it; it is counted as read.</summary>
    public bool TryPass(int topic, long offset)
    {
        if (!Reads || offset < _next![topic]) return false;
        _next = _next.With(topic, offset + 1);
        return true;
    }

    public bool IsEnd(int topic, long offset) => Reads && offset >= _next![topic];
}
