using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>Everything of a publication in one transaction, fenced by the group's generation and by the transactional id.</summary>
internal sealed class TransactionalPublisher(KafkaCluster cluster, Membership group) : Publisher(cluster, group)
{
    private static readonly TimeSpan ReportsWait = TimeSpan.FromMilliseconds(KafkaLimits.ReportsMilliseconds);

    protected override void Open() => Producer.InitTransactions(TimeSpan.FromMilliseconds(KafkaLimits.StartMilliseconds));

    public override PublishResult Publish(IReadOnlyList<LanePublication> lanes, Func<IConsumerGroupMetadata?> member)
    {
        if (member() is null) return PublishResult.Of(PublishVerdict.Fenced);
        var reports = new DeliveryReports(lanes.Count);
        try
        {
            Producer.BeginTransaction();
            SendRecords(lanes, reports);
            SendJournal(lanes, reports);
            if (member() is not { } membership) return Abort(PublishVerdict.Fenced);
            // Also when no offset moved: this is where a broker compares generations and turns a former owner away.
            Producer.SendOffsetsToTransaction(Applied(lanes), membership, CallWait);
            // The commit waits for them as well, but looks only every 10 ms. Whatever keeps them away is for the commit to say.
            reports.TryAwaitAll(ReportsWait);
        }
        catch (KafkaException failure)
        {
            // The end was not asked for, so none of it can become visible.
            return Abort(VerdictOn(failure.Error));
        }
        return Commit(reports);
    }

    private PublishResult Commit(DeliveryReports reports)
    {
        try
        {
            Producer.CommitTransaction(CallWait);
            return reports.TryAwaitAll(CallWait) ? new(PublishVerdict.Committed, reports.JournalEnds) : PublishResult.Of(PublishVerdict.Unknown);
        }
        catch (KafkaTxnRequiresAbortException failure)
        {
            return Abort(VerdictOn(failure.Error));
        }
        catch (KafkaException failure)
        {
            // The request to commit may have arrived. Nothing more may be asked of this producer: an abort now could contradict it.
            Cluster.Said($"commit of a transaction: {failure.Error.Code}: {failure.Error.Reason}");
            return PublishResult.Of(PublishVerdict.Unknown);
        }
    }

    /// <summary>Only an abort that was acknowledged makes certain that the next transaction can begin.</summary>
    private PublishResult Abort(PublishVerdict verdict)
    {
        try
        {
            Producer.AbortTransaction(CallWait);
            return PublishResult.Of(verdict);
        }
        catch (KafkaException failure)
        {
            Cluster.Said($"abort of a transaction: {failure.Error.Code}: {failure.Error.Reason}");
            return PublishResult.Of(PublishVerdict.Unknown);
        }
    }

    private PublishVerdict VerdictOn(Error error)
    {
        Cluster.Said($"transaction aborted: {error.Code}: {error.Reason}");
        return error.Code is ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId
            or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced or ErrorCode.Local_Fenced
            ? PublishVerdict.Fenced
            : PublishVerdict.Aborted;
    }
}
