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

    // None stands where an event was looked at or will not come.
    private readonly Place[] _found = new Place[Mask + 1];

    /// <summary>Before the first event of a batch.</summary>
    public void Start(ReadOnlySpan<BehaviorEvent> events)
    {
        for (var i = 0; i < events.Length && i < User; i++) Find(events[i], i);
    }

    /// <summary>The user of the event at <paramref name="i"/>, made when there is none. To be asked for each event of a batch once, in order.</summary>
    public UserState Next(ReadOnlySpan<BehaviorEvent> events, int i)
    {
        LookAhead(events, i);
        ref readonly var e = ref events[i];
        ref var place = ref _found[i & Mask];
        var found = place.User;
        place.User = null;
        return found is not null && found.HasId(e.User.Span) ? found : users.Open(e.User, e.UserHash);
    }

    private void LookAhead(ReadOnlySpan<BehaviorEvent> events, int i)
    {
        // Unchecked: a batch has far fewer events than an int counts.
        unchecked
        {
            if ((uint)(i + Entry) < (uint)events.Length) users.PrefetchEntry(events[i + Entry].UserHash);
            if ((uint)(i + User) < (uint)events.Length) Find(events[i + User], i + User);
            ref readonly var next = ref _found[(i + Parts) & Mask];
            next.User?.PrefetchParts(next.TouchesInstances);
            next = ref _found[(i + Instances) & Mask];
            if (next.TouchesInstances) next.User?.PrefetchInstances();
        }
    }

    private void Find(in BehaviorEvent e, int i)
    {
        var user = users.FirstOf(e.UserHash);
        ref var place = ref _found[i & Mask];
        (place.User, place.TouchesInstances) = (user, touchesInstances[e.Type]);
        user?.Prefetch();
    }

    private struct Place
    {
        public UserState? User;
        public bool TouchesInstances;
    }
}
