namespace StreamEngage.Brokers;

/// <summary>Who is there, which topics there are and how they are set.</summary>
internal sealed class TopicRequests
{
    private const int Node = 1;
    private const byte OfTopic = 2, OfBroker = 4;

    private readonly TestBroker _broker;

    private TopicRequests(TestBroker broker) => _broker = broker;

    public static IEnumerable<BrokerApi> Apis(TestBroker broker)
    {
        var requests = new TopicRequests(broker);
        yield return BrokerApi.AtOnce(broker, 18, 3, requests.Versions) with { FlexibleSince = 3, HasTaggedAnswers = false };
        yield return BrokerApi.AtOnce(broker, 3, 4, requests.Metadata);
        yield return BrokerApi.AtOnce(broker, 10, 2, requests.Coordinator);
        yield return BrokerApi.AtOnce(broker, 19, 4, requests.Create);
        yield return BrokerApi.AtOnce(broker, 32, 1, requests.Describe);
    }

    private void Versions(RequestReader request, ResponseWriter response)
    {
        response.Error(BrokerError.None).List(_broker.Apis, api => response.Int16(api.Key).Int16(0).Int16(api.Last).Tags());
        if (request.Version > 0) response.NoThrottle();
        response.Tags();
    }

    private void Metadata(RequestReader request, ResponseWriter response)
    {
        var asked = request.NullableList(request.Text);
        if (asked is null || (request.Version == 0 && asked.Count == 0)) asked = [.. _broker.Topics.Keys];
        if (request.Version >= 3) response.NoThrottle();
        response.List([Node], node =>
        {
            response.Int32(node).Text("127.0.0.1").Int32(_broker.Port);
            if (request.Version >= 1) response.Text(null);
        });
        if (request.Version >= 2) response.Text("test-broker");
        if (request.Version >= 1) response.Int32(Node);
        response.List(asked, name => Topic(name, request.Version, response));
    }

    private void Topic(string name, short version, ResponseWriter response)
    {
        var topic = _broker.Topics.GetValueOrDefault(name);
        response.Error(topic is null ? BrokerError.UnknownTopicOrPartition : BrokerError.None).Text(name);
        if (version >= 1) response.Flag(false);
        response.List([.. Enumerable.Range(0, topic?.Partitions.Count ?? 0)], partition =>
        {
            response.Error(BrokerError.None).Int32(partition).Int32(Node);
            response.List([Node], replica => response.Int32(replica)).List([Node], inSync => response.Int32(inSync));
        });
    }

    private void Coordinator(RequestReader request, ResponseWriter response)
    {
        if (request.Version >= 1) response.NoThrottle();
        response.Error(BrokerError.None);
        if (request.Version >= 1) response.Text(null);
        response.Int32(Node).Text("127.0.0.1").Int32(_broker.Port);
    }

    private void Create(RequestReader request, ResponseWriter response)
    {
        var wanted = request.List(() =>
        {
            var (name, partitions, _) = (request.Text(), request.Int32(), request.Int16());
            request.List(() => (request.Int32(), request.List(request.Int32)));
            var settings = request.List(() => (Name: request.Text(), Value: request.NullableText())).ToDictionary(set => set.Name, set => set.Value ?? "");
            return (Name: name, Topic: new TopicLog(int.Max(partitions, 1), settings));
        });
        request.Int32();
        var isTrial = request.Version >= 1 && request.Flag();
        if (request.Version >= 2) response.NoThrottle();
        response.List(wanted, topic =>
        {
            var isThere = isTrial ? _broker.Topics.ContainsKey(topic.Name) : !_broker.TryCreate(topic.Name, topic.Topic);
            response.Text(topic.Name).Error(isThere ? BrokerError.TopicExists : BrokerError.None);
            if (request.Version >= 1) response.Text(isThere ? $"Topic '{topic.Name}' already exists." : null);
        });
    }

    private void Describe(RequestReader request, ResponseWriter response)
    {
        var asked = request.List(() =>
        {
            var resource = (Kind: request.Int8(), Name: request.Text());
            request.NullableList(request.Text);
            return resource;
        });
        response.NoThrottle().List(asked, resource =>
        {
            var settings = SettingsOf(resource.Kind, resource.Name);
            response.Error(settings is null ? BrokerError.UnknownTopicOrPartition : BrokerError.None).Text(null).Int8(resource.Kind).Text(resource.Name);
            response.List([.. settings ?? []], setting =>
            {
                response.Text(setting.Key).Text(setting.Value).Flag(false).Int8(request.Version == 0 ? (byte)0 : (byte)1).Flag(false);
                if (request.Version >= 1) response.Int32(0);
            });
        });
    }

    private Dictionary<string, string>? SettingsOf(byte kind, string name)
    {
        if (kind == OfBroker) return new(StringComparer.Ordinal) { ["inter.broker.protocol.version"] = $"{_broker.Plan.Version}-IV0" };
        if (kind != OfTopic || !_broker.Topics.TryGetValue(name, out var topic)) return null;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cleanup.policy"] = "delete", ["retention.ms"] = "604800000", ["retention.bytes"] = "-1", ["message.timestamp.type"] = "CreateTime",
            ["min.insync.replicas"] = "1",
        };
        foreach (var (key, value) in topic.Settings) settings[key] = value;
        return settings;
    }
}
