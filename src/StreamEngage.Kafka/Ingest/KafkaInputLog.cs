using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>
/// The input topics through one consumer of the group. The group deals out the partitions of the first topic; those of the others go where the first's
/// go, without the group: no assignor that moves lanes one by one promises to keep partition n of two topics together. <see cref="Seek"/>,
/// <see cref="Pause"/> and <see cref="Resume"/> may be called from any thread and hold from the next wait inside the client on; when <c>stop</c> is
/// cancelled, a poll returns what it has.
/// </summary>
internal sealed class KafkaInputLog : IInputLog, IAsyncDisposable
{
    private readonly KafkaCluster _cluster;
    private readonly IReadOnlyList<string> _topics;
    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly ClientThread _thread;
    private readonly Handover _handover = new();
    private readonly OwnedLanes _owned;
    // The client's thread fills it during a poll, its awaiter reads it between two.
    private readonly Polled _polled = new();
    // Client's thread only: what a call back inside the client has to leave to be done when the client has returned.
    private readonly HashSet<int> _arrived = [];
    private readonly HashSet<int> _left = [];
    // Lanes whose partitions of the other topics the client has.
    private readonly HashSet<int> _accompanied = [];
    private readonly List<Wish> _wishes = [];
    private bool _isClosing;
    private long _woken;

    public KafkaInputLog(KafkaCluster cluster)
    {
        (_cluster, _topics) = (cluster, cluster.Settings.Read);
        _owned = new(_topics.Count);
        _consumer = cluster.InputConsumer()
            .SetPartitionsAssignedHandler((_, partitions) => Arrive([.. partitions.Select(one => one.Partition.Value)]))
            .SetPartitionsRevokedHandler((_, partitions) => Leave([.. partitions.Select(one => one.Partition.Value)]))
            .SetPartitionsLostHandler((_, partitions) => Vanish([.. partitions.Select(one => one.Partition.Value)]))
            .Build();
        _thread = new($"kafka-input {cluster.Settings.GroupId}");
        _consumer.Subscribe(_topics[0]);
    }

    public int Topics => _topics.Count;

    public Func<IReadOnlyList<int>, Task>? Revoking { get; set; }

    public async Task<Polled> PollAsync(TimeSpan wait, int recordsMax, CancellationToken stop)
    {
        var polling = _thread.RunAsync(() => Poll(wait, recordsMax, stop));
        await _handover.AnswerAsync(Revoking);
        return await polling;
    }

    public void Seek(int lane, InputPosition from) => Want(new(lane, WishKind.Seek, from));

    public void Pause(int lane) => Want(new(lane, WishKind.Pause, null));

    public void Resume(int lane) => Want(new(lane, WishKind.Resume, null));

    public async Task<InputPosition> BeginningAsync(int lane, CancellationToken stop)
    {
        List<long> lows = [];
        while (lows.Count < _topics.Count)
        {
            var partition = new TopicPartition(_topics[lows.Count], lane);
            // Blocks, so it has a thread of its own for as long as it takes: the client's is needed for the polls.
            var low = await Task.Factory.StartNew(() => LowOf(partition), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (low is { } first) lows.Add(first);
            else await Task.Delay(TimeSpan.FromMilliseconds(KafkaLimits.RetryMilliseconds), _cluster.Time, stop);
        }
        return new(lows);
    }

    /// <summary>
    /// The fence of a publication that begins now, between two polls: asked for later it gives this instance's membership if it still has all of these
    /// lanes, and had them without a break. Null: it must not publish.
    /// </summary>
    /// <remarks>
    /// The order matters. Lanes are taken off before their loss is acknowledged, and only after that does the group let this instance into a newer
    /// generation; so if all lanes are still here after the membership was read, it is of a generation that had them. A member that was thrown out has
    /// an empty id until it has joined again, and brokers check nothing of a nameless member: hence the name before and after.
    /// </remarks>
    public Func<IConsumerGroupMetadata?> Claim(IEnumerable<int> lanes)
    {
        var claim = _owned.Claim(lanes);
        return () => claim is null ? null : MembershipFor(claim);
    }

    private IConsumerGroupMetadata? MembershipFor(IReadOnlyList<LaneReading> claim)
    {
        var member = _consumer.MemberId;
        if (string.IsNullOrEmpty(member)) return null;
        var membership = _consumer.ConsumerGroupMetadata;
        return _consumer.MemberId == member && _owned.Holds(claim) ? membership : null;
    }

    /// <summary>Shows the group's dashboards how far this instance is, in a while; nothing reads on from there.</summary>
    public void ShowProgress(IEnumerable<TopicPartitionOffset> applied)
    {
        foreach (var next in applied) _consumer.StoreOffset(next);
    }

    /// <summary>Leaves the group. Lanes that are still here go without <see cref="Revoking"/>: finish them before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _thread.RunAsync(Close);
        _thread.Dispose();
        _handover.Dispose();
    }

