using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The users of the events that come next, found before their turn. The memory an event will touch is asked for a step at each distance: the place in
/// the table, the user, its parts. A user is half a dozen dependent cache misses, and waiting for them one by one would be most of the cost of an event.
/// </summary>
/// <param name="users">Where they are found.</param>
/// <param name="touchesInstances">By event type: what triggers know of the user is looked at.</param>
internal sealed class UsersAhead(UserTable users, bool[] touchesInstances)
{
    private const int Entry = 16, User = 11, Parts = 7, Instances = 4;
    private const int Mask = 15;

    private readonly UserState?[] _found = new UserState?[Mask + 1];

    /// <summary>Before the first event of a batch.</summary>
    public void Start(ReadOnlySpan<BehaviorEvent> events)
    {
        for (var i = 0; i < events.Length && i < User; i++) Find(events[i].UserHash, i);
    }

    /// <summary>The user of the event at <paramref name="i"/>, made when there is none. To be asked for each event of a batch once, in order.</summary>
    public UserState Next(ReadOnlySpan<BehaviorEvent> events, int i)
    {
        LookAhead(events, i);
        ref readonly var e = ref events[i];
        ref var place = ref _found[i & Mask];
        var found = place;
        place = null;
        return found is not null && found.HasId(e.User.Span) ? found : users.Open(e.User, e.UserHash);
    }

    private void LookAhead(ReadOnlySpan<BehaviorEvent> events, int i)
    {
        // Unchecked: a batch has far fewer events than an int counts.
        unchecked
        {
            if ((uint)(i + Entry) < (uint)events.Length) users.PrefetchEntry(events[i + Entry].UserHash);
            if ((uint)(i + User) < (uint)events.Length) Find(events[i + User].UserHash, i + User);
            if ((uint)(i + Parts) < (uint)events.Length) _found[(i + Parts) & Mask]?.PrefetchParts(touchesInstances[events[i + Parts].Type]);
            if ((uint)(i + Instances) < (uint)events.Length && touchesInstances[events[i + Instances].Type])
                _found[(i + Instances) & Mask]?.PrefetchInstances();
        }
    }

    private void Find(ulong hash, int i)
    {
        var user = users.FirstOf(hash);
        _found[i & Mask] = user;
        user?.Prefetch();
    }
}
