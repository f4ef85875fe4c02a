namespace StreamEngage.Steps.Observe;

/// <summary>
/// Opens when prompts leave faster than a person meant them to, and holds them until somebody closes it: what opens it is a mistake in a rulebook,
/// and that does not pass by itself. Thread-safe.
/// </summary>
internal sealed class PromptBreaker
{
    private readonly Lock _lock = new();
    private readonly int[] _seconds = new int[60];
    private readonly int _perMinuteMax;
    private long _second;
    private long _published;

    /// <param name="perMinuteMax">Prompts of this instance in 60 s, counted in whole seconds; 0: no bound.</param>
    public PromptBreaker(int perMinuteMax) => _perMinuteMax = perMinuteMax;

    public bool IsOpen { get; private set; }

    /// <summary>Whether so many prompts may be published now; those that may are counted. Publish none when it says no.</summary>
    /// <param name="prompts">Commands that show something; cancels always pass.</param>
    /// <param name="now">In milliseconds; going back counts into the newest second.</param>
    public bool Admit(int prompts, long now)
    {
        if (_perMinuteMax == 0) return true;
        lock (_lock)
        {
            MoveTo(now / 1_000);
            IsOpen |= _published + prompts > _perMinuteMax;
            if (IsOpen) return false;
            _seconds[_second % _seconds.Length] += prompts;
            _published += prompts;
            return true;
        }
    }

    /// <summary>A person has looked: prompts flow again, and the minute is counted anew.</summary>
    public void Close()
    {
        lock (_lock)
        {
            Array.Clear(_seconds);
            (_published, IsOpen) = (0, false);
        }
    }

    private void MoveTo(long second)
    {
        if (second - _second >= _seconds.Length)
        {
            Array.Clear(_seconds);
            (_second, _published) = (second, 0);
        }
        while (_second < second)
        {
            _second++;
            ref var oldest = ref _seconds[_second % _seconds.Length];
            (_published, oldest) = (_published - oldest, 0);
        }
    }
}
