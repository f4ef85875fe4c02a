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
        var run = scope.User.Windows.Read(slot);
        if (run.Count == 0) return Empty;
        var range = (From: run.After(OpenStart(scope)), To: run.After(scope.At));
        if (by is null) return Aggregate(run, range, null);
        var key = by.Evaluate(scope);
        return key.IsNull ? Empty : Aggregate(run, range, key.Identity);
    }

    public override long NextChange(in Scope scope)
    {
        var run = scope.User.Windows.Read(slot);
        if (run.Count == 0) return long.MaxValue;
        var oldest = run.After(OpenStart(scope));
        if (oldest == run.Count) return long.MaxValue;
        return unit switch
        {
            WindowUnit.Rolling => run.TimeOf(oldest) + length,
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

    private Value Aggregate(in WindowRun run, (int From, int To) range, ulong? key) => function switch
    {
        WindowFunction.Count => Value.Of(Weight(run, range, key)),
        WindowFunction.Sum => Value.Of(Total(run, range, key)),
        WindowFunction.Avg => Average(run, range, key),
        WindowFunction.Min or WindowFunction.Max => Extreme(run, range, key),
        WindowFunction.Distinct => Value.Of(Distinct(run, range, key)),
        _ => Edge(run, range, key),
    };

    private static bool IsCounted(in WindowRun run, int entry, ulong? key) => key is not { } wanted || run.KeyOf(entry) == wanted;

    private static long Weight(in WindowRun run, (int From, int To) range, ulong? key)
    {
        var total = 0L;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(run, entry, key)) total += run.WeightOf(entry);
        return total;
    }

    private static double Total(in WindowRun run, (int From, int To) range, ulong? key)
    {
        var total = 0.0;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(run, entry, key)) total += run.NumberOf(entry);
        return total;
    }

    private static Value Average(in WindowRun run, (int From, int To) range, ulong? key)
    {
        var weight = Weight(run, range, key);
        return weight == 0 ? Value.Null : Value.Of(Total(run, range, key) / weight);
    }

    private Value Extreme(in WindowRun run, (int From, int To) range, ulong? key)
    {
        var extreme = Value.Null;
        for (var entry = range.From; entry < range.To; entry++)
        {
            if (!IsCounted(run, entry, key)) continue;
            var number = run.NumberOf(entry);
            var better = extreme.IsNull || (function == WindowFunction.Min ? number < extreme.Number : number > extreme.Number);
            if (better) extreme = Value.Of(number);
        }
        return extreme;
    }

    private static int Distinct(in WindowRun run, (int From, int To) range, ulong? key)
    {
        Span<long> seen = stackalloc long[Limits.WindowEntriesMax + 1];
        var count = 0;
        for (var entry = range.From; entry < range.To; entry++)
            if (IsCounted(run, entry, key)) seen[count++] = run.WordOf(entry);
        seen = seen[..count];
        seen.Sort();
        var distinct = 0;
        for (var i = 0; i < count; i++)
            if (i == 0 || seen[i] != seen[i - 1]) distinct++;
        return distinct;
    }

    private Value Edge(in WindowRun run, (int From, int To) range, ulong? key)
    {
        if (function == WindowFunction.First)
        {
            for (var entry = range.From; entry < range.To; entry++)
                if (IsCounted(run, entry, key)) return run.ValueOf(entry);
        }
        else
        {
            for (var entry = range.To - 1; entry >= range.From; entry--)
                if (IsCounted(run, entry, key)) return run.ValueOf(entry);
        }
        return Value.Null;
    }
}

/// <summary><c>count(x by key) over W >= n</c>: looks from the newest entry back and stops at the n-th.</summary>
internal sealed class CountAtLeast(WindowSlot slot, WindowRead read, long length, CompiledExpression? by, int needed)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(Holds(scope));

    public override bool Holds(in Scope scope)
    {
        if (needed <= 0) return true;
        if (by is null) return scope.User.Windows.Weighs(slot, needed, scope.At - length, scope.At, key: null);
        return by.TryIdentify(scope, out var key) && scope.User.Windows.Weighs(slot, needed, scope.At - length, scope.At, key);
    }

    public override long NextChange(in Scope scope) => read.NextChange(scope);
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
        var run = scope.User.Windows.Read(slot);
        var after = run.After(scope.At);
        return after == 0 ? null : run.TimeOf(after - 1);
    }
}
