using System.Numerics;

namespace StreamEngage.State;

/// <summary>
/// Pending timers of a lane in a hierarchical timing wheel (Varghese and Lauck, 1987): eight levels of 64 slots at a resolution of one
/// millisecond. Arming and disarming are O(1); finding the next instant is O(levels), and a timer moves down at most seven times.
/// </summary>
/// <remarks>
/// A timer stands on the level of the highest group of six bits in which its due time differs from the wheel's base, so
/// all timers of a lower level are due before those of a higher one. Timers due before the base share the overdue list.
/// A timer that is put off stays where it stands and moves when its old time comes: sessions and silences are put off by nearly every event, and
/// each time the neighbours in two lists, of users long out of the cache, would be written to.
/// </remarks>
internal sealed class TimingWheel
{
    private const int BitsPerLevel = 6;
    private const int SlotsPerLevel = 1 << BitsPerLevel;
    private const int Levels = 8;
    private const int OverdueSlot = Levels * SlotsPerLevel;

    private readonly LaneTimer?[] _slots = new LaneTimer?[Levels * SlotsPerLevel + 1];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _base;

    public int Count { get; private set; }

    /// <summary>No armed timer is due before this; long.MaxValue when none is armed.</summary>
    public long EarliestBound { get; private set; } = long.MaxValue;

    /// <summary>Arms a timer, or moves it when it is armed.</summary>
    public void Arm(LaneTimer timer, long due)
    {
        if (timer.IsArmed)
        {
            if (due >= timer.Due && timer.Slot != OverdueSlot)
            {
                timer.Due = due;
                return;
            }
            Disarm(timer);
        }
        timer.Due = due;
        if (due < EarliestBound) EarliestBound = due;
        Link(timer);
        Count = unchecked(Count + 1);
    }

    public void Disarm(LaneTimer timer)
    {
        if (!timer.IsArmed) return;
        Unlink(timer);
        Count = unchecked(Count - 1);
        if (Count == 0) EarliestBound = long.MaxValue;
    }

    /// <summary>Takes out the timers of the earliest instant that is before <paramref name="before"/>, in no order.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTakeInstant(long before, List<LaneTimer> into)
    {
        if (before <= EarliestBound) return false;
        if (_slots[OverdueSlot] is not null) return TakeOverdue(before, into);
        while (true)
        {
            var level = LowestOccupied();
            if (level == Levels) return NoneBefore(long.MaxValue);
            var index = BitOperations.TrailingZeroCount(_occupied[level]);
            var start = StartOf(level, index);
            if (start >= before) return NoneBefore(start);
            if (level > 0) Cascade(level, index, start);
            else if (TakeSlot(index, start, into)) return true;
        }
    }

    private bool NoneBefore(long bound)
    {
        EarliestBound = bound;
        return false;
    }

    private bool TakeSlot(int slot, long due, List<LaneTimer> into)
    {
        _base = due;
        EarliestBound = due;
        for (var timer = Emptied(slot); timer is not null;)
        {
            var next = timer.Next;
            if (timer.Due > due) Link(timer);
            else
            {
                Leave(timer);
                into.Add(timer);
            }
            timer = next;
        }
        return into.Count > 0;
    }

    private bool TakeOverdue(long before, List<LaneTimer> into)
    {
        var earliest = long.MaxValue;
        for (var timer = _slots[OverdueSlot]; timer is not null; timer = timer.Next) earliest = Math.Min(earliest, timer.Due);
        if (earliest >= before) return false;
        for (var timer = _slots[OverdueSlot]; timer is not null;)
        {
            var next = timer.Next;
            if (timer.Due == earliest)
            {
                Unlink(timer);
                Count--;
                into.Add(timer);
            }
            timer = next;
        }
        return true;
    }

    private void Cascade(int level, int index, long start)
    {
        _base = start;
        for (var timer = Emptied(level * SlotsPerLevel + index); timer is not null;)
        {
            var next = timer.Next;
            Link(timer);
            timer = next;
        }
    }

    /// <summary>Takes the whole list of a slot: none of its timers is linked again into the same one.</summary>
    private LaneTimer? Emptied(int slot)
    {
        var first = _slots[slot];
        _slots[slot] = null;
        _occupied[slot / SlotsPerLevel] &= ~(1UL << (slot % SlotsPerLevel));
        return first;
    }

    private void Leave(LaneTimer timer)
    {
        timer.Slot = LaneTimer.NotLinked;
        timer.Previous = timer.Next = null;
        Count = unchecked(Count - 1);
    }

    private long StartOf(int level, int index)
    {
        var shift = level * BitsPerLevel;
        var above = shift + BitsPerLevel;
        return ((_base >> above) << above) | ((long)index << shift);
    }

    private int LowestOccupied()
    {
        for (var level = 0; level < Levels; level++)
            if (_occupied[level] != 0) return level;
        return Levels;
    }

    private void Link(LaneTimer timer)
    {
        var slot = SlotOf(timer.Due);
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is { } next) next.Previous = timer;
        _slots[slot] = timer;
        if (slot != OverdueSlot) _occupied[slot / SlotsPerLevel] |= 1UL << (slot % SlotsPerLevel);
    }

    private int SlotOf(long due)
    {
        if (due < _base) return OverdueSlot;
        unchecked
        {
            // Both are times, so that the highest bit in which they differ is below the 48 of the levels.
            var differing = (ulong)(due ^ _base);
            var level = differing == 0 ? 0 : (int)((uint)BitOperations.Log2(differing) / BitsPerLevel);
            return level * SlotsPerLevel + (int)((due >> (level * BitsPerLevel)) & (SlotsPerLevel - 1));
        }
    }

    private void Unlink(LaneTimer timer)
    {
        var slot = timer.Slot;
        if (timer.Previous is { } previous) previous.Next = timer.Next;
        else _slots[slot] = timer.Next;
        if (timer.Next is { } next) next.Previous = timer.Previous;
        timer.Slot = LaneTimer.NotLinked;
        timer.Previous = timer.Next = null;
        if (_slots[slot] is null && slot != OverdueSlot)
            _occupied[slot / SlotsPerLevel] &= ~(1UL << (slot % SlotsPerLevel));
    }
}
