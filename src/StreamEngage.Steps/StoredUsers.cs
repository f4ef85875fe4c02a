using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Steps;

/// <summary>Reads users' records and writes them again: of two that mean the same the bytes are then the same.</summary>
internal sealed class StoredUsers(CompiledRulebook rulebook)
{
    private const int UsersOfALane = 1_000;

    private readonly RecordWriter _record = new();
    private Lane _lane = new();

    /// <param name="user">Whose.</param>
    /// <param name="record">Without what stands before it in the store.</param>
    /// <returns>Null: it is broken, or of a newer version.</returns>
    public byte[]? Rewritten(Utf8Text user, ReadOnlySpan<byte> record)
    {
        var hash = Hash64.Of(user.Span);
        if (_lane.Users.Count >= UsersOfALane || _lane.Users.Find(user, hash) is not null) _lane = new();
        var codec = new UserStateCodec(rulebook.Layout, _lane);
        var state = _lane.Users.Open(user, hash);
        if (!record.IsEmpty && !codec.TryRead(record, state)) return null;
        // In memory they stand as they were opened.
        state.OrderInstances();
        _record.Clear();
        codec.Write(state, _record);
        return _record.Written.ToArray();
    }
}
