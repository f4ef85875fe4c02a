using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Which lane has which user, where lanes are apart.</summary>
/// <param name="own">The lane that asks.</param>
/// <param name="laneOf">The lane to which events of an id go.</param>
internal sealed class LaneMap(int own, Func<Utf8Text, int> laneOf)
{
    public int Own => own;

    /// <summary>Names the rulebook that the lane is under; empty: that of all.</summary>
    public string Rulebook { get; init; } = "";

    /// <summary>What a record of another lane is under this lane's rulebook; empty: it is broken.</summary>
    public Func<MoveReply, ReadOnlyMemory<byte>> Carry { get; init; } = reply => reply.Record;

    /// <summary>The same, where lanes may be under different rulebooks.</summary>
    public LaneMap Under(string rulebook, Func<MoveReply, ReadOnlyMemory<byte>> carry) => new(own, laneOf) { Rulebook = rulebook, Carry = carry };

    /// <summary>The lane that has the user; null: it is this one.</summary>
    public int? Other(Utf8Text id) => laneOf(id) is var lane && lane == own ? null : lane;
}
