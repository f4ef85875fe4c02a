using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The users of a lane, found by hash and id: open addressing with linear probing, at most half full. Hashes stand in the table itself, so that
/// probing touches no user but the right one.
/// </summary>
internal sealed class UserTable
{
    private Entry[] _table = new Entry[1_024];

    public int Count { get; private set; }

    /// <summary>All users, in no meaningful order.</summary>
    public IEnumerable<UserState> All => _table.Where(entry => entry.User is not null).Select(entry => entry.User!);

    public UserState? Find(Utf8Text id, ulong hash)
    {
        var table = _table;
        var mask = table.Length - 1;
        for (var at = HomeOf(hash, mask); table[at].User is { } user; at = (at + 1) & mask)
            if (table[at].Hash == hash && user.HasId(id.Span)) return user;
        return null;
    }

    public UserState Open(Utf8Text id, ulong hash)
    {
        if (Find(id, hash) is { } known) return known;
        if ((Count + 1) * 2 > _table.Length) Grow();
        var user = new UserState(id, hash);
        Place(user);
        Count++;
        return user;
    }

    /// <summary>Forgets a user; those behind move up, so that no search stops short of them.</summary>
    public void Remove(UserState user)
    {
        var mask = _table.Length - 1;
        var gap = HomeOf(user.Hash, mask);
        while (_table[gap].User is { } other && other != user) gap = (gap + 1) & mask;
        if (_table[gap].User is null) return;
        Count--;
        for (var at = (gap + 1) & mask; _table[at].User is not null; at = (at + 1) & mask)
        {
            var home = HomeOf(_table[at].Hash, mask);
            if (((at - home) & mask) < ((at - gap) & mask)) continue;
            _table[gap] = _table[at];
            gap = at;
        }
        _table[gap] = default;
    }

    /// <summary>A user with this hash, or null; of several the one met first.</summary>
    public UserState? FirstOf(ulong hash)
    {
        var table = _table;
        var mask = table.Length - 1;
        for (var at = HomeOf(hash, mask); table[at].User is { } user; at = (at + 1) & mask)
            if (table[at].Hash == hash) return user;
        return null;
    }

    /// <summary>Asks for the memory in which a user will be looked up.</summary>
    public void PrefetchEntry(ulong hash)
    {
        var table = _table;
        MemoryAhead.Ask(ref table[HomeOf(hash, table.Length - 1)]);
    }

    // The bits under the mask are fewer than 31, so nothing is lost.
    private static int HomeOf(ulong hash, int mask) => unchecked((int)hash & mask);

    private void Grow()
    {
        var old = _table;
        _table = new Entry[old.Length * 2];
        foreach (var entry in old)
            if (entry.User is not null) Place(entry.User);
    }

    private void Place(UserState user)
    {
        var mask = _table.Length - 1;
        var at = HomeOf(user.Hash, mask);
        while (_table[at].User is not null) at = (at + 1) & mask;
        _table[at] = new() { Hash = user.Hash, User = user };
    }

    private struct Entry
    {
        public ulong Hash;
        public UserState? User;
    }
}
