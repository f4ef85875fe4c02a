using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>
/// The limit: nothing but these two rules. One open-addressed table of users with their deadline linked into a wheel of seconds, one of the last
/// four views by user and category, both touched a few clicks ahead.
/// </summary>
internal sealed unsafe class HandWritten : Contender
{
    private const int Ahead = 12, WheelSlots = 2_048, NoUser = -1;

    private readonly int[] _wheel = new int[WheelSlots];
    private readonly List<(ulong Hash, long At, int Rule)> _made = [];
    private readonly Dictionary<ulong, int> _userOfHash = [];
    private UserSlot[] _users = GC.AllocateArray<UserSlot>(1 << 12, pinned: true);
    private ViewSlot[] _views = GC.AllocateArray<ViewSlot>(1 << 12, pinned: true);
    private int _userCount;
    private int _viewCount;
    private long _second = ClickTape.Start / 1_000;

    public HandWritten(ClickTape tape) : base(tape)
    {
        Array.Fill(_wheel, NoUser);
        for (var user = 0; user < tape.Users; user++) _userOfHash[tape.UserHashes[user]] = user;
    }

    public override string Name => "hand-written table + wheel (the limit)";

    public override void Process(int from, int to)
    {
        var tape = Tape;
        for (var i = from; i < to; i++)
        {
            if (i + Ahead < to) Prefetch(tape, i + Ahead);
            var (at, hash) = (tape.At[i], tape.UserHashes[tape.User[i]]);
            if (at / 1_000 > _second) Turn(at / 1_000);
            var user = OpenUser(hash);
            ref var slot = ref _users[user];
            if (slot.Due != 0 && slot.Due < at) Fire(user);
            if (tape.Kind[i] == ClickKind.View) See(ref slot, tape.Category[i], at);
            else
            {
                if (slot.Due != 0) Unlink(user);
                if (tape.Kind[i] == ClickKind.CartAdd) Link(user, at + ClickTape.CartWait);
            }
        }
    }

    public override void Collect()
    {
        foreach (var (hash, at, rule) in _made) Count(_userOfHash[hash], at, rule);
        _made.Clear();
    }

    private void Prefetch(ClickTape tape, int i)
    {
        if (!Sse.IsSupported) return;
        var hash = tape.UserHashes[tape.User[i]];
        Sse.Prefetch0(Unsafe.AsPointer(ref _users[(int)(hash & (uint)(_users.Length - 1))]));
        if (tape.Kind[i] == ClickKind.View)
            Sse.Prefetch0(Unsafe.AsPointer(ref _views[(int)(ViewKey(hash, tape.Category[i]) & (uint)(_views.Length - 1))]));
    }

    private static ulong ViewKey(ulong hash, int category) => unchecked((hash ^ ((ulong)category + 1) * 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93);

    private void See(ref UserSlot user, int category, long at)
    {
        ref var views = ref OpenViews(ViewKey(user.Hash, category));
        var now = (uint)(at - ClickTape.Start);
        var fourth = views.A;
        (views.A, views.B, views.C, views.D) = (views.B, views.C, views.D, now);
        if (fourth == 0 || now - fourth >= ClickTape.ViewSpan || (user.Sent != 0 && at - user.Sent < ClickTape.Cooldown)) return;
        user.Sent = at;
        _made.Add((user.Hash, at, 1));
    }

    private int OpenUser(ulong hash)
    {
        var mask = _users.Length - 1;
        var at = (int)(hash & (uint)mask);
        for (; _users[at].Hash != hash; at = (at + 1) & mask)
        {
            if (_users[at].Hash != 0) continue;
            if (++_userCount * 2 > _users.Length) return GrowUsers(hash);
            _users[at].Hash = hash;
            break;
        }
        return at;
    }

    private int GrowUsers(ulong hash)
    {
        var old = _users;
        _users = GC.AllocateArray<UserSlot>(old.Length * 2, pinned: true);
        Array.Fill(_wheel, NoUser);
        _userCount = 0;
        foreach (var user in old)
        {
            if (user.Hash == 0) continue;
            var at = OpenUser(user.Hash);
            _users[at].Sent = user.Sent;
            if (user.Due != 0) Link(at, user.Due);
        }
        return OpenUser(hash);
    }

    private ref ViewSlot OpenViews(ulong key)
    {
        var mask = _views.Length - 1;
        var at = (int)(key & (uint)mask);
        for (; _views[at].Key != key; at = (at + 1) & mask)
        {
            if (_views[at].Key != 0) continue;
            if (++_viewCount * 2 > _views.Length) return ref GrowViews(key);
            _views[at].Key = key;
            break;
        }
        return ref _views[at];
    }

    private ref ViewSlot GrowViews(ulong key)
    {
        var old = _views;
        _views = GC.AllocateArray<ViewSlot>(old.Length * 2, pinned: true);
        _viewCount = 0;
        foreach (var views in old)
            if (views.Key != 0) OpenViews(views.Key) = views;
        return ref OpenViews(key);
    }

    private void Turn(long second)
    {
        for (; _second < second; _second++)
        {
            ref var head = ref _wheel[_second & (WheelSlots - 1)];
            while (head != NoUser) Fire(head);
        }
    }

    private void Fire(int user)
    {
        _made.Add((_users[user].Hash, _users[user].Due, 0));
        Unlink(user);
    }

    private void Link(int user, long due)
    {
        ref var slot = ref _users[user];
        ref var head = ref _wheel[due / 1_000 & (WheelSlots - 1)];
        (slot.Due, slot.Previous, slot.Next) = (due, NoUser, head);
        if (head != NoUser) _users[head].Previous = user;
        head = user;
    }

    private void Unlink(int user)
    {
        ref var slot = ref _users[user];
        if (slot.Previous != NoUser) _users[slot.Previous].Next = slot.Next;
        else _wheel[slot.Due / 1_000 & (WheelSlots - 1)] = slot.Next;
        if (slot.Next != NoUser) _users[slot.Next].Previous = slot.Previous;
        slot.Due = 0;
    }

    private struct UserSlot
    {
        public ulong Hash;
        public long Due;
        public long Sent;
        public int Previous;
        public int Next;
    }

    private struct ViewSlot
    {
        public ulong Key;
        public uint A;
        public uint B;
        public uint C;
        public uint D;
    }
}
