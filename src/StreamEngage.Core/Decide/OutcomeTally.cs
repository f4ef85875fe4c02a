using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Decisions, or users, and how many of them converted.</summary>
internal readonly record struct OutcomeCount(long Units, long Conversions);

/// <summary>
/// What came of prompts, added up: of each trigger with a goal and each of its variants, by whether a prompt was sent or the user was held out. Whole
/// numbers only, so the order of adding does not show.
/// </summary>
internal sealed class OutcomeTally
{
    private const int Sides = 3, Counters = 2;

    // Of a trigger: a block of users, then one of decisions a variant; in a block units and conversions of each side.
    private readonly long[][] _counts;

    public OutcomeTally(CompiledRulebook rulebook) =>
        _counts = [.. rulebook.Triggers.Select(trigger => trigger.GoalIdentity == 0 ? [] : new long[BlocksOf(trigger) * BlockLength])];

    private OutcomeTally(OutcomeTally other)
    {
        _counts = [.. other._counts.Select(counts => counts.ToArray())];
        Standings.Add(other.Standings);
    }

    /// <summary>Where all users stand.</summary>
    public StandingTally Standings { get; } = new();

    public const int BlockLength = Sides * Counters;

    /// <summary>Nothing was added since it was made or cleared.</summary>
    public bool IsEmpty { get; private set; } = true;

    public static int BlocksOf(CompiledTrigger trigger) => 1 + Math.Max(1, trigger.Decide.Variants.Count);

    /// <summary>Decisions of a variant.</summary>
    public OutcomeCount Of(int trigger, int variant, HeldOut side) => At(trigger, 1 + variant, side);

    /// <summary>Users by their first decision; kept of triggers that pause on harm.</summary>
    public OutcomeCount Users(int trigger, HeldOut side) => At(trigger, 0, side);

    public void Add(in OutcomeDelta delta)
    {
        var counts = _counts[delta.Trigger];
        var place = (int)delta.Side * Counters + (delta.IsConversion ? 1 : 0);
        counts[(1 + delta.Variant) * BlockLength + place]++;
        if (delta.IsFirst) counts[place]++;
        IsEmpty = false;
    }

    public void Add(in StandingMove move)
    {
        Standings.Add(move);
        IsEmpty = false;
    }

    public void Add(OutcomeTally other)
    {
        Standings.Add(other.Standings);
        for (var trigger = 0; trigger < _counts.Length; trigger++)
            for (var place = 0; place < _counts[trigger].Length; place++) _counts[trigger][place] += other._counts[trigger][place];
        IsEmpty = IsEmpty && other.IsEmpty;
    }

    public OutcomeTally Plus(OutcomeTally other)
    {
        var sum = new OutcomeTally(this) { IsEmpty = IsEmpty };
        sum.Add(other);
        return sum;
    }

    /// <summary>All counts of a trigger are the same.</summary>
    public bool IsAs(OutcomeTally other, int trigger) => _counts[trigger].AsSpan().SequenceEqual(other._counts[trigger]);

    /// <summary>The counters of one block.</summary>
    public ReadOnlySpan<long> Block(int trigger, int block) => _counts[trigger].AsSpan(block * BlockLength, BlockLength);

    /// <summary>Puts stored counters into a block.</summary>
    public void Restore(int trigger, int block, ReadOnlySpan<long> counters)
    {
        counters.CopyTo(_counts[trigger].AsSpan(block * BlockLength, BlockLength));
        IsEmpty = false;
    }

    public void Clear()
    {
        foreach (var counts in _counts) Array.Clear(counts);
        Standings.Clear();
        IsEmpty = true;
    }

    /// <summary>Puts stored standings back.</summary>
    public void Restore(ref Events.RecordReader from)
    {
        Standings.Read(ref from);
        IsEmpty = IsEmpty && Standings.IsEmpty;
    }

    private OutcomeCount At(int trigger, int block, HeldOut side)
    {
        var place = block * BlockLength + (int)side * Counters;
        return new(_counts[trigger][place], _counts[trigger][place + 1]);
    }
}
