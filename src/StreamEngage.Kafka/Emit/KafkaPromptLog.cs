using System.Collections.Concurrent;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>The channel topics and the journal through one producer an instance; its journals through a few readers.</summary>
/// <remarks>
/// There is no producer before <see cref="RecoverAsync"/>, which an instance calls first: it ends what the last run left open. Where a producer is
/// missing or used up, a publication is <see cref="PublishVerdict.Unknown"/>, which leads there. A publication that has begun is not cancelled: it
/// ends by itself, in bounded time.
/// </remarks>
internal sealed class KafkaPromptLog(KafkaCluster cluster, Membership membership) : IPromptLog, IAsyncDisposable
{
    private readonly ClientThread _thread = new($"kafka-publish {cluster.Settings.InstanceId}");
    private readonly ConcurrentBag<JournalReader> _idleReaders = [];
    private readonly SemaphoreSlim _readers = new(KafkaLimits.JournalReadersMax);
    // Its thread only.
    private Publisher? _publisher;

    /// <summary>Topics that publications go to, asked for each new producer. It writes to others too, but the first record of each is late.</summary>
    public Func<IEnumerable<string>> Topics { get; init; } = () => [cluster.Settings.JournalTopic];

    public Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (lanes.Count == 0) return Task.FromResult(new PublishResult(PublishVerdict.Committed, []));
        // Claimed before anything waits: lanes that go and come back meanwhile may have been published by another instance.
        var member = membership.Claim(lanes.Select(lane => lane.Lane));
        return _thread.RunAsync(() => Publish(lanes, member));
    }

    public async Task RecoverAsync(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (await _thread.RunAsync(TryRenew)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(KafkaLimits.RetryMilliseconds), cluster.Time, stop);
        }
    }

    public async Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop)
    {
        await _readers.WaitAsync(stop);
        try
        {
            if (!_idleReaders.TryTake(out var reader)) reader = new(cluster);
            try
            {
                return await reader.ReadAsync(lane, from, stop);
            }
            finally
            {
                _idleReaders.Add(reader);
            }
        }
        finally
        {
            _readers.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _thread.RunAsync(Drop);
        _thread.Dispose();
        while (_idleReaders.TryTake(out var reader)) await reader.DisposeAsync();
        _readers.Dispose();
    }

    private PublishResult Publish(IReadOnlyList<LanePublication> lanes, Func<IConsumerGroupMetadata?> member)
    {
        var result = _publisher?.Publish(lanes, member) ?? PublishResult.Of(PublishVerdict.Unknown);
        // What a producer does not know, it must not go on from.
        if (result.Verdict == PublishVerdict.Unknown) Drop();
        return result;
    }

    private bool TryRenew()
    {
        Drop();
        Publisher fresh = cluster.Settings.Delivery == Delivery.ExactlyOnce
            ? new TransactionalPublisher(cluster, membership)
            : new IdempotentPublisher(cluster, membership);
        try
        {
            fresh.Begin(Topics());
            _publisher = fresh;
            return true;
        }
        catch (KafkaException failure)
        {
            cluster.Said($"start of transactions: {failure.Error.Code}: {failure.Error.Reason}");
            fresh.Dispose();
            return false;
        }
    }

    private bool Drop()
    {
        _publisher?.Dispose();
        _publisher = null;
        return true;
    }
}
