using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage;

/// <summary>
/// What came of prompts over all lanes of a source. Time is cut in steps; the version that is in force during a step has all that was counted before
/// the step began, and nothing of the step itself.
/// </summary>
internal sealed class PipelineStatistics(CompiledRulebook rulebook)
{
    private readonly long _every = rulebook.Definition.Policy.StatisticsMilliseconds;
    private readonly OutcomeTally _since = new(rulebook);

    /// <summary>What decisions read.</summary>
    public GlobalStatistics InForce { get; private set; } = GlobalStatistics.None(rulebook);

    /// <summary>Everything counted so far, what is not in force yet included.</summary>
    public OutcomeTally Total => InForce.Tally.Plus(_since);

    /// <summary>The first instant that belongs to the next step.</summary>
    public EventTime NextStep { get; private set; } = EventTime.Beginning;

    /// <summary>Something was counted that is not in force yet.</summary>
    public bool IsCounting => !_since.IsEmpty;

    public void Add(OutcomeTally outcomes) => _since.Add(outcomes);

    public void Add(StepOutput output)
    {
        foreach (var outcome in output.Outcomes) _since.Add(outcome);
        foreach (var move in output.Moves) _since.Add(move);
    }

    /// <summary>A step is over: what it counted is in force from now on. False when it counted nothing.</summary>
    public bool Freeze()
    {
        if (_since.IsEmpty) return false;
        InForce = InForce.Plus(_since);
        _since.Clear();
        return true;
    }

    /// <summary>Nothing happens before an instant: the step that contains it is the current one, or the next where that is later.</summary>
    public void PassTo(EventTime at) => NextStep = EventTime.Max(StepAfter(at), NextStep + (NextStep == EventTime.Beginning ? 0 : _every));

    /// <summary>Goes on where a former owner stood: <see cref="NextStep"/> is not stored with what was counted.</summary>
    public void StandBefore(EventTime nextStep) => NextStep = nextStep;

    /// <summary>Forgets what is not in force.</summary>
    public void Clear() => _since.Clear();

    /// <summary>The first border of two steps after an instant.</summary>
    public EventTime StepAfter(EventTime at) => new((Math.DivRem(at.UnixMilliseconds, _every) is var (steps, rest) && rest < 0 ? steps : steps + 1) * _every);

    /// <summary>Writes nothing while nothing was counted.</summary>
    public void Write(RecordWriter to)
    {
        if (InForce.Version > 0 || !_since.IsEmpty) new StatisticsCodec(rulebook).Write(InForce, _since, to);
    }

    /// <summary>Goes on from what was counted under another rulebook, as far as it is about the same.</summary>
    public void TakeOver(PipelineStatistics former)
    {
        var record = new RecordWriter();
        former.Write(record);
        var isRead = record.Length == 0 || TryRead(record.Written);
        if (!isRead) throw new InvalidOperationException("What was counted under one rulebook is not read under the next.");
    }

    /// <summary>False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record)
    {
        var isRead = new StatisticsCodec(rulebook).TryRead(record, out var inForce, _since);
        InForce = inForce;
        return isRead;
    }
}
