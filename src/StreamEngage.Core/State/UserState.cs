using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Everything the engine knows of one user. Owned and changed by its lane alone.</summary>
internal sealed class UserState
{
    private const long Never = long.MinValue;
    private const int InstancesPrefetched = 6;

    // Identity and what nearly every event touches stand first; what few users have is one reference away.
    private readonly ulong _idHead;
    private readonly ulong _idTail;
    private readonly byte[] _id;
    private readonly int _idLength;
    private KeyedInstance[] _instances = [];
    private RareState? _rare;
    private long _firstSeen = Never;
    private long _lastSeen = Never;

    public UserState(Utf8Text id, ulong hash)
    {
        _id = id.Span.ToArray();
        _idLength = id.Length;
        Hash = hash;
        (_idHead, _idTail) = Ends(id.Span);
    }

    public Utf8Text Id => new(_id, 0, _idLength);

    public ulong Hash { get; }

    /// <summary>Compares without touching the id's own bytes while it has at most 16.</summary>
    public bool HasId(ReadOnlySpan<byte> id)
    {
        if (id.Length != _idLength) return false;
        var (head, tail) = Ends(id);
        return head == _idHead && tail == _idTail && (id.Length <= 2 * sizeof(ulong) || id.SequenceEqual(_id));
    }

    public IdLedger Ids;

    /// <summary>A field, as the ids are, so that it is changed in place.</summary>
    public UserWindows Windows;

    /// <summary>Times of the earliest and the latest behavior event; null before the first.</summary>
    public EventTime? FirstSeen
    {
        get => _firstSeen == Never ? null : new EventTime(_firstSeen);
        set => _firstSeen = value is { } at ? at.UnixMilliseconds : Never;
    }

    public EventTime? LastSeen
    {
        get => _lastSeen == Never ? null : new EventTime(_lastSeen);
        set => _lastSeen = value is { } at ? at.UnixMilliseconds : Never;
    }

    /// <summary>Events applied; numbers them within the user.</summary>
    public long Applied { get; set; }

    /// <summary>Prompts made; the next one carries the next number.</summary>
    public long PromptSequence { get; set; }

    /// <summary>Changed since its lane last wrote it; see <see cref="Lane.Touched"/>.</summary>
    public bool IsTouched { get; set; }

    /// <summary>
    /// Read from a record of a rulebook that was in force before: what the change owes the user is made good when the user is next touched.
    /// </summary>
    public bool IsBehind { get; set; }

    /// <summary>Will be looked at when what patterns began is over.</summary>
    public bool AwaitsSweep { get; set; }

    /// <summary>Where the user stands among those its lane keeps in memory.</summary>
    public Residence Residence { get; set; }

    /// <summary>Its lane wrote it with nothing due, and it has been in memory ever since. False also where that is not known.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Bytes of the record last read or written; 0 before.</summary>
    public int RecordBytes { get; set; }

    /// <summary>
    /// Its events need a second look: the id is another user's by now, or was erased. Beside what every event reads, so that asking costs nothing.
    /// </summary>
    public bool IsMarked { get; private set; }

    /// <summary>Ids that were merged into this one, what it was merged into, when it was erased; null while there is nothing of it.</summary>
    public UserIdentity? Identity => _rare?.Identity;

    public UserIdentity OpenIdentity() => Rare.Identity ??= new();

    /// <summary>Nothing is known but, perhaps, what became of the id.</summary>
    public bool IsBlank =>
        Applied == 0 && _firstSeen == Never && InstanceCount == 0 && Held.Count == 0 && Ids.Count == 0
        && Attributes is null && Contact is not { KnowsNothing: false };

    /// <summary>The id is another user's from now on; what is known is forgotten. Its timers are off the lane.</summary>
    public void BecomeAliasOf(Utf8Text user, EventTime at)
    {
        var erasedAt = Identity?.ErasedAt;
        Clear();
        var identity = OpenIdentity();
        (identity.MergedInto, identity.MergedAt, identity.ErasedAt) = (user.Detach(), at, erasedAt);
        IsMarked = true;
    }

    /// <summary>The id belongs to no other user any more. What it was to itself is gone.</summary>
    public void BecomeOwn()
    {
        OpenIdentity().Disown();
        Remark();
    }

    /// <summary>What is known is forgotten. Its timers are off the lane.</summary>
    public void BecomeErased(EventTime at)
    {
        Clear();
        OpenIdentity().ErasedAt = at;
        IsMarked = true;
    }

    /// <summary>It was erased <paramref name="horizon"/> or more ago and nothing is known since: no event from before can come any more.</summary>
    public bool IsForgettable(EventTime clock, long horizon) =>
        Identity is { ErasedAt: { } at, Ids: 0, ExposedAt: null } identity && identity.MergedInto.IsEmpty && clock - at >= horizon && IsBlank;

