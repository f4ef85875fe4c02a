namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The worlds seen so far, numbered in order. An open table of numbers: a world is stored once.</summary>
internal sealed class VisitedWorlds<TWorld>(int limit) where TWorld : struct, IEquatable<TWorld>
{
    private readonly List<TWorld> _worlds = [];
    // One more than the number, so that 0 is free.
    private int[] _table = new int[1 << 12];

    public int Count => _worlds.Count;

    public TWorld this[int number] => _worlds[number];

    public int Add(in TWorld world, out bool isNew)
    {
        var slot = SlotOf(in world);
        isNew = _table[slot] == 0;
        if (!isNew) return _table[slot] - 1;
        if (Count == limit) throw new InvalidOperationException($"More than {limit} states: too big for a test.");
        _worlds.Add(world);
        _table[slot] = Count;
        if (Count > _table.Length / 2) Grow();
        return Count - 1;
    }

    private int SlotOf(in TWorld world)
    {
        var slot = world.GetHashCode() & (_table.Length - 1);
        while (_table[slot] != 0 && !_worlds[_table[slot] - 1].Equals(world)) slot = (slot + 1) & (_table.Length - 1);
        return slot;
    }

    private void Grow()
    {
        _table = new int[_table.Length * 4];
        for (var number = 0; number < Count; number++) _table[SlotOf(_worlds[number])] = number + 1;
    }
}
