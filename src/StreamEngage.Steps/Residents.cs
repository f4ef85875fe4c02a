using StreamEngage.State;

namespace StreamEngage.Steps;

/// <summary>
/// The users a lane keeps in memory, within a bound of bytes of their records. Second chance: who was needed since last looked at stays for
/// another round.
/// </summary>
internal sealed class Residents(Lane lane, long bytesMax)
{
    private readonly Queue<UserState> _round = new();
    private long _bytes;

    /// <summary>Hears of who leaves memory.</summary>
    public Action<UserState> Leaving { get; init; } = _ => { };

    /// <summary>A user was read or written, with a record of so many bytes.</summary>
    public void Add(UserState user, int recordBytes)
    {
        _bytes += recordBytes - user.RecordBytes;
        user.RecordBytes = recordBytes;
        if (user.Residence == Residence.Unknown) _round.Enqueue(user);
        user.Residence = Residence.Warm;
    }

    /// <summary>Between steps, when nobody's state is in use: users not needed lately leave.</summary>
    /// <returns>The earliest instant, in milliseconds, at which one of those who left has something due; long.MaxValue: none has.</returns>
    public long Leave()
    {
        var earliest = long.MaxValue;
        for (var looks = _round.Count * 2; looks > 0 && _bytes > bytesMax; looks--)
        {
            var user = _round.Dequeue();
            if (user.Residence == Residence.Warm)
            {
                user.Residence = Residence.Cold;
                _round.Enqueue(user);
                continue;
            }
            _bytes -= user.RecordBytes;
            earliest = Math.Min(earliest, UserTimers.NextDue(user) ?? long.MaxValue);
            UserTimers.DisarmAll(user, lane);
            lane.Users.Remove(user);
            Leaving(user);
        }
        return earliest;
    }
}
