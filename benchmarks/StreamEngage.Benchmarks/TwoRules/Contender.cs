using StreamEngage.Events;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>Somebody who can do the two rules. Fresh for each round.</summary>
internal abstract class Contender(ClickTape tape)
{
    protected ClickTape Tape { get; } = tape;

    public abstract string Name { get; }

    public long Prompts { get; private set; }

    /// <summary>Equal for equal prompts in any order.</summary>
    public ulong Checksum { get; private set; }

    /// <summary>Before the clock: what a decoder would have left for these clicks.</summary>
    public virtual void Prepare(int from, int to)
    {
    }

    /// <summary>Under the clock.</summary>
    public abstract void Process(int from, int to);

    /// <summary>After the clock: counts what was made.</summary>
    public virtual void Collect()
    {
    }

    protected void Count(int user, long at, int rule)
    {
        Prompts++;
        unchecked
        {
            Checksum += Hash64.Mix((ulong)user, ((ulong)at << 2) | (uint)rule);
        }
    }
}
