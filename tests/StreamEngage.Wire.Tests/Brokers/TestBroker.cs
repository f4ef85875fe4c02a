using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace StreamEngage.Brokers;

/// <summary>What a <see cref="TestBroker"/> is like.</summary>
internal sealed record TestBrokerPlan
{
    /// <summary>Before 2.5 no generation fences the offsets of a transaction, and none of them can be waited for.</summary>
    public Version Version { get; init; } = new(2, 5);

    /// <summary>So long at most the end of a transaction is decided and not yet marked.</summary>
    public TimeSpan MarkAfterMax { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The share of answers about transactions that are lost with their connection after what was asked for has happened.</summary>
    public double LostAnswers { get; init; }

    public int Seed { get; init; } = 1;
}

/// <summary>
/// One broker in memory that speaks Kafka's protocol to any client and does with transactions what KIP-98 and KIP-447 say: it isolates them, keeps the offsets
/// sent in one, fences former producers and former generations. So the client library's exactly-once calls can be tried against something that can refuse.
/// </summary>
/// <remarks>
/// It is not Kafka and must never be called so: one node, nothing on disk, no replicas, no rights, no retention. Written from the published protocol; where
/// Kafka does otherwise than that says, a green run here does not show it.
/// </remarks>
internal sealed class TestBroker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly HashSet<TcpClient> _connections = [];
    private readonly Dictionary<string, TopicLog> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerGroup> _groups = new(StringComparer.Ordinal);
    private readonly Random _lot;
    private readonly Dictionary<short, BrokerApi> _apis;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestBroker(TestBrokerPlan plan)
    {
        Plan = plan;
        _lot = new(plan.Seed);
        Transactions = new(this, plan.MarkAfterMax, _lot);
        _apis = new[] { TopicRequests.Apis(this), LogRequests.Apis(this), GroupRequests.Apis(this), TransactionRequests.Apis(this) }
            .SelectMany(apis => apis).ToDictionary(api => api.Key);
        _listener.Start();
        _ = AcceptAsync();
        _ = TickAsync();
    }

    public TestBrokerPlan Plan { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where clients connect to.</summary>
    public string Address => $"127.0.0.1:{Port}";

    public TransactionCoordinator Transactions { get; }

    public IReadOnlyDictionary<string, TopicLog> Topics => _topics;

    public IReadOnlyCollection<BrokerApi> Apis => _apis.Values;

    /// <summary>Answers that were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Stamps of records, in milliseconds since 1970.</summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public bool TryCreate(string name, TopicLog topic) => _topics.TryAdd(name, topic);

    public PartitionLog? Log(string topic, int partition) =>
        _topics.TryGetValue(topic, out var found) && partition >= 0 && partition < found.Partitions.Count ? found.Partitions[partition] : null;

    public ConsumerGroup Group(string name)
    {
        if (!_groups.TryGetValue(name, out var group)) _groups[name] = group = new();
        return group;
    }

    /// <summary>Something can be read that could not be read before.</summary>
    public void Changed()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What is done in here is done by nobody else meanwhile.</summary>
    public T Alone<T>(Func<T> work)
    {
        lock (_gate) return work();
    }

    /// <summary>Until something changes, or for so long.</summary>
    public async Task ChangeAsync(TimeSpan wait)
    {
        Task changed;
        lock (_gate) changed = _changed.Task;
        await Task.WhenAny(changed, Task.Delay(wait, _over.Token));
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        lock (_gate)
            foreach (var connection in _connections) connection.Dispose();
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync(_over.Token))
        {
            lock (_gate)
            {
                Transactions.Tick(DateTime.UtcNow);
                foreach (var group in _groups.Values) group.Tick(DateTime.UtcNow);
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var connection = await _listener.AcceptTcpClientAsync(_over.Token);
            connection.NoDelay = true;
            lock (_gate) _connections.Add(connection);
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            var stream = connection.GetStream();
            var size = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(size, _over.Token);
                var bytes = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await stream.ReadExactlyAsync(bytes, _over.Token);
                // One request of a connection at a time, as Kafka: what waits holds up what comes after it.
                if (await AnswerAsync(bytes) is not { } answer) return;
                await stream.WriteAsync(answer.Sized(), _over.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client went, or the broker does.
        }
        finally
        {
            lock (_gate) _connections.Remove(connection);
            connection.Dispose();
        }
    }

    /// <summary>Null: the answer is lost, and the connection with it.</summary>
    private async Task<ResponseWriter?> AnswerAsync(byte[] bytes)
    {
        var request = new RequestReader(bytes);
        request.ReadHeader((api, version) => _apis.TryGetValue(api, out var known) && version >= known.FlexibleSince);
        if (!_apis.TryGetValue(request.Api, out var asked)) return null;
        var answer = new ResponseWriter(request.Correlation, request.IsFlexible, request.IsFlexible && asked.HasTaggedAnswers);
        var answered = await asked.AnswerAsync(request, answer);
        if (!answered || (asked.MayLoseAnswers && IsLost())) return null;
        return answer;
    }

    private bool IsLost()
    {
        lock (_gate)
        {
            if (_lot.NextDouble() >= Plan.LostAnswers) return false;
            Lost++;
            return true;
        }
    }
}

/// <summary>A kind of request and what answers it.</summary>
/// <param name="Key">The number that the protocol gives it.</param>
/// <param name="Last">The newest version that is spoken.</param>
/// <param name="AnswerAsync">Reads the request's body and writes the answer's. False: none is sent.</param>
internal sealed record BrokerApi(short Key, short Last, Func<RequestReader, ResponseWriter, Task<bool>> AnswerAsync)
{
    /// <summary>The first version that is flexible.</summary>
    public short FlexibleSince { get; init; } = short.MaxValue;

    /// <summary>False for the one that is asked before versions are known.</summary>
    public bool HasTaggedAnswers { get; init; } = true;

    public bool MayLoseAnswers { get; init; }

    /// <summary>Answered at once, under the lock.</summary>
    public static BrokerApi AtOnce(TestBroker broker, short key, short last, Action<RequestReader, ResponseWriter> answer) =>
        new(key, last, (request, response) => Task.FromResult(broker.Alone(() =>
        {
            answer(request, response);
            return true;
        })));
}

/// <summary>A topic.</summary>
internal sealed class TopicLog(int partitions, IReadOnlyDictionary<string, string> settings)
{
    public IReadOnlyDictionary<string, string> Settings => settings;

    public IReadOnlyList<PartitionLog> Partitions { get; } =
        [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog(settings.GetValueOrDefault("message.timestamp.type") == "LogAppendTime"))];
}
