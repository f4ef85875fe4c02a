using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Ingest;

/// <summary>What the clock says of an event that was decoded.</summary>
public enum Admission
{
    /// <summary>In time, or late but young enough: it is applied.</summary>
    Admitted,

    /// <summary>Older than the clock by the policy's lateness or more: counted, no effect but that of a word on consent, channels or outcomes.</summary>
    TooLate,

    /// <summary>Later than its ingest time by more than the policy allows: quarantined, moves nothing.</summary>
    FromTheFuture,
}

/// <summary>The clock of one source: event time that never goes back, and the verdict on each event's time.</summary>
internal sealed class StreamClock(TimePolicy policy)
{
    /// <summary>Where the clock stands.</summary>
    public EventTime Now { get; private set; } = EventTime.Beginning;

    /// <summary>The clock's position after an event of this time, not moved yet.</summary>
    public EventTime After(EventTime at) => EventTime.Max(Now, at - policy.DisorderMilliseconds);

    public Admission Judge(EventTime at, EventTime ingested)
    {
        if (at - ingested > policy.FutureMilliseconds) return Admission.FromTheFuture;
        return Now - at >= policy.LatenessMilliseconds && at < Now ? Admission.TooLate : Admission.Admitted;
    }

    public void MoveTo(EventTime at) => Now = EventTime.Max(Now, at);
}
