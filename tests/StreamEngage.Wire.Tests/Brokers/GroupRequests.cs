namespace StreamEngage.Brokers;

/// <summary>Members of groups come, stay, commit and go.</summary>
internal sealed class GroupRequests
{
    private readonly TestBroker _broker;

    private GroupRequests(TestBroker broker) => _broker = broker;

    public static IEnumerable<BrokerApi> Apis(TestBroker broker)
    {
        var requests = new GroupRequests(broker);
        // What is not yet certain can be waited for since 2.5.
        var tellsStable = broker.Plan.Version >= new Version(2, 5);
        yield return BrokerApi.AtOnce(broker, 8, 7, requests.Commit);
        yield return BrokerApi.AtOnce(broker, 9, tellsStable ? (short)7 : (short)5, requests.Offsets) with { FlexibleSince = 6 };
        yield return new(11, 5, requests.JoinAsync);
        yield return BrokerApi.AtOnce(broker, 12, 3, requests.Beat);
        yield return BrokerApi.AtOnce(broker, 13, 1, requests.Leave);
        yield return new(14, 3, requests.SyncAsync);
    }

    private async Task<bool> JoinAsync(RequestReader request, ResponseWriter response)
    {
        var group = request.Text();
        var session = TimeSpan.FromMilliseconds(request.Int32());
        var rebalance = request.Version >= 1 ? TimeSpan.FromMilliseconds(request.Int32()) : session;
        var member = request.Text();
        if (request.Version >= 5) request.NullableText();
        request.Text();
        var protocols = request.List(() => (request.Text(), request.Bytes()));
        var joined = await _broker.Alone(() =>
            _broker.Group(group).JoinAsync(new(member, session, rebalance, protocols), mustKnowItsId: request.Version >= 4, DateTime.UtcNow));
        if (request.Version >= 2) response.NoThrottle();
        response.Error(joined.Error).Int32(joined.Generation).Text(joined.Protocol).Text(joined.Leader).Text(joined.Member);
        response.List(joined.Others, other =>
        {
            response.Text(other.Id);
            if (request.Version >= 5) response.Text(null);
            response.Bytes(other.Metadata);
        });
        return true;
    }

    private async Task<bool> SyncAsync(RequestReader request, ResponseWriter response)
    {
        var (group, generation, member) = (request.Text(), request.Int32(), request.Text());
        if (request.Version >= 3) request.NullableText();
        var dealt = request.List(() => (request.Text(), request.Bytes()));
        var synced = await _broker.Alone(() => _broker.Group(group).SyncAsync(member, generation, dealt, DateTime.UtcNow));
        if (request.Version >= 1) response.NoThrottle();
        response.Error(synced.Error).Bytes(synced.Assignment);
        return true;
    }

    private void Beat(RequestReader request, ResponseWriter response)
    {
        var (group, generation, member) = (request.Text(), request.Int32(), request.Text());
        if (request.Version >= 1) response.NoThrottle();
        response.Error(_broker.Group(group).Beat(member, generation, DateTime.UtcNow));
    }

    private void Leave(RequestReader request, ResponseWriter response)
    {
        var (group, member) = (request.Text(), request.Text());
        if (request.Version >= 1) response.NoThrottle();
        response.Error(_broker.Group(group).Leave(member, DateTime.UtcNow));
    }

    private void Commit(RequestReader request, ResponseWriter response)
    {
        var group = _broker.Group(request.Text());
        var (generation, member) = request.Version >= 1 ? (request.Int32(), request.Text()) : (-1, "");
        if (request.Version is >= 2 and <= 4) request.Int64();
        if (request.Version >= 7) request.NullableText();
        var topics = request.List(() => (Name: request.Text(), Places: request.List(() =>
        {
            var (partition, offset) = (request.Int32(), request.Int64());
            if (request.Version >= 6) request.Int32();
            if (request.Version == 1) request.Int64();
            return (Partition: partition, Offset: new CommittedOffset(offset, request.NullableText()));
        })));
        var error = group.MayCommit(member, generation, inTransaction: false);
        if (request.Version >= 3) response.NoThrottle();
        response.List(topics, topic => response.Text(topic.Name).List(topic.Places, place =>
        {
            if (error == BrokerError.None) group.Offsets.Commit(topic.Name, place.Partition, place.Offset);
            response.Int32(place.Partition).Error(error);
        }));
    }

    private void Offsets(RequestReader request, ResponseWriter response)
    {
        var offsets = _broker.Group(request.Text()).Offsets;
        var topics = request.NullableList(() =>
        {
            var topic = (Name: request.Text(), Partitions: request.List(request.Int32));
            request.SkipTags();
            return topic;
        }) ?? [.. offsets.Places.GroupBy(place => place.Topic).Select(places => (places.Key, places.Select(place => place.Partition).ToList()))];
        var mustBeStable = request.Version >= 7 && request.Flag();
        if (request.Version >= 3) response.NoThrottle();
        response.List(topics, topic => response.Text(topic.Name).List(topic.Partitions, partition =>
        {
            var isOpen = mustBeStable && offsets.IsPending(topic.Name, partition);
            var known = isOpen ? null : offsets.Find(topic.Name, partition);
            response.Int32(partition).Int64(known?.Offset ?? -1);
            if (request.Version >= 5) response.Int32(-1);
            response.Text(known?.Metadata ?? "").Error(isOpen ? BrokerError.UnstableOffsetCommit : BrokerError.None).Tags();
        }).Tags());
        if (request.Version >= 2) response.Error(BrokerError.None);
        response.Tags();
    }
}
