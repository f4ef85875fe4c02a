namespace StreamEngage.Ingest;

/// <summary>What became of the records of a source: each is counted once.</summary>
internal sealed class IntakeCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<Decoded>().Length];

    public long Admitted { get; set; }

    /// <summary>Well-formed, but older than the clock by the lateness or more.</summary>
    public long Late { get; set; }

    /// <summary>Of users who sent more than one may.</summary>
    public long Overflowed { get; set; }

    public long Quarantined => _refused.Sum();

    public long Refused(Decoded reason) => _refused[(int)reason];

    public Decoded Refuse(Decoded reason)
    {
        _refused[(int)reason]++;
        return reason;
    }
}
