using System.Globalization;

namespace StreamEngage.Steps;

/// <summary>How many of a lane's records of the last minute, counted in whole seconds, were refused.</summary>
/// <param name="shareMax">The share that is still in order, 0 to 1.</param>
/// <param name="ofMin">Fewer records than this say nothing.</param>
internal sealed class RefusalRate(double shareMax, int ofMin)
{
    private readonly (int Taken, int Refused)[] _seconds = new (int, int)[60];
    private long _second;
    private long _taken;
    private long _refused;

    /// <summary>More than the share was refused, of enough records to tell.</summary>
    public bool IsHigh => _taken >= ofMin && _refused > shareMax * _taken;

    public void Add(int taken, int refused, DateTimeOffset now)
    {
        MoveTo(now.ToUnixTimeSeconds());
        ref var newest = ref _seconds[_second % _seconds.Length];
        newest = (newest.Taken + taken, newest.Refused + refused);
        _taken += taken;
        _refused += refused;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_refused} of {_taken} records within a minute");

    private void MoveTo(long second)
    {
        if (second - _second >= _seconds.Length)
        {
            Array.Clear(_seconds);
            (_second, _taken, _refused) = (second, 0, 0);
        }
        while (_second < second)
        {
            _second++;
            ref var oldest = ref _seconds[_second % _seconds.Length];
            (_taken, _refused) = (_taken - oldest.Taken, _refused - oldest.Refused);
            oldest = default;
        }
    }
}
