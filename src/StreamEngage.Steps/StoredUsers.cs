using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>
/// Reads users' records and writes them again: of two that mean the same the bytes are then the same. What no longer counts for anything is left out: when it
/// is given back depends on how long a user has been in memory.
/// </summary>
/// <param name="reigns">The rulebooks of the lane.</param>
/// <param name="clock">Where the lane's clock stands.</param>
internal sealed class StoredUsers(LaneReigns reigns, EventTime clock)
{
    private const int UsersOfALane = 1_000;

    private readonly RecordWriter _record = new();
    private Lane _lane = At(clock);

    /// <param name="user">Whose.</param>
    /// <param name="record">As the lane's store has it; it is read under the rulebook that it was written under.</param>
    /// <returns>Null: it is broken, or of a newer version.</returns>
    public byte[]? Rewritten(Utf8Text user, ReadOnlySpan<byte> record)
    {
        var (hash, reign) = (Hash64.Of(user.Span), LaneEngine.ReignOf(record));
        if (reign > reigns.Now.Number) return null;
        if (_lane.Users.Count >= UsersOfALane || _lane.Users.Find(user, hash) is not null) _lane = At(clock);
        var rulebook = reigns[(int)Math.Max(reign, reigns.Oldest)].Rulebook;
        var codec = new UserStateCodec(rulebook.Layout, _lane);
        var state = _lane.Users.Open(user, hash);
        var body = LaneEngine.BodyOf(record);
        if (!body.IsEmpty && !codec.TryRead(body, state)) return null;
        new InstanceSweep(rulebook, _lane).OfIdle(state);
        // In memory they stand as they were opened.
        state.OrderInstances();
        _record.Clear();
        _record.Count(reign);
        codec.Write(state, _record);
        return _record.Written.ToArray();
    }

    private static Lane At(EventTime clock)
    {
        var lane = new Lane();
        lane.MoveClockTo(clock);
        return lane;
    }
}
