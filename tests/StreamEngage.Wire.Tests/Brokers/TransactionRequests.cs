namespace StreamEngage.Brokers;

/// <summary>Producers begin and end transactions, and send offsets in them.</summary>
internal sealed class TransactionRequests
{
    private readonly TestBroker _broker;

    private TransactionRequests(TestBroker broker) => _broker = broker;

    public static IEnumerable<BrokerApi> Apis(TestBroker broker)
    {
        var requests = new TransactionRequests(broker);
        var isOf25 = broker.Plan.Version >= new Version(2, 5);
        yield return BrokerApi.AtOnce(broker, 22, isOf25 ? (short)3 : (short)1, requests.Begin) with { FlexibleSince = 2, MayLoseAnswers = true };
        yield return BrokerApi.AtOnce(broker, 24, 0, requests.AddPartitions) with { MayLoseAnswers = true };
        yield return BrokerApi.AtOnce(broker, 25, 0, requests.AddGroup) with { MayLoseAnswers = true };
        yield return BrokerApi.AtOnce(broker, 26, 1, requests.End) with { MayLoseAnswers = true };
        yield return BrokerApi.AtOnce(broker, 28, isOf25 ? (short)3 : (short)2, requests.SendOffsets) with { FlexibleSince = 3, MayLoseAnswers = true };
    }

    private void Begin(RequestReader request, ResponseWriter response)
    {
        var (id, timeout) = (request.NullableText(), TimeSpan.FromMilliseconds(request.Int32()));
        (long, short)? former = request.Version >= 3 ? (request.Int64(), request.Int16()) : null;
        var (error, producer, epoch) = id is null
            ? (BrokerError.None, _broker.Transactions.NewProducer(), (short)0)
            : _broker.Transactions.Begin(id, timeout, former, DateTime.UtcNow);
        response.NoThrottle().Error(error).Int64(producer).Int16(epoch).Tags();
    }

    private void AddPartitions(RequestReader request, ResponseWriter response)
    {
        var (id, producer, epoch) = (request.Text(), request.Int64(), request.Int16());
        var topics = request.List(() => (Name: request.Text(), Partitions: request.List(request.Int32)));
        var places = topics.SelectMany(topic => topic.Partitions.Select(partition => (topic.Name, partition)));
        var error = places.Any(place => _broker.Log(place.Name, place.partition) is null)
            ? BrokerError.UnknownTopicOrPartition
            : _broker.Transactions.Add(id, producer, epoch, (partitions, _) => partitions.UnionWith(places), DateTime.UtcNow);
        response.NoThrottle().List(topics, topic =>
            response.Text(topic.Name).List(topic.Partitions, partition => response.Int32(partition).Error(error)));
    }

    private void AddGroup(RequestReader request, ResponseWriter response)
    {
        var (id, producer, epoch, group) = (request.Text(), request.Int64(), request.Int16(), request.Text());
        response.NoThrottle().Error(_broker.Transactions.Add(id, producer, epoch, (_, groups) => groups.Add(group), DateTime.UtcNow));
    }

    private void End(RequestReader request, ResponseWriter response) => response.NoThrottle().Error(
        _broker.Transactions.End(request.Text(), request.Int64(), request.Int16(), request.Flag(), DateTime.UtcNow));

    private void SendOffsets(RequestReader request, ResponseWriter response)
    {
        request.Text();
        var (group, producer, epoch) = (_broker.Group(request.Text()), request.Int64(), request.Int16());
        var (generation, member) = request.Version >= 3 ? (request.Int32(), request.Text()) : (-1, "");
        if (request.Version >= 3) request.NullableText();
        var topics = request.List(() =>
        {
            var topic = (Name: request.Text(), Places: request.List(() =>
            {
                var (partition, offset) = (request.Int32(), request.Int64());
                if (request.Version >= 2) request.Int32();
                var place = (Partition: partition, Offset: new CommittedOffset(offset, request.NullableText()));
                request.SkipTags();
                return place;
            }));
            request.SkipTags();
            return topic;
        });
        var error = group.MayCommit(member, generation, inTransaction: true);
        response.NoThrottle().List(topics, topic => response.Text(topic.Name).List(topic.Places, place =>
        {
            if (error == BrokerError.None && !group.Offsets.TryPend(producer, epoch, topic.Name, place.Partition, place.Offset))
                error = BrokerError.InvalidProducerEpoch;
            response.Int32(place.Partition).Error(error).Tags();
        }).Tags()).Tags();
    }
}
