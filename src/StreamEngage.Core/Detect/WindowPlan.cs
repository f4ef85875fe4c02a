using System.Globalization;
using System.Text;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules.Expressions;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>What an event of one type adds to one window: a condition on it, the value and the key it brings. Null: none.</summary>
internal sealed record WindowFeed(
    WindowSlot Slot, CompiledExpression? Filter, CompiledExpression? Value, CompiledExpression? Key);

/// <summary>How far back a window is read.</summary>
internal readonly record struct WindowReach(WindowSlot Slot, long Milliseconds)
{
    /// <summary>From this instant on the window holds all that is read of it.</summary>
    public EventTime CompleteFrom(Tenure tenure) =>
        tenure.OfWindow(Slot.Identity) is var since && since > EventTime.Beginning ? since + Milliseconds : since;
}

/// <summary>
/// The windows of a rulebook while it is compiled: readers that count the same events share one slot, which keeps what the most demanding of
/// them needs and no more.
/// </summary>
internal sealed class WindowPlan
{
    /// <summary>How far a window reaches that nothing ever leaves.</summary>
    public const long ForEver = long.MaxValue / 8;

    private const long LongestDayMilliseconds = 26 * 3_600_000L;
    private const long LongestWeekMilliseconds = 170 * 3_600_000L;

    private readonly Dictionary<string, WindowSlot> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _identities = [];
    private readonly List<(int Type, WindowFeed Feed)> _feeds = [];

    public IReadOnlyList<WindowSlot> Slots => [.. _slots.Values];

    /// <summary>What was asked of windows so far, in order: the slot and how far back it is read. What reads for ever is not among it.</summary>
    public List<WindowReach> Reads { get; } = [];

    public IEnumerable<WindowFeed> FeedsOf(int type) => _feeds.Where(feed => feed.Type == type).Select(feed => feed.Feed);

    /// <summary>The slot of a window expression; <paramref name="entriesNeeded"/> where a threshold needs only the newest.</summary>
    public WindowSlot SlotOf(WindowExpression window, int? entriesNeeded, Func<WindowFeed> feed, int type)
    {
        var isNew = !_slots.TryGetValue(NameOf(window, entriesNeeded is not null), out var slot);
        if (isNew)
        {
            var made = feed();
            slot = made.Slot;
            _feeds.Add((type, made));
        }
        Demand(slot!, RetentionOf(window), entriesNeeded ?? Limits.WindowEntriesMax);
        Reads.Add(new(slot!, RetentionOf(window)));
        return slot!;
    }

    public WindowSlot NewSlot(WindowExpression window, bool isThreshold) => Add(
        NameOf(window, isThreshold),
        window.Function switch
        {
            WindowFunction.Count => WindowContent.Times,
            WindowFunction.Sum or WindowFunction.Avg => WindowContent.Sum,
            WindowFunction.Min => WindowContent.Least,
            WindowFunction.Max => WindowContent.Greatest,
            WindowFunction.Distinct => WindowContent.Identities,
            WindowFunction.First => WindowContent.FirstValue,
            _ => WindowContent.LastValue,
        },
        window.By is not null,
        window.Daily && window.Function is not (WindowFunction.First or WindowFunction.Last));

    /// <summary>The slot of the latest event of a type.</summary>
    public WindowSlot Latest(int type, string typeName)
    {
        var name = $"since({typeName})";
        if (_slots.TryGetValue(name, out var slot)) return slot;
        slot = Add(name, WindowContent.Times, isKeyed: false, isDaily: false);
        Demand(slot, ForEver, 1);
        _feeds.Add((type, new(slot, null, null, null)));
        return slot;
    }

    /// <summary>
    /// A slot that only its owner feeds and reads: all entries back to the oldest event that may still arrive, and for a while longer as many as
    /// <paramref name="entries"/>.
    /// </summary>
    public WindowSlot Private(string name, bool isKeyed, long retention, int entries)
    {
        var slot = Add(name, WindowContent.Times, isKeyed, isDaily: false);
        Demand(slot, retention, entries);
        return slot;
    }

    private WindowSlot Add(string name, WindowContent content, bool isKeyed, bool isDaily)
    {
        var identity = (uint)(Hash64.Of(Encoding.UTF8.GetBytes(name)) >> 32);
        while (!_identities.Add(identity)) identity = unchecked(identity + 1);
        var slot = new WindowSlot(content, isKeyed)
        {
            Index = _slots.Count,
            Identity = identity,
            IsDaily = isDaily,
        };
        _slots.Add(name, slot);
        foreach (var known in _slots.Values) known.Among = _slots.Count;
        return slot;
    }

    private static void Demand(WindowSlot slot, long retention, int entries)
    {
        slot.RetentionMilliseconds = Math.Max(slot.RetentionMilliseconds, retention);
        slot.EntriesNeeded = Math.Min(Limits.WindowEntriesMax, Math.Max(slot.EntriesNeeded, entries));
    }

    private static long RetentionOf(WindowExpression window) => window.Unit switch
    {
        WindowUnit.Rolling => window.LengthMilliseconds,
        WindowUnit.Today => LongestDayMilliseconds,
        _ => LongestWeekMilliseconds,
    };

    /// <summary>What the slot holds, whatever length it is read over: the canonical expression without its length.</summary>
    private static string NameOf(WindowExpression window, bool isThreshold)
    {
        var family = window.Function == WindowFunction.Avg ? WindowFunction.Sum : window.Function;
        var filter = window.Filter is null ? "" : ExpressionText.Canonical(window.Filter);
        return string.Create(CultureInfo.InvariantCulture,
            $"{family}({window.EventType}.{window.Property} where {filter} by {window.By}) {window.Daily} {isThreshold}");
    }
}
