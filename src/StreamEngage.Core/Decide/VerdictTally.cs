namespace StreamEngage.Decide;

/// <summary>How many candidates each trigger had and what became of them. At any time candidates = sent + suppressed + held.</summary>
internal sealed class VerdictTally(int triggers)
{
    private readonly long[] _candidates = new long[triggers];
    private readonly long[] _held = new long[triggers];
    private readonly long[] _byReason = new long[triggers * ReasonCodes.Count];
    private long _open;

    public long Candidates(int trigger) => _candidates[trigger];

    public long Held(int trigger) => _held[trigger];

    public long Sent(int trigger) => Suppressed(trigger, Reason.None);

    /// <summary>How many ended with this reason; with <see cref="Reason.None"/>, how many were sent.</summary>
    public long Suppressed(int trigger, Reason reason) => _byReason[trigger * ReasonCodes.Count + (int)reason];

    public void Count(int trigger)
    {
        // Unchecked: no lane decides as many candidates as a long counts.
        unchecked
        {
            _candidates[trigger]++;
            _open++;
        }
    }

    public void End(int trigger, Reason reason)
    {
        unchecked
        {
            _byReason[trigger * ReasonCodes.Count + (int)reason]++;
            _open--;
        }
    }

    public void Hold(int trigger)
    {
        _held[trigger]++;
        _open--;
    }

    /// <summary>A held candidate is looked at again. One that was held before this tally began counts as a candidate from now on.</summary>
    public void Release(int trigger)
    {
        if (_held[trigger] > 0) _held[trigger]--;
        else _candidates[trigger]++;
        _open++;
    }

    /// <summary>The tally ends here: what is held goes over to another one, and is no candidate of this one any more.</summary>
    public void HandOver()
    {
        for (var trigger = 0; trigger < _held.Length; trigger++)
        {
            _candidates[trigger] -= _held[trigger];
            _held[trigger] = 0;
        }
    }

    /// <summary>A candidate that another tally held is held on.</summary>
    public void TakeOver(int trigger)
    {
        _candidates[trigger]++;
        _held[trigger]++;
    }

    /// <summary>Throws when a candidate of the group that was just decided has no verdict, or one has two.</summary>
    public void AssertBalanced()
    {
        if (_open != 0) throw new InvalidOperationException($"{_open} candidates are without a verdict.");
    }
}
