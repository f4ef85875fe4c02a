using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>
/// <c>delivery: at_least_once</c>. Nothing is taken back, so the journal is written when all that it lists is there: a crash in between has the
/// commands published again under the same ids, and none is ever listed that is not there.
/// </summary>
internal sealed class IdempotentPublisher(KafkaCluster cluster, Membership membership) : Publisher(cluster, membership)
{
    protected override void Open()
    {
        // There is nothing to end: without a transaction what was sent is visible.
    }

    public override PublishResult Publish(IReadOnlyList<LanePublication> lanes, Func<IConsumerGroupMetadata?> member)
    {
        if (member() is null) return PublishResult.Of(PublishVerdict.Fenced);
        var reports = new DeliveryReports(lanes.Count);
        try
        {
            SendRecords(lanes, reports);
            if (!reports.TryAwaitAll(CallWait)) return Unknown(reports.Failure);
            SendJournal(lanes, reports);
            if (!reports.TryAwaitAll(CallWait)) return Unknown(reports.Failure);
        }
        catch (KafkaException failure)
        {
            return Unknown(failure.Error);
        }
        ShowProgress(lanes);
        return new(PublishVerdict.Committed, reports.JournalEnds);
    }

    private void ShowProgress(IReadOnlyList<LanePublication> lanes)
    {
        try
        {
            Progress(Applied(lanes));
        }
        catch (KafkaException failure)
        {
            // Only dashboards read these offsets, and the next publication brings newer ones.
            Cluster.Said($"offsets not shown: {failure.Error.Code}: {failure.Error.Reason}");
        }
    }

    private PublishResult Unknown(Error? failure)
    {
        Cluster.Said($"publication: {(failure is null ? "no acknowledgement in time" : $"{failure.Code}: {failure.Reason}")}");
        return PublishResult.Of(PublishVerdict.Unknown);
    }
}
