using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Everything the engine knows of one user. Owned and changed by its lane alone.</summary>
internal sealed class UserState
{
    private const long Never = long.MinValue;

    // Identity and what nearly every event touches stand first; what few users have is one reference away.
    private readonly ulong _idHead;
    private readonly ulong _idTail;
    private WindowCell[] _windows = [];
    private ulong[] _instanceKeys = [];
    private TriggerInstance[] _instances = [];
    private RareState? _rare;
    private long _firstSeen = Never;
    private long _lastSeen = Never;
    private int _windowCount;

    public UserState(Utf8Text id, ulong hash)
    {
        Id = id.Detach();
        Hash = hash;
        (_idHead, _idTail) = Ends(id.Span);
    }

    public Utf8Text Id { get; }

    public ulong Hash { get; }

    /// <summary>Compares without touching the id's own bytes while it has at most 16.</summary>
    public bool HasId(ReadOnlySpan<byte> id)
    {
        if (id.Length != Id.Length) return false;
        var (head, tail) = Ends(id);
        return head == _idHead && tail == _idTail && (id.Length <= 2 * sizeof(ulong) || id.SequenceEqual(Id.Span));
    }

    public IdLedger Ids;

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

    /// <summary>Where the user stands among those its lane keeps in memory.</summary>
    public Residence Residence { get; set; }

    /// <summary>Bytes of the record last read or written; 0 before.</summary>
    public int RecordBytes { get; set; }

    public UserSession? Session
    {
        get => _rare?.Session;
        set => Rare.Session = value;
    }

    public LaneTimer? SessionTimer
    {
        get => _rare?.SessionTimer;
        set => Rare.SessionTimer = value;
    }

    public LaneTimer? SegmentTimer
    {
        get => _rare?.SegmentTimer;
        set => Rare.SegmentTimer = value;
    }

    public Dictionary<int, Value>? Attributes
    {
        get => _rare?.Attributes;
        set => Rare.Attributes = value;
    }

    private RareState Rare => _rare ??= new();

    public ReadOnlySpan<WindowCell> Windows => _windows.AsSpan(0, _windowCount);

    public int InstanceCount { get; private set; }

    public const int FirstSweepAt = 4;

    /// <summary>At this many instances those that know nothing of use any more are looked for.</summary>
    public int SweepAt { get; set; } = FirstSweepAt;

    public TriggerInstance InstanceAt(int index) => _instances[index];

    public void SawAt(EventTime at)
    {
        var time = at.UnixMilliseconds;
        if (time > _lastSeen) _lastSeen = time;
        if (time < _firstSeen || _firstSeen == Never) _firstSeen = time;
    }

    /// <summary>Asks for the memory of the user itself.</summary>
    public unsafe void Prefetch()
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(Unsafe.AsPointer(ref _windows));
        Sse.Prefetch0((byte*)Unsafe.AsPointer(ref _windows) + 64);
    }

    /// <summary>Asks for what the user refers to, without reading it: an index would be checked against a length that is not there yet.</summary>
    public unsafe void PrefetchParts()
    {
        if (!Sse.IsSupported) return;
        if (_windowCount > 0) Sse.Prefetch0(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_windows)));
        if (InstanceCount > 0) Sse.Prefetch0(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_instanceKeys)));
    }

    /// <summary>Asks for the entries of the user's first window: most users have few.</summary>
    public void PrefetchEntries()
    {
        if (_windowCount > 0) MemoryMarshal.GetArrayDataReference(_windows).Prefetch();
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

    /// <summary>Index of the user's cell of a window, or -1 while it is empty.</summary>
    public int FindWindow(int slot)
    {
        for (var i = 0; i < _windowCount; i++)
            if (_windows[i].Slot == slot) return i;
        return -1;
    }

    public ref WindowCell WindowAt(int index) => ref _windows[index];

    public ref WindowCell OpenWindow(WindowSlot slot)
    {
        var index = FindWindow(slot.Index);
        if (index >= 0) return ref _windows[index];
        if (_windowCount == _windows.Length) Array.Resize(ref _windows, Math.Max(2, _windowCount + _windowCount / 2));
        _windows[_windowCount] = new(slot);
        return ref _windows[_windowCount++];
    }

    public TriggerInstance? FindInstance(int trigger, ulong key)
    {
        var at = _instanceKeys.AsSpan(0, InstanceCount).IndexOf(InstanceKey(trigger, key));
        return at < 0 ? null : _instances[at];
    }

    /// <summary>Adds an instance that <see cref="FindInstance"/> did not find.</summary>
    public void Add(TriggerInstance instance)
    {
        if (InstanceCount == _instances.Length)
        {
            var length = Math.Max(1, InstanceCount + (InstanceCount + 1) / 2);
            Array.Resize(ref _instances, length);
            Array.Resize(ref _instanceKeys, length);
        }
        _instanceKeys[InstanceCount] = InstanceKey(instance.Trigger, instance.Key.Identity);
        _instances[InstanceCount++] = instance;
    }

    /// <summary>False when it is not the user's (any more).</summary>
    public bool Remove(TriggerInstance instance)
    {
        var at = Array.IndexOf(_instances, instance, 0, InstanceCount);
        if (at < 0) return false;
        InstanceCount--;
        Array.Copy(_instances, at + 1, _instances, at, InstanceCount - at);
        Array.Copy(_instanceKeys, at + 1, _instanceKeys, at, InstanceCount - at);
        _instances[InstanceCount] = null!;
        return true;
    }

    private static ulong InstanceKey(int trigger, ulong key) => Hash64.Mix((ulong)trigger, key);

    /// <summary>The first eight bytes and the last eight; of a shorter id what there is.</summary>
    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<byte> id)
    {
        if (id.Length >= sizeof(ulong))
            return (BinaryPrimitives.ReadUInt64LittleEndian(id), BinaryPrimitives.ReadUInt64LittleEndian(id[^sizeof(ulong)..]));
        ulong head = 0;
        for (var i = 0; i < id.Length; i++) head |= (ulong)id[i] << (8 * i);
        return (head, 0);
    }

    /// <summary>What only some rulebooks keep of a user.</summary>
    private sealed class RareState
    {
        public UserSession? Session;
        public LaneTimer? SessionTimer;
        public LaneTimer? SegmentTimer;
        public ulong[] Segments = [];
        public Dictionary<int, Value>? Attributes;
    }
}

/// <summary>Whether a user who is in memory was needed lately.</summary>
internal enum Residence : byte { Unknown, Cold, Warm }
