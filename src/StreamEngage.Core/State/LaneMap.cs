using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Which lane has which user, where lanes are apart.</summary>
/// <param name="own">The lane that asks.</param>
/// <param name="laneOf">The lane to which events of an id go.</param>
internal sealed class LaneMap(int own, Func<Utf8Text, int> laneOf)
{
    public int Own => own;

    /// <summary>The lane that has the user; null: it is this one.</summary>
    public int? Other(Utf8Text id) => laneOf(id) is var lane && lane == own ? null : lane;
}
