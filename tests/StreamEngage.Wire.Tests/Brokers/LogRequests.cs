namespace StreamEngage.Brokers;

/// <summary>Records are written and read.</summary>
internal sealed class LogRequests
{
    private const long Latest = -1, Earliest = -2;

    private readonly TestBroker _broker;

    private LogRequests(TestBroker broker) => _broker = broker;

    public static IEnumerable<BrokerApi> Apis(TestBroker broker)
    {
        var requests = new LogRequests(broker);
        yield return new(0, 7, (request, response) => Task.FromResult(broker.Alone(() => requests.Produce(request, response))));
        yield return new(1, 11, requests.FetchAsync);
        yield return BrokerApi.AtOnce(broker, 2, 2, requests.Offsets);
    }

    private bool Produce(RequestReader request, ResponseWriter response)
    {
        if (request.Version >= 3) request.NullableText();
        var acknowledgements = request.Int16();
        request.Int32();
        var topics = request.List(() => (Name: request.Text(), Partitions: request.List(() => (Partition: request.Int32(), Records: request.Bytes()))));
        var now = TestBroker.Now;
        response.List(topics, topic => response.Text(topic.Name).List(topic.Partitions, one =>
        {
            var (error, first) = Append(topic.Name, one.Partition, one.Records, now);
            response.Int32(one.Partition).Error(error).Int64(first);
            if (request.Version >= 2) response.Int64(-1);
            if (request.Version >= 5) response.Int64(0);
        }));
        if (request.Version >= 1) response.NoThrottle();
        _broker.Changed();
        return acknowledgements != 0;
    }

    private (BrokerError Error, long First) Append(string topic, int partition, byte[] records, long now)
    {
        if (_broker.Log(topic, partition) is not { } log) return (BrokerError.UnknownTopicOrPartition, -1);
        var outcome = (Error: BrokerError.None, First: -1L);
        foreach (var batch in RecordBatch.Read(records))
        {
            outcome = log.Append(batch, now);
            if (outcome.Error != BrokerError.None) break;
        }
        return outcome;
    }

    private async Task<bool> FetchAsync(RequestReader request, ResponseWriter response)
    {
        var fetch = Fetch.Read(request);
        // As much as is asked for, or what there is when the wait is over.
        for (var until = DateTime.UtcNow + fetch.Wait; _broker.Alone(() => BytesOf(fetch)) < fetch.BytesMin && DateTime.UtcNow < until;)
            await _broker.ChangeAsync(until - DateTime.UtcNow is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero);
        return _broker.Alone(() =>
        {
            Answer(fetch, request.Version, response);
            return true;
        });
    }

    private int BytesOf(Fetch fetch)
    {
        var bytes = 0;
        foreach (var (topic, places) in fetch.Topics)
            foreach (var place in places)
            {
                // A place that is none is told at once.
                if (_broker.Log(topic, place.Partition) is not { } log || place.From > log.End) return int.MaxValue;
                bytes += log.Read(place.From, fetch.IsCommittedOnly ? log.Stable : log.End, place.BytesMax).Sum(batch => batch.Bytes.Length);
            }
        return bytes;
    }

    private void Answer(Fetch fetch, short version, ResponseWriter response)
    {
        response.NoThrottle();
        if (version >= 7) response.Error(BrokerError.None).Int32(0);
        response.List(fetch.Topics, topic => response.Text(topic.Name).List(topic.Places, place =>
        {
            var log = _broker.Log(topic.Name, place.Partition);
            var error = log is null ? BrokerError.UnknownTopicOrPartition
                : place.From < 0 || place.From > log.End ? BrokerError.OffsetOutOfRange : BrokerError.None;
            var before = log is null ? 0 : fetch.IsCommittedOnly ? log.Stable : log.End;
            response.Int32(place.Partition).Error(error).Int64(log?.End ?? -1).Int64(log?.Stable ?? -1);
            if (version >= 5) response.Int64(0);
            var batches = error == BrokerError.None ? log!.Read(place.From, before, place.BytesMax) : [];
            response.List(
                fetch.IsCommittedOnly && batches.Count > 0 ? log!.Aborted(place.From, batches[^1].Last + 1) : [],
                aborted => response.Int64(aborted.Producer).Int64(aborted.First));
            if (version >= 11) response.Int32(-1);
            response.Bytes(batches.Select(batch => batch.Bytes).ToList());
        }));
    }

    private void Offsets(RequestReader request, ResponseWriter response)
    {
        request.Int32();
        var isCommittedOnly = request.Version >= 2 && request.Flag();
        var topics = request.List(() => (Name: request.Text(), Places: request.List(() => (Partition: request.Int32(), Time: request.Int64()))));
        if (request.Version >= 2) response.NoThrottle();
        response.List(topics, topic => response.Text(topic.Name).List(topic.Places, place =>
        {
            var log = _broker.Log(topic.Name, place.Partition);
            response.Int32(place.Partition).Error(log is null ? BrokerError.UnknownTopicOrPartition : BrokerError.None);
            var (time, offset) = log is null ? (-1, -1) : place.Time switch
            {
                Latest => (-1, isCommittedOnly ? log.Stable : log.End),
                Earliest => (-1, 0),
                var at => log.At(at) is { } batch ? (batch.LastTimestamp, batch.First) : (-1L, -1L),
            };
            response.Int64(time).Int64(offset);
        }));
    }

    /// <summary>A request for records.</summary>
    private sealed record Fetch(
        TimeSpan Wait, int BytesMin, bool IsCommittedOnly, IReadOnlyList<(string Name, List<(int Partition, long From, int BytesMax)> Places)> Topics)
    {
        public static Fetch Read(RequestReader request)
        {
            request.Int32();
            var (wait, bytesMin) = (TimeSpan.FromMilliseconds(request.Int32()), request.Int32());
            if (request.Version >= 3) request.Int32();
            var isCommittedOnly = request.Version >= 4 && request.Flag();
            if (request.Version >= 7) (_, _) = (request.Int32(), request.Int32());
            var topics = request.List(() => (request.Text(), request.List(() =>
            {
                var partition = request.Int32();
                if (request.Version >= 9) request.Int32();
                var from = request.Int64();
                if (request.Version >= 5) request.Int64();
                return (partition, from, request.Int32());
            })));
            return new(wait, bytesMin, isCommittedOnly, topics);
        }
    }
}
