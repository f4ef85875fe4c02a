using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The users of a lane, found by hash and bytes of their id: open addressing with linear probing, at most half full.</summary>
internal sealed class UserTable
{
    private UserState?[] _table = new UserState?[1_024];

    public int Count { get; private set; }

    /// <summary>All users, in no meaningful order.</summary>
    public IEnumerable<UserState> All => _table.Where(user => user is not null)!;

    public UserState? Find(Utf8Text id, ulong hash)
    {
        var mask = _table.Length - 1;
        for (var at = (int)(hash & (uint)mask); _table[at] is { } user; at = (at + 1) & mask)
            if (user.Hash == hash && user.Id == id) return user;
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

    private void Grow()
    {
        var old = _table;
        _table = new UserState?[old.Length * 2];
        foreach (var user in old)
            if (user is not null) Place(user);
    }

    private void Place(UserState user)
    {
        var mask = _table.Length - 1;
        var at = (int)(user.Hash & (uint)mask);
        while (_table[at] is not null) at = (at + 1) & mask;
        _table[at] = user;
    }
}
