using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>What is to be done about a step with which the engine threw.</summary>
internal enum FaultVerdict
{
    /// <summary>No record of it is to blame, or too much went wrong lately: a person has to look.</summary>
    NotOfARecord,

    /// <summary>It is to be made again, with fewer records.</summary>
    Searching,

    /// <summary>Its only record is to blame.</summary>
    Found,
}

/// <summary>
/// Finds the record with which the engine throws: the step is made again in halves until one record is left. That one throws once more, after the clock was
/// moved to it without it, so that no timer is taken for it; then it is unfit, and is passed over. One a lane.
/// </summary>
internal sealed class FaultSearch
{
    /// <summary>Steps of an hour that may throw: some ten unfit records. With more the lane would do little but search.</summary>
    public const int FaultsMax = 128;

    private static readonly TimeSpan _lately = TimeSpan.FromHours(1);

    private readonly Queue<DateTimeOffset> _faults = new();
    private readonly List<RecordPlace> _unfit = [];
    private InputPosition? _end;
    private RecordPlace? _suspect;
    private int _most = int.MaxValue;

    /// <summary>Where the clock is to be moved before the suspect is taken once more.</summary>
    public EventTime Before { get; private set; } = EventTime.Beginning;

    /// <summary>Records of the next step.</summary>
    /// <param name="usual">Where nothing is searched for.</param>
    public int Most(int usual) => Math.Min(usual, _most);

    /// <summary>Those of the records that are to be passed over.</summary>
    public IReadOnlyList<RecordPlace> UnfitOf(List<InputRecord> records) =>
        _unfit.Count == 0 ? [] : [.. records.Select(RecordPlace.Of).Where(_unfit.Contains)];

    /// <param name="step">The engine threw with it; nothing of it is written.</param>
    /// <param name="clock">Where the engine's clock stood then.</param>
    /// <param name="now">Of the wall clock.</param>
    public FaultVerdict Take(LaneStep step, EventTime clock, DateTimeOffset now)
    {
        if (step.Records.Count == 0 || step.Unfit.Count == step.Records.Count || AreTooMany(now)) return FaultVerdict.NotOfARecord;
        if (_end is null || !_end.Reaches(step.Applied)) _end = step.Applied;
        _most = Math.Max(1, step.Records.Count / 2);
        var place = RecordPlace.Of(step.Records[0]);
        if (step.Records.Count == 1 && place == _suspect)
        {
            _unfit.Add(place);
            (_suspect, Before) = (null, EventTime.Beginning);
            return FaultVerdict.Found;
        }
        (_suspect, Before) = (step.Records.Count == 1 ? place : null, EventTime.Beginning);
        // A record that is not taken must not move the clock past the wall clock, which as a part of the stream it could.
        if (_suspect is not null && clock > EventTime.Beginning) Before = new(Math.Min(clock.UnixMilliseconds - 1, now.ToUnixTimeMilliseconds()));
        return FaultVerdict.Searching;
    }

    /// <summary>A step is written.</summary>
    public void Passed(InputPosition applied)
    {
        if (_end is null || !applied.Reaches(_end)) return;
        (_end, _suspect, _most, Before) = (null, null, int.MaxValue, EventTime.Beginning);
        _unfit.Clear();
    }

    private bool AreTooMany(DateTimeOffset now)
    {
        while (_faults.TryPeek(out var first) && now - first >= _lately) _faults.Dequeue();
        if (_faults.Count >= FaultsMax) return true;
        _faults.Enqueue(now);
        return false;
    }
}

/// <summary>Where a record stands.</summary>
/// <param name="Topic">As the settings count them.</param>
/// <param name="Offset">Within the lane's partition of it.</param>
internal readonly record struct RecordPlace(int Topic, long Offset)
{
    public static RecordPlace Of(InputRecord record) => new(record.Topic, record.Offset);
}
