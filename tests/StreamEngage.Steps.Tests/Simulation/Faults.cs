namespace StreamEngage.Steps.Simulation;

/// <summary>What can go wrong, each counted when it does.</summary>
internal enum Fault
{
    /// <summary>An instance dies where it waits and a new one takes its place.</summary>
    Crash,

    /// <summary>An instance stands still while its lanes are given away, then goes on.</summary>
    Zombie,

    /// <summary>Lanes move with notice.</summary>
    Rebalance,

    /// <summary>The store did nothing and said nothing.</summary>
    StoreLostCall,

    /// <summary>The store did it and its answer got lost.</summary>
    StoreLostReply,

    /// <summary>The store refuses to write.</summary>
    StoreRefuses,

    /// <summary>The store comes back as it was a while ago.</summary>
    StoreLostTail,

    /// <summary>The store comes back empty.</summary>
    StoreWiped,

    /// <summary>A transaction was aborted and said so.</summary>
    Aborted,

    /// <summary>A transaction was committed and its answer got lost.</summary>
    CommitLostReply,

    /// <summary>A transaction hangs, neither committed nor aborted, until somebody ends it.</summary>
    CommitHangs,
}

/// <summary>How often each fault comes, in per cent of its occasions, and how often it came.</summary>
internal sealed class Faults(Fate fate)
{
    private readonly Dictionary<Fault, int> _percent = [];

    public Dictionary<Fault, int> Hits { get; } = [];

    public int this[Fault fault]
    {
        set => _percent[fault] = value;
    }

    /// <summary>From now on nothing goes wrong any more.</summary>
    public bool AreOver { get; set; }

    public bool Strikes(Fault fault)
    {
        if (AreOver || !_percent.TryGetValue(fault, out var percent) || percent == 0 || !fate.Happens(percent)) return false;
        Hits[fault] = Hits.GetValueOrDefault(fault) + 1;
        return true;
    }
}
