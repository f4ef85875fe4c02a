using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The windows of two users who are one: the entries of both, in their order, as if one user had had them. What it makes depends on the entries alone,
/// not on whose they were.
/// </summary>
/// <param name="slots">All windows of the rulebook.</param>
/// <param name="shared">Times of events that both users had: of two equal entries of such an instant one is kept.</param>
/// <param name="horizon">What no reader can see any more is left out.</param>
internal sealed class WindowUnion(WindowSlot[] slots, IReadOnlyList<long> shared, WindowHorizon horizon)
{
    private const long DayMilliseconds = 86_400_000;

    /// <summary>Entries merged or dropped because a window was full.</summary>
    public int Coalesced { get; private set; }

    public UserWindows Of(in UserWindows a, in UserWindows b)
    {
        var union = default(UserWindows);
        foreach (var slot in slots)
        {
            var (one, other) = (EntriesOf(a.Read(slot), slot), EntriesOf(b.Read(slot), slot));
            if (one.Count + other.Count == 0) continue;
            if (!slot.IsDaily) DropShared(one, other, slot);
            one.AddRange(other);
            one.Sort((x, y) => Compare(x, y, slot));
            foreach (var entry in Fitted(slot.IsDaily ? ByDay(one, slot) : one, slot)) union.Restore(slot, entry.Sample, entry.Weight);
        }
        return union;
    }

    private static List<Entry> EntriesOf(in WindowRun run, WindowSlot slot)
    {
        var entries = new List<Entry>(run.Count);
        for (var i = 0; i < run.Count; i++)
        {
            var word = slot.HoldsWord ? run.WordOf(i) : 0;
            var key = slot.IsKeyed ? run.KeyOf(i) : 0;
            entries.Add(new(new(run.TimeOf(i), word, key, slot.HoldsValues ? run.ValueOf(i) : Value.Null), run.WeightOf(i)));
        }
        return entries;
    }

    private void DropShared(List<Entry> one, List<Entry> other, WindowSlot slot)
    {
        if (shared.Count == 0) return;
        foreach (var instant in shared.GroupBy(at => at))
        {
            var left = one.Where(entry => entry.Sample.At == instant.Key && entry.Weight == 1).ToList();
            var most = instant.Count();
            for (var i = other.Count - 1; i >= 0 && most > 0; i--)
            {
                var same = left.FindIndex(entry => other[i].Weight == 1 && Compare(entry, other[i], slot) == 0);
                if (same < 0) continue;
                left.RemoveAt(same);
                other.RemoveAt(i);
                most--;
            }
        }
    }

    private static List<Entry> ByDay(List<Entry> entries, WindowSlot slot)
    {
        var days = new List<Entry>(entries.Count);
        foreach (var entry in entries)
        {
            var same = days.FindLastIndex(other => other.Sample.At / DayMilliseconds == entry.Sample.At / DayMilliseconds && CanMerge(other, entry, slot));
            if (same < 0) days.Add(entry);
            else days[same] = Merged(days[same], entry, slot);
        }
        days.Sort((x, y) => Compare(x, y, slot));
        return days;
    }

    private List<Entry> Fitted(List<Entry> entries, WindowSlot slot)
    {
        var readableFrom = horizon.Clock - horizon.Lateness;
        entries.RemoveRange(0, entries.TakeWhile(entry => entry.Sample.At <= readableFrom - slot.RetentionMilliseconds).Count());
        if (!slot.IsKeyed && entries.Count > slot.EntriesNeeded)
        {
            var surplus = entries.Skip(slot.EntriesNeeded).TakeWhile(entry => entry.Sample.At <= readableFrom).Count();
            entries.RemoveRange(0, surplus);
        }
        for (; entries.Count > Limits.WindowEntriesMax; Coalesced++)
        {
            var later = entries.FindIndex(1, entry => CanMerge(entries[0], entry, slot));
            if (later > 0) entries[later] = Merged(entries[0], entries[later], slot);
            entries.RemoveAt(0);
        }
        return entries;
    }

    private static bool CanMerge(in Entry earlier, in Entry later, WindowSlot slot) =>
        earlier.Weight + later.Weight <= Limits.WindowWeightMax
        && (!slot.IsKeyed || earlier.Sample.Key == later.Sample.Key)
        && (slot.Content != WindowContent.Identities || earlier.Sample.Word == later.Sample.Word);

    private static Entry Merged(in Entry earlier, in Entry later, WindowSlot slot) => new(
        later.Sample with
        {
            Word = slot.HoldsWord ? WindowWriter.MergedWord(slot.Content, earlier.Sample.Word, later.Sample.Word) : 0,
            Value = slot.Content == WindowContent.FirstValue ? earlier.Sample.Value : later.Sample.Value,
        },
        earlier.Weight + later.Weight);

    /// <summary>The order in which a window keeps its entries; what that leaves open is settled too.</summary>
    private static int Compare(in Entry a, in Entry b, WindowSlot slot)
    {
        var order = a.Sample.At.CompareTo(b.Sample.At);
        if (order == 0 && slot.HoldsValues) order = ValueOrder.Compare(a.Sample.Value, b.Sample.Value);
        if (order == 0 && slot.Content == WindowContent.Identities) order = a.Sample.Word.CompareTo(b.Sample.Word);
        else if (order == 0 && slot.HoldsWord)
            order = BitConverter.Int64BitsToDouble(a.Sample.Word).CompareTo(BitConverter.Int64BitsToDouble(b.Sample.Word));
        if (order == 0) order = a.Sample.Key.CompareTo(b.Sample.Key);
        return order == 0 ? a.Weight.CompareTo(b.Weight) : order;
    }

    private readonly record struct Entry(WindowSample Sample, int Weight);
}
