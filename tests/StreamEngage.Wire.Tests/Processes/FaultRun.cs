using StreamEngage.Kafka;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>A deployment under load, and its reckoning.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    /// <summary>For tests in which members fall silent, and for those in which none does.</summary>
    public const int ShortSession = 2_500, LongSession = DeploymentPlan.BrokersSession;

    private const int ClicksPerSecond = 120;

    private readonly Traffic _traffic;

    private FaultRun(Deployment deployment, Traffic traffic) => (Deployment, _traffic) = (deployment, traffic);

    public Deployment Deployment { get; }

    public static DeploymentPlan PlanOf(ClusterKind kind, int seed, int session) => new()
    {
        Kind = kind,
        // What was asked for has happened and its answer does not come: once in a while, so that publications get through.
        Broker = new() { LostAnswers = 0.01, Seed = seed },
        SessionMilliseconds = session,
        Delivery = kind == ClusterKind.Mock ? Delivery.AtLeastOnce : Delivery.ExactlyOnce,
        BreaksRedis = true,
        UserRate = DeploymentPlan.TightUserRate,
        RedisOptions = ["--appendonly", "yes", "--appendfsync", "always"],
    };

    public static Task<FaultRun> StartAsync(ClusterKind kind, int seed, int session, params string[] names) =>
        StartAsync(PlanOf(kind, seed, session), seed, names);

    public static async Task<FaultRun> StartAsync(DeploymentPlan plan, int seed, params string[] names)
    {
        var deployment = await Deployment.OfAsync(plan);
        try
        {
            foreach (var name in names) deployment.Start(name);
            foreach (var instance in deployment.Instances.Values) await instance.ReadyAsync(wantsLanes: names.Length == 1);
            return new(deployment, new(deployment.Cluster, deployment.Lanes, seed, ClicksPerSecond));
        }
        catch (Exception)
        {
            deployment.Dispose();
            throw;
        }
    }

    /// <summary>Nothing happens any more; when all is applied and the instances have left, what is visible must be right.</summary>
    public async Task<Reckoning> ReckonAsync(ITestOutputHelper output)
    {
        var ends = await _traffic.EndAsync();
        await SomebodyWorksAsync();
        await Deployment.SettleAsync(ends);
        await Deployment.TerminateAsync();
        var reckoning = Reckoning.Of(Deployment);
        output.WriteLine($"{Deployment.Cluster.Kind}, {Deployment.Delivery}, {Deployment.Cluster.Broker?.Lost ?? 0} answers lost: {reckoning}");
        reckoning.MustBeRight(exactlyOnce: Deployment.Delivery == Delivery.ExactlyOnce, Deployment.Logs);
        return reckoning;
    }

    /// <summary>The name of an instance with lanes that run, as soon as there is one.</summary>
    public async Task<string> SomebodyWorksAsync()
    {
        for (var until = DateTime.UtcNow + Deployment.Patience; DateTime.UtcNow < until; await Task.Delay(50))
        {
            Deployment.StartRefused();
            foreach (var name in Deployment.Instances.Keys)
                if (await WorksAsync(name)) return name;
        }
        throw new TimeoutException($"Nobody has a lane.\n{Deployment.Logs}");
    }

    public async Task<bool> WorksAsync(string name) =>
        await Deployment.Instances[name].LookAsync() is { Count: > 0 } lanes && lanes.Any(lane => lane.State == "running");

    public async ValueTask DisposeAsync()
    {
        await _traffic.DisposeAsync();
        Deployment.Dispose();
    }
}
