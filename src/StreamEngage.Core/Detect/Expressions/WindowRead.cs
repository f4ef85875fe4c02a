using StreamEngage.Events;
using StreamEngage.Rules.Expressions;
using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>
/// An aggregate of a window at the scope's instant: a scan of the entries in <c>(t - length, t]</c> from the oldest, so that the value
/// depends on the window's content alone.
/// </summary>
internal sealed class WindowRead(
    WindowSlot slot, WindowFunction function, WindowUnit unit, long length, CompiledExpression? by) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var found = scope.User.FindWindow(slot.Index);
        if (found < 0) return Empty;
        ref readonly var cell = ref scope.User.WindowAt(found);
        var range = (From: cell.After(OpenStart(scope), slot.Stride), To: cell.After(scope.At, slot.Stride));
        if (by is null) return Aggregate(cell, range, null);
        var key = by.Evaluate(scope);
        return key.IsNull ? Empty : Aggregate(cell, range, key.Identity);
    }

    public override long NextChange(in Scope scope)
    {
        var found = scope.User.FindWindow(slot.Index);
        if (found < 0) return long.MaxValue;
        ref readonly var cell = ref scope.User.WindowAt(found);
        var oldest = cell.After(OpenStart(scope), slot.Stride);
        if (oldest == cell.Count) return long.MaxValue;
        return unit switch
        {
            WindowUnit.Rolling => cell.TimeOf(oldest, slot.Stride) + length,
            WindowUnit.Today => scope.Civil.NextMidnight(scope.User, scope.At),
            _ => scope.Civil.NextMonday(scope.User, scope.At),
        };
    }

    private Value Empty =>
        function is WindowFunction.Count or WindowFunction.Sum or WindowFunction.Distinct ? Value.Of(0) : Value.Null;

    /// <summary>The last instant before the window: itself outside.</summary>
    private long OpenStart(in Scope scope) => unit switch
    {
        WindowUnit.Rolling => scope.At - length,
        WindowUnit.Today => scope.Civil.StartOfDay(scope.User, scope.At) - 1,
        _ => scope.Civil.StartOfWeek(scope.User, scope.At) - 1,
    };

    private Value Aggregate(in WindowCell cell, (int From, int To) range, ulong? key) => function switch
    {
        WindowFunction.Count => Value.Of(Weight(cell, range, key)),
        WindowFunction.Sum => Value.Of(Total(cell, range, key)),
        WindowFunction.Avg => Average(cell, range, key),
        WindowFunction.Min or WindowFunction.Max => Extreme(cell, range, key),
        WindowFunction.Distinct => Value.Of(Distinct(cell, range, key)),
        _ => Edge(cell, range, key),
    };

    private bool IsCounted(in WindowCell cell, int entry, ulong? key) => key is not { } wanted || cell.KeyOf(entry, slot) == wanted;

    private long Weight(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        var total = 0L;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(cell, entry, key)) total += cell.WeightOf(entry, slot.Stride);
        return total;
    }

    private double Total(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        var total = 0.0;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(cell, entry, key)) total += NumberOf(cell, entry);
        return total;
    }

    private Value Average(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        var weight = Weight(cell, range, key);
        return weight == 0 ? Value.Null : Value.Of(Total(cell, range, key) / weight);
    }

    private Value Extreme(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        var extreme = Value.Null;
        for (var entry = range.From; entry < range.To; entry++)
        {
            if (!IsCounted(cell, entry, key)) continue;
            var number = NumberOf(cell, entry);
            var better = extreme.IsNull || (function == WindowFunction.Min ? number < extreme.Number : number > extreme.Number);
            if (better) extreme = Value.Of(number);
        }
        return extreme;
    }

    private int Distinct(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        Span<long> seen = stackalloc long[Limits.WindowEntriesMax + 1];
        var count = 0;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(cell, entry, key)) seen[count++] = cell.WordOf(entry, slot.Stride);
        seen = seen[..count];
        seen.Sort();
        var distinct = 0;
        for (var i = 0; i < count; i++)
            if (i == 0 || seen[i] != seen[i - 1]) distinct++;
        return distinct;
    }

    private Value Edge(in WindowCell cell, (int From, int To) range, ulong? key)
    {
        if (function == WindowFunction.First)
        {
            for (var entry = range.From; entry < range.To; entry++)
                if (IsCounted(cell, entry, key)) return cell.ValueOf(entry);
        }
        else
        {
            for (var entry = range.To - 1; entry >= range.From; entry--)
                if (IsCounted(cell, entry, key)) return cell.ValueOf(entry);
        }
        return Value.Null;
    }

    private double NumberOf(in WindowCell cell, int entry) => BitConverter.Int64BitsToDouble(cell.WordOf(entry, slot.Stride));
}

/// <summary><c>count(x by key) over W >= n</c>: looks from the newest entry back and stops at the n-th.</summary>
internal sealed class CountAtLeast(WindowSlot slot, WindowRead read, long length, CompiledExpression? by, int needed)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(Holds(scope));

    public override bool Holds(in Scope scope)
    {
        if (needed <= 0) return true;
        var found = scope.User.FindWindow(slot.Index);
        if (found < 0) return false;
        var key = by is null ? Value.Null : by.Evaluate(scope);
        if (by is not null && key.IsNull) return false;
        return Reaches(scope.User.WindowAt(found), scope.At, by is null ? null : key.Identity);
    }

    public override long NextChange(in Scope scope) => read.NextChange(scope);

    private bool Reaches(in WindowCell cell, long at, ulong? key)
    {
        var missing = needed;
        for (var entry = cell.After(at, slot.Stride) - 1; entry >= 0; entry--)
        {
            if (cell.TimeOf(entry, slot.Stride) <= at - length) return false;
            if (key is { } wanted && cell.KeyOf(entry, slot) != wanted) continue;
            missing -= cell.WeightOf(entry, slot.Stride);
            if (missing <= 0) return true;
        }
        return false;
    }
}

/// <summary><c>since(type)</c>: milliseconds from its latest event not after the scope's instant; null when there was none.</summary>
internal sealed class Since(WindowSlot slot) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) =>
        LatestAt(scope) is { } latest ? Value.Of(scope.At - latest) : Value.Null;

    /// <summary>When the duration reaches <paramref name="duration"/>, or passes it.</summary>
    public long NextCrossing(in Scope scope, long duration)
    {
        if (LatestAt(scope) is not { } latest) return long.MaxValue;
        if (scope.At < latest + duration) return latest + duration;
        return scope.At == latest + duration ? scope.At + 1 : long.MaxValue;
    }

    /// <summary>It grows with every millisecond; only a comparison knows when that matters.</summary>
    public override long NextChange(in Scope scope) => LatestAt(scope) is null ? long.MaxValue : scope.At + 1;

    private long? LatestAt(in Scope scope)
    {
        var found = scope.User.FindWindow(slot.Index);
        if (found < 0) return null;
        ref readonly var cell = ref scope.User.WindowAt(found);
        var after = cell.After(scope.At, slot.Stride);
        return after == 0 ? null : cell.TimeOf(after - 1, slot.Stride);
    }
}
