using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;

namespace StreamEngage.Decide;

/// <summary>
/// The stored form of global statistics: the version in force and what was counted since. Counts go by the names of trigger, goal and variant, so they outlive
/// a reordered rulebook; those of what is gone are dropped.
/// </summary>
internal sealed class StatisticsCodec(CompiledRulebook rulebook)
{
    private const byte Version = 1;

    public void Write(GlobalStatistics inForce, OutcomeTally since, RecordWriter to)
    {
        to.Byte(Version);
        to.Count(inForce.Version);
        Write(inForce.Tally, to);
        Write(since, to);
        var paused = rulebook.Triggers.Where(trigger => inForce.PauseOf(trigger) is not null).ToList();
        to.Count(paused.Count);
        foreach (var trigger in paused)
        {
            to.Half(trigger.GoalIdentity);
            to.Text(new(inForce.PauseOf(trigger)!));
        }
        if (rulebook.Layout.Standing == 0) return;
        to.Half(rulebook.Layout.Standing);
        inForce.Tally.Standings.Write(to);
        since.Standings.Write(to);
    }

    /// <summary>False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, out GlobalStatistics inForce, OutcomeTally since)
    {
        inForce = GlobalStatistics.None(rulebook);
        var from = new RecordReader(record);
        if (from.Byte() != Version) return false;
        var (version, tally) = (from.Count(), new OutcomeTally(rulebook));
        Read(ref from, tally);
        Read(ref from, since);
        var pauses = new string?[rulebook.Triggers.Length];
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var (goal, why) = (from.Half(), from.Text().ToString());
            if (rulebook.Triggers.FirstOrDefault(trigger => trigger.PausesOnHarm && trigger.GoalIdentity == goal) is { } trigger) pauses[trigger.Index] = why;
        }
        if (!from.IsAtEnd) ReadStandings(ref from, tally, since);
        inForce = GlobalStatistics.Restored(rulebook, tally, version, pauses);
        return !from.IsBroken && from.IsAtEnd;
    }

    /// <summary>Users ranked by other numbers are ranked no more.</summary>
    private void ReadStandings(ref RecordReader from, OutcomeTally inForce, OutcomeTally since)
    {
        var isSame = from.Half() == rulebook.Layout.Standing;
        (isSame ? inForce : new(rulebook)).Restore(ref from);
        (isSame ? since : new(rulebook)).Restore(ref from);
    }

    private void Write(OutcomeTally tally, RecordWriter to)
    {
        var blocks = Blocks().Where(block => tally.Block(block.Trigger, block.Block).ContainsAnyExcept(0)).ToList();
        to.Count(blocks.Count);
        foreach (var (trigger, block, identity) in blocks)
        {
            to.Word(identity);
            foreach (var count in tally.Block(trigger, block)) to.Count(count);
        }
    }

    private void Read(ref RecordReader from, OutcomeTally tally)
    {
        var places = Blocks().ToDictionary(block => block.Identity, block => (block.Trigger, block.Block));
        Span<long> counts = stackalloc long[OutcomeTally.BlockLength];
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var isKnown = places.TryGetValue(from.Word(), out var place);
            for (var i = 0; i < counts.Length; i++) counts[i] = from.Count();
            if (isKnown && !from.IsBroken) tally.Restore(place.Trigger, place.Block, counts);
        }
    }

    private IEnumerable<(int Trigger, int Block, ulong Identity)> Blocks()
    {
        foreach (var trigger in rulebook.Triggers.Where(trigger => trigger.GoalIdentity != 0))
            for (var block = 0; block < OutcomeTally.BlocksOf(trigger); block++) yield return (trigger.Index, block, IdentityOf(trigger, block));
    }

    private static ulong IdentityOf(CompiledTrigger trigger, int block)
    {
        var variants = trigger.Decide.Variants;
        var name = block == 0 ? "users" : block - 1 < variants.Count ? $"variant {variants[block - 1].Name}" : "decisions";
        return Hash64.Of(Encoding.UTF8.GetBytes($"{trigger.GoalIdentity} {name}"));
    }
}
