using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Ingest;

namespace StreamEngage.Host.Runs;

/// <summary>Offers records to an engine; what is refused, by their file's form or by the engine, goes to quarantine.</summary>
/// <param name="run">The engine.</param>
/// <param name="ingested">When a record is taken in; asked once a block of records.</param>
/// <param name="quarantine">Takes what is refused.</param>
internal sealed class RowIntake(PipelineRun run, Func<EventTime> ingested, Quarantine quarantine)
{
    private EventTime _now;

    /// <summary>Records offered, refused ones included.</summary>
    public long Read { get; private set; }

    public Quarantine Quarantine => quarantine;

    public void Offer(in FeedRow row)
    {
        if (Read++ % Limits.BatchEventsMax == 0) _now = ingested();
        if (row.Fault is { } fault)
        {
            run.Counters.Refuse(Refusal.CountedAs(fault));
            quarantine.Add(row, fault);
            return;
        }
        var decoded = row.OfferTo(run, _now);
        if (decoded != Decoded.Event) quarantine.Add(row, Refusal.Of(decoded));
    }
}
