using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>Reads users' records and writes them again: of two that mean the same the bytes are then the same.</summary>
internal sealed class StoredUsers(LaneReigns reigns)
{
    private const int UsersOfALane = 1_000;

    private readonly RecordWriter _record = new();
    private Lane _lane = new();

    /// <param name="user">Whose.</param>
    /// <param name="record">As the lane's store has it; it is read under the rulebook that it was written under.</param>
    /// <returns>Null: it is broken, or of a newer version.</returns>
    public byte[]? Rewritten(Utf8Text user, ReadOnlySpan<byte> record)
    {
        var (hash, reign) = (Hash64.Of(user.Span), LaneEngine.ReignOf(record));
        if (reign > reigns.Now.Number) return null;
        if (_lane.Users.Count >= UsersOfALane || _lane.Users.Find(user, hash) is not null) _lane = new();
        var codec = new UserStateCodec(reigns[(int)Math.Max(reign, reigns.Oldest)].Rulebook.Layout, _lane);
        var state = _lane.Users.Open(user, hash);
        var body = LaneEngine.BodyOf(record);
        if (!body.IsEmpty && !codec.TryRead(body, state)) return null;
        _record.Clear();
        _record.Count(reign);
        codec.Write(state, _record);
        return _record.Written.ToArray();
    }
}