    public void ForgetErasure()
    {
        OpenIdentity().ErasedAt = null;
        Remark();
    }

    /// <summary>After <see cref="Identity"/> was read or changed.</summary>
    public void Remark() => IsMarked = Identity is { } identity && (identity.ErasedAt is not null || !identity.MergedInto.IsEmpty);

    /// <summary>As new. In its place, since tables and queues refer to it.</summary>
    private void Clear()
    {
        (Ids, Windows, _rare, _instances) = (default, default, null, []);
        (_firstSeen, _lastSeen) = (Never, Never);
        (Applied, PromptSequence, InstanceCount, SweepAt) = (0, 0, 0, FirstSweepAt);
        (IsHeldOutOfAll, IsMarked) = (null, false);
    }

    public UserSession? Session
    {
        get => _rare?.Session;
        set => Rare.Session = value;
    }

    public SegmentCheck? SegmentTimer
    {
        get => _rare?.SegmentTimer;
        set => Rare.SegmentTimer = value;
    }

    public UserAttributes? Attributes
    {
        get => _rare?.Attributes;
        set => Rare.Attributes = value;
    }

    /// <summary>What makes the user's stage; null before any activity, and where the rulebook does not ask for stages.</summary>
    public UserLife? Life
    {
        get => _rare?.Life;
        set => Rare.Life = value;
    }

    /// <summary>Where the user is counted among all; null: nowhere.</summary>
    public UserStanding? Standing
    {
        get => _rare?.Standing;
        set => Rare.Standing = value;
    }

    /// <summary>Whether the global holdout has the user, once that was asked: it never changes under one rulebook. Not stored.</summary>
    public bool? IsHeldOutOfAll { get; set; }

    /// <summary>Null while nothing of it is known.</summary>
    public Contact? Contact
    {
        get => _rare?.Contact;
        set => Rare.Contact = value;
    }

    /// <summary>Null while nothing can come of an earlier prompt.</summary>
    public Aftermath? Aftermath
    {
        get => _rare?.Aftermath;
        set => Rare.Aftermath = value;
    }

    /// <summary>Candidates that wait for the end of quiet hours, in the order they were held.</summary>
    public IReadOnlyList<HeldCandidate> Held => _rare?.Held ?? [];

    public void Hold(HeldCandidate held)
    {
        (Rare.Held ??= []).Add(held);
        held.Instance.HeldCount++;
    }

    public void Unhold(HeldCandidate held)
    {
        if (Rare.Held!.Remove(held)) held.Instance.HeldCount--;
    }

    /// <summary>Journeys under way, in the order they began.</summary>
    public IReadOnlyList<JourneyProgress> Journeys => _rare?.Journeys ?? [];

    public void Begin(JourneyProgress journey)
    {
        (Rare.Journeys ??= []).Add(journey);
        (journey.Instance.IsInJourney, journey.IsOver) = (true, false);
    }

    /// <summary>After a merge: in the order they began, those that began at one instant as <paramref name="order"/> says.</summary>
    public void OrderJourneys(Comparison<JourneyProgress> order) => Rare.Journeys?.Sort(order);

    public void End(JourneyProgress journey)
    {
        if (!Rare.Journeys!.Remove(journey)) return;
        journey.Instance.IsInJourney = false;
        journey.IsOver = true;
    }

    private RareState Rare => _rare ??= new();

    public int InstanceCount { get; private set; }

    public const int FirstSweepAt = 4;

    /// <summary>At this many instances those that know nothing of use any more are looked for.</summary>
    public int SweepAt { get; set; } = FirstSweepAt;

    public TriggerInstance InstanceAt(int index) => _instances[index].Instance;

    public void SawAt(EventTime at)
    {
        var time = at.UnixMilliseconds;
        if (time > _lastSeen) _lastSeen = time;
        if (time < _firstSeen || _firstSeen == Never) _firstSeen = time;
    }

    /// <summary>Asks for the memory of the user itself.</summary>
    public void Prefetch() => MemoryAhead.Ask(this, lines: 4);

    /// <summary>Asks for what the user refers to, without reading it: an index would be checked against a length that is not there yet.</summary>
    public void PrefetchParts(bool withInstances)
    {
        Windows.Prefetch();
        Ids.Prefetch();
        if (withInstances && InstanceCount > 0) MemoryAhead.Ask(_instances, lines: 2);
    }

    /// <summary>Asks for the first of what triggers know of the user: an event looks at most of these.</summary>
    public void PrefetchInstances()
    {
        if (_rare is { Session: { } session }) MemoryAhead.Ask(session, lines: 2);
        foreach (ref readonly var keyed in _instances.AsSpan(0, Math.Min(InstanceCount, InstancesPrefetched)))
            MemoryAhead.Ask(keyed.Instance, lines: 2);
    }