    /// <summary>Null: no answer now.</summary>
    private long? LowOf(TopicPartition partition)
    {
        try
        {
            return _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromMilliseconds(KafkaLimits.RequestMilliseconds)).Low.Value;
        }
        catch (KafkaException failure) when (!failure.Error.IsFatal)
        {
            _cluster.Said($"beginning of {partition}: {failure.Error.Code}: {failure.Error.Reason}");
            return null;
        }
    }

    private bool Close()
    {
        _isClosing = true;
        try
        {
            _consumer.Close();
        }
        catch (KafkaException left)
        {
            // The group finds out by the session's end.
            _cluster.Said($"leaving the group: {left.Error.Reason}");
        }
        _consumer.Dispose();
        return true;
    }

    private Polled Poll(TimeSpan wait, int recordsMax, CancellationToken stop)
    {
        _polled.Clear();
        var began = _cluster.Time.GetTimestamp();
        Wake(began);
        try
        {
            var left = wait;
            while (_polled.Records.Count < recordsMax && !stop.IsCancellationRequested)
            {
                GrantWishes();
                var record = Consume(_polled.IsEmpty ? Slice(left) : TimeSpan.Zero);
                left = wait - _cluster.Time.GetElapsedTime(began);
                if (record is not null) Take(record);
                // What is there is taken at once, up to the most; only for the first is there a wait.
                else if (!_polled.IsEmpty || left <= TimeSpan.Zero) break;
                if (_polled.IsEmpty && left <= TimeSpan.Zero) break;
            }
            return _polled;
        }
        finally
        {
            _handover.End();
        }
    }

    // The library's own thread looks at the group when something wakes it, else once a second. Being asked wakes it.
    private void Wake(long now)
    {
        if (_cluster.Time.GetElapsedTime(_woken, now) < TimeSpan.FromMilliseconds(KafkaLimits.WakeMilliseconds)) return;
        _woken = now;
        _ = _consumer.MemberId;
    }

    private static TimeSpan Slice(TimeSpan left)
    {
        var slice = TimeSpan.FromMilliseconds(KafkaLimits.SliceMilliseconds);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < slice ? left : slice;
    }

    private ConsumeResult<Ignore, byte[]>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal)
        {
            Refuse(failure);
            return null;
        }
        finally
        {
            Settle();
        }
    }

    private void Refuse(ConsumeException failure)
    {
        _cluster.Said($"{failure.ConsumerRecord.TopicPartitionOffset}: {failure.Error.Code}: {failure.Error.Reason}");
        if (failure.Error.Code != ErrorCode.Local_AutoOffsetReset || _owned.Find(failure.ConsumerRecord.Partition.Value) is not { } lane) return;
        lane.Begin(TopicOf(failure.ConsumerRecord.Topic));
        lane.Lose();
        if (!_polled.Gone.Contains(lane.Lane)) _polled.Gone.Add(lane.Lane);
    }

    private void Take(ConsumeResult<Ignore, byte[]> record)
    {
        if (_owned.Find(record.Partition.Value) is not { } lane) return;
        var topic = TopicOf(record.Topic);
        // Stands still from now on, until it is sought.
        if (lane.Begin(topic)) _consumer.Pause([record.TopicPartition]);
        if (record.IsPartitionEOF)
        {
            if (lane.IsEnd(topic, record.Offset.Value)) _polled.Ends.Add((lane.Lane, topic));
            return;
        }
        if (!lane.TryPass(topic, record.Offset.Value)) return;
        _polled.Ends.Remove((lane.Lane, topic));
        _polled.Records.Add(new(lane.Lane, topic, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs, record.Message.Value));
    }

    private int TopicOf(string name)
    {
        var topic = 0;
        while (_topics[topic] != name) topic++;
        return topic;
    }

    private IEnumerable<TopicPartitionOffset> Arrive(List<int> lanes)
    {
        foreach (var lane in lanes) _owned.Add(lane);
        _polled.Assigned.AddRange(lanes);
        _arrived.UnionWith(lanes);
        return lanes.Select(lane => AtEnd(new(_topics[0], lane)));
    }

    // The end is where the least comes until the lane is sought. Any committed offset is left aside.
    private static TopicPartitionOffset AtEnd(TopicPartition partition) => new(partition, Offset.End);

    private void Leave(List<int> lanes)
    {
        var known = lanes.Where(lane => !_polled.Assigned.Contains(lane)).ToList();
        if (known.Count > 0 && !_isClosing) _handover.Ask(known);
        _polled.Revoked.AddRange(known);
        Forget(lanes);
    }

    private void Vanish(List<int> lanes)
    {
        _polled.Lost.AddRange(lanes.Where(lane => !_polled.Assigned.Contains(lane)));
        Forget(lanes);
    }

    private void Forget(List<int> lanes)
    {
        foreach (var lane in lanes) _owned.Remove(lane);
        _left.UnionWith(lanes);
        _arrived.ExceptWith(lanes);
        // The awaiter has not seen this poll: it shall not get records of a lane that is gone, nor hear of one that came and went.
        _polled.Assigned.RemoveAll(lanes.Contains);
        _polled.Records.RemoveAll(record => lanes.Contains(record.Lane));
        _polled.Ends.RemoveAll(end => lanes.Contains(end.Lane));
        _polled.Gone.RemoveAll(lanes.Contains);
        lock (_wishes) _wishes.RemoveAll(wish => lanes.Contains(wish.Lane));
    }

    // The client takes only what the group deals out inside its call back, so the companions follow here.
    private void Settle()
    {
        if (_left.Count + _arrived.Count == 0) return;
        var alone = _left.Where(_accompanied.Remove).SelectMany(CompanionsOf).ToList();
        if (alone.Count > 0) _consumer.IncrementalUnassign(alone);
        var companions = _arrived.Where(_accompanied.Add).SelectMany(CompanionsOf).Select(AtEnd).ToList();
        if (companions.Count > 0) _consumer.IncrementalAssign(companions);
        _left.Clear();
        _arrived.Clear();
    }

    private IEnumerable<TopicPartition> PartsOf(int lane) => _topics.Select(topic => new TopicPartition(topic, lane));

    private IEnumerable<TopicPartition> CompanionsOf(int lane) => PartsOf(lane).Skip(1);

    private void Want(Wish wish)
    {
        lock (_wishes) _wishes.Add(wish);
    }

    // On the client's thread and between two of its polls: nothing that was fetched for the old place can come through afterwards.
    private void GrantWishes()
    {
        lock (_wishes)
        {
            foreach (var wish in _wishes)
                if (_owned.Find(wish.Lane) is { } lane) Grant(wish, lane);
            _wishes.Clear();
        }
        foreach (var lane in _owned.All)
            if (lane is { IsSeekDue: true, IsPaused: false, HasBegun: true } && TrySeek(lane)) lane.Sought();
    }

    private void Grant(Wish wish, LaneReading lane)
    {
        switch (wish.Kind)
        {
            case WishKind.Seek:
                lane.Seek(wish.From!);
                break;
            case WishKind.Pause when !lane.IsPaused:
                lane.Pause();
                if (lane.HasBegun) _consumer.Pause(PartsOf(lane.Lane));
                break;
            case WishKind.Resume when lane.IsPaused:
                lane.Resume();
                break;
        }
    }

    private bool TrySeek(LaneReading lane)
    {
        var places = PartsOf(lane.Lane).Select((partition, topic) => new TopicPartitionOffset(partition, lane.Next(topic))).ToList();
        try
        {
            if (lane.IsGone) Reassign(lane.Lane, places);
            else foreach (var place in places) _consumer.Seek(place);
            _consumer.Resume(PartsOf(lane.Lane));
            return true;
        }
        catch (KafkaException early) when (early.Error.Code is ErrorCode.Local_State or ErrorCode.Local_PrevInProgress or ErrorCode.Local_TimedOut)
        {
            // The client has not begun with a partition that it was given a moment ago: tried again after the next wait.
            return false;
        }
    }

    // The client does not seek in a partition that it has given up.
    private void Reassign(int lane, List<TopicPartitionOffset> places)
    {
        _consumer.IncrementalUnassign(PartsOf(lane));
        _consumer.IncrementalAssign(places);
    }

    private enum WishKind { Seek, Pause, Resume }

    private readonly record struct Wish(int Lane, WishKind Kind, InputPosition? From);
}
