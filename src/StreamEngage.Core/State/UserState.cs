using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Everything the engine knows of one user. Owned and changed by its lane alone.</summary>
internal sealed class UserState(Utf8Text id, ulong hash)
{
    private WindowCell[] _windows = [];
    private int _windowCount;
    private ulong[] _instanceKeys = [];
    private TriggerInstance[] _instances = [];

    public Utf8Text Id { get; } = id.Detach();

    public ulong Hash { get; } = hash;

    public IdLedger Ids;

    /// <summary>Times of the earliest and the latest behavior event; null before the first.</summary>
    public EventTime? FirstSeen { get; set; }

    public EventTime? LastSeen { get; set; }

    /// <summary>Events applied; numbers them within the user.</summary>
    public long Applied { get; set; }

    /// <summary>Prompts made; the next one carries the next number.</summary>
    public long PromptSequence { get; set; }

    public UserSession? Session { get; set; }

    public LaneTimer? SessionTimer { get; set; }

    public LaneTimer? SegmentTimer { get; set; }

    /// <summary>Bit of each segment the user is a member of.</summary>
    public ulong[] Segments { get; set; } = [];

    public Dictionary<int, Value>? Attributes { get; set; }

    public ReadOnlySpan<WindowCell> Windows => _windows.AsSpan(0, _windowCount);

    public int InstanceCount { get; private set; }

    public TriggerInstance InstanceAt(int index) => _instances[index];

    public void SawAt(EventTime at)
    {
        FirstSeen = FirstSeen is { } first && first <= at ? first : at;
        LastSeen = LastSeen is { } last && last >= at ? last : at;
    }

    public bool IsMember(int segment) =>
        segment >> 6 < Segments.Length && (Segments[segment >> 6] & (1UL << (segment & 63))) != 0;

    public void SetMember(int segment, bool member)
    {
        if (segment >> 6 >= Segments.Length)
        {
            var grown = new ulong[(segment >> 6) + 1];
            Segments.CopyTo(grown, 0);
            Segments = grown;
        }
        if (member) Segments[segment >> 6] |= 1UL << (segment & 63);
        else Segments[segment >> 6] &= ~(1UL << (segment & 63));
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
}