    public bool IsMember(int segment) =>
        _rare is { } rare && segment >> 6 < rare.Segments.Length && (rare.Segments[segment >> 6] & (1UL << (segment & 63))) != 0;

    public void SetMember(int segment, bool member)
    {
        if (segment >> 6 >= Rare.Segments.Length)
        {
            var grown = new ulong[(segment >> 6) + 1];
            Rare.Segments.CopyTo(grown, 0);
            Rare.Segments = grown;
        }
        if (member) Rare.Segments[segment >> 6] |= 1UL << (segment & 63);
        else Rare.Segments[segment >> 6] &= ~(1UL << (segment & 63));
    }

    public TriggerInstance? FindInstance(int trigger, ulong key)
    {
        var wanted = InstanceKey(trigger, key);
        foreach (ref readonly var keyed in _instances.AsSpan(0, InstanceCount))
            if (keyed.Key == wanted) return keyed.Instance;
        return null;
    }

    /// <summary>Adds an instance that <see cref="FindInstance"/> did not find.</summary>
    /// <param name="instance">It.</param>
    /// <param name="key">Identity of its key.</param>
    public void Add(TriggerInstance instance, ulong key)
    {
        if (InstanceCount == _instances.Length) Array.Resize(ref _instances, Math.Max(1, InstanceCount + (InstanceCount + 1) / 2));
        _instances[unchecked(InstanceCount++)] = new(InstanceKey(instance.Trigger, key), instance);
    }

    /// <summary>False when it is not the user's (any more).</summary>
    public bool Remove(TriggerInstance instance)
    {
        var at = 0;
        while (at < InstanceCount && _instances[at].Instance != instance) at = unchecked(at + 1);
        if (at == InstanceCount) return false;
        InstanceCount = unchecked(InstanceCount - 1);
        // They are few: a copy of a block of references costs more before it begins.
        for (; at < InstanceCount; at = unchecked(at + 1)) _instances[at] = _instances[unchecked(at + 1)];
        _instances[InstanceCount] = default;
        return true;
    }

    /// <summary>By trigger and key, so that how they came together shows in nothing.</summary>
    public void OrderInstances() =>
        Array.Sort(_instances, 0, InstanceCount, Comparer<KeyedInstance>.Create((a, b) =>
            a.Instance.Trigger != b.Instance.Trigger ? a.Instance.Trigger.CompareTo(b.Instance.Trigger)
            : a.Instance.Key.Identity.CompareTo(b.Instance.Key.Identity)));

    /// <summary>By the instant of their decision, as they would have come.</summary>
    public void OrderHeld() =>
        _rare?.Held?.Sort((a, b) => a.DecidedAt != b.DecidedAt ? a.DecidedAt.CompareTo(b.DecidedAt) : a.PromptId.CompareTo(b.PromptId));

    private static ulong InstanceKey(int trigger, ulong key) => Hash64.Mix((ulong)trigger, key);

    /// <summary>
    /// The first eight bytes and the last eight, or four of each; of a shorter id what there is. With the length they tell ids of up to 16 bytes apart.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<byte> id)
    {
        if (id.Length >= sizeof(ulong))
            return (BinaryPrimitives.ReadUInt64LittleEndian(id), BinaryPrimitives.ReadUInt64LittleEndian(id[^sizeof(ulong)..]));
        if (id.Length >= sizeof(uint))
            return (BinaryPrimitives.ReadUInt32LittleEndian(id), BinaryPrimitives.ReadUInt32LittleEndian(id[^sizeof(uint)..]));
        ulong head = 0;
        for (var i = 0; i < id.Length; i++) head |= (ulong)id[i] << (8 * i);
        return (head, 0);
    }

    /// <summary>An instance behind the identity of its trigger and key, so that looking for one touches no other.</summary>
    private readonly record struct KeyedInstance(ulong Key, TriggerInstance Instance);

    /// <summary>What only some rulebooks keep of a user.</summary>
    private sealed class RareState
    {
        public UserSession? Session;
        public SegmentCheck? SegmentTimer;
        public ulong[] Segments = [];
        public UserAttributes? Attributes;
        public Contact? Contact;
        public Aftermath? Aftermath;
        public List<HeldCandidate>? Held;
        public List<JourneyProgress>? Journeys;
        public UserIdentity? Identity;
        public UserLife? Life;
        public UserStanding? Standing;
    }
}

/// <summary>Whether a user who is in memory was needed lately.</summary>
internal enum Residence : byte { Unknown, Cold, Warm }
