using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Makes one user of two (docs/identity.md). But for attributes, of which the surviving user's win, the result does not depend on which of the two
/// survives, nor on the order in which several are merged.
/// </summary>
internal sealed class UserMerge(CompiledRulebook rulebook, Lane lane)
{
    private readonly InstanceUnion _instances = new(rulebook, lane);
    private readonly List<long> _shared = [];

    /// <summary>Adds to <paramref name="into"/> all that is known of <paramref name="from"/>, who is of no use afterwards.</summary>
    public void Merge(UserState into, UserState from)
    {
        _instances.Merge(into, from);
        Held(into, from);
        Windows(into, from);
        SessionUnion.Merge(into, from, rulebook.Time, lane);
        Seen(into, from);
        Life(into, from);
        Stand(into, from);
        Attributes(into, from);
        (into.Contact, var refused) = ContactUnion.Of(into.Contact, from.Contact);
        lane.Counters.ControlsRefused += refused;
        Segments(into, from);
        Aftermath(into, from);
        Identity(into, from);
        into.IsHeldOutOfAll = null;
    }

    private void Held(UserState into, UserState from)
    {
        foreach (var held in from.Held)
        {
            held.Instance = lane.Pool.OpenInstance(into, held.Instance.Trigger, held.Instance.Key);
            into.Hold(held);
        }
        into.OrderHeld();
        into.OrderInstances();
    }

    private void Windows(UserState into, UserState from)
    {
        into.Ids = IdLedger.Union(into.Ids, from.Ids, _shared);
        var union = new WindowUnion(rulebook.Slots, _shared, new(lane.Clock.UnixMilliseconds, rulebook.Time.LatenessMilliseconds));
        into.Windows = union.Of(into.Windows, from.Windows);
        lane.Counters.WindowsCoalesced += union.Coalesced;
        _shared.Clear();
    }

    private static void Seen(UserState into, UserState from)
    {
        if (from.FirstSeen is { } first) into.SawAt(first);
        if (from.LastSeen is { } last) into.SawAt(last);
        into.Applied = Math.Max(into.Applied, from.Applied);
        into.PromptSequence = Math.Max(into.PromptSequence, from.PromptSequence);
    }

    /// <summary>Two who were counted are one.</summary>
    private void Stand(UserState into, UserState from)
    {
        if (rulebook.Standing is not { } standing) return;
        lane.Stand(from, null);
        lane.Stand(into, standing.Of(new(into, lane.Clock.UnixMilliseconds, new(rulebook.NewCivilTime()), captured: null)));
    }

    private void Life(UserState into, UserState from)
    {
        if (rulebook.Lifecycle is not { } policy || from.Life is not { } life) return;
        if (into.Life is not { } own) into.Life = life;
        else lane.Counters.LifeRunsDropped += own.Merge(life, policy, lane.Clock.UnixMilliseconds - rulebook.Time.LatenessMilliseconds);
    }

    private void Attributes(UserState into, UserState from)
    {
        foreach (var (property, value) in from.Attributes?.InOrder ?? [])
        {
            var kept = into.Attributes ??= new();
            if (kept.Has(property) && !kept[property].IsNull) continue;
            if (kept.Count == Limits.AttributesMax && !kept.Has(property)) lane.Counters.AttributesRefused++;
            else kept[property] = value;
        }
    }

    /// <summary>What either side was in, so that only what the merge itself changes is an edge; looked at as soon as the merge is done.</summary>
    private void Segments(UserState into, UserState from)
    {
        // Armed also where there are no segments: after a change of the rulebook it stands for what was due before.
        if (from.SegmentTimer is { } timer) lane.Timers.Disarm(timer);
        if (rulebook.Segments.Length == 0) return;
        for (var segment = 0; segment < rulebook.Segments.Length; segment++)
            if (from.IsMember(segment)) into.SetMember(segment, member: true);
        into.SegmentTimer ??= new(into);
        lane.Timers.Arm(into.SegmentTimer, lane.Clock.UnixMilliseconds);
    }

    private void Aftermath(UserState into, UserState from)
    {
        if (from.Aftermath is null && into.Aftermath is null) return;
        // Also where one side has none: the order that is kept must not depend on which side that is.
        lane.Counters.OpenGoalsDropped += (into.Aftermath ??= new()).Merge(from.Aftermath ?? new());
    }

    private void Identity(UserState into, UserState from)
    {
        var identity = into.OpenIdentity();
        Add(into, new(from.Id, from.Identity?.ExposedAt));
        foreach (var former in from.Identity?.Former ?? []) Add(into, former);
        foreach (var asked in from.Identity?.Asked ?? []) identity.Ask(asked);
    }

    /// <summary>Only where several lanes answered at once can there be too many.</summary>
    private void Add(UserState into, FormerId former)
    {
        var identity = into.OpenIdentity();
        if (former.Id == into.Id) identity.ExposedAt = UserIdentity.Earlier(identity.ExposedAt, former.ExposedAt);
        else if (identity.Former.Count < Limits.FormerIdsMax || identity.Former.Any(known => known.Id == former.Id)) identity.Add(former);
        else lane.Counters.ControlsRefused++;
    }
}
