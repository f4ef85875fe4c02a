using System.Globalization;
using StreamEngage.Kafka;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>
/// Real processes that are killed, stopped and joined under load. The mock cluster isolates no transaction and fences nobody, so on it they publish
/// without one (<c>delivery: at_least_once</c>): then a repeat is allowed, and what is lost or made up shows. Exactly once is tried on the test broker, which
/// is not Kafka, and shown on a real one.
/// </summary>
[Collection(ProcessesAlone.Name)]
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Seed = 20_251;

    [ProcessFact]
    public Task KillsUnderLoad_OnTheMock_LoseNothingAndMakeNothingUp_WhichSaysNothingAboutExactlyOnce() => KillAsync(ClusterKind.Mock);

    [ProcessFact]
    public Task KillsUnderLoad_OnTheTestBroker_ShowEveryPromptOnce() => KillAsync(ClusterKind.TestBroker);

    [BrokerProcessFact]
    public Task KillsUnderLoad_OnABroker_ShowEveryPromptOnce() => KillAsync(ClusterKind.Named);

    [ProcessFact]
    public Task StandingStillPastTheSession_OnTheMock_LosesNothingAndMakesNothingUp_WhichSaysNothingAboutExactlyOnce() => FreezeAsync(ClusterKind.Mock);

    [ProcessFact]
    public Task StandingStillPastTheSession_OnTheTestBroker_ShowsEveryPromptOnce() => FreezeAsync(ClusterKind.TestBroker);

    [BrokerProcessFact]
    public Task StandingStillPastTheSession_OnABroker_ShowsEveryPromptOnce() => FreezeAsync(ClusterKind.Named);

    [ProcessFact]
    public Task InstancesComeAndGo_OnTheMock_LoseNothingAndMakeNothingUp_WhichSaysNothingAboutExactlyOnce() => ComeAndGoAsync(ClusterKind.Mock);

    [ProcessFact]
    public Task InstancesComeAndGo_OnTheTestBroker_ShowEveryPromptOnce() => ComeAndGoAsync(ClusterKind.TestBroker);

    [BrokerProcessFact]
    public Task InstancesComeAndGo_OnABroker_ShowEveryPromptOnce() => ComeAndGoAsync(ClusterKind.Named);

    private async Task KillAsync(ClusterKind kind)
    {
        var kills = AtLeast("STREAMENGAGE_KILLS", Rounds(kind, 5, 20, 100));
        await using var run = await FaultRun.StartAsync(kind, Seed, FaultRun.ShortSession, "one", "two");
        var (lot, atWork) = (new Random(Seed), 0);
        for (var kill = 0; kill < kills; kill++)
        {
            var working = await run.SomebodyWorksAsync();
            await Task.Delay(lot.Next(1_000));
            var name = lot.Next(4) > 0 ? working : run.Deployment.Instances.Keys.ElementAt(lot.Next(2));
            // On the mock a member that dies before it has its lanes may hang the group for ever, as one does that leaves: there the other one is hit.
            if (kind == ClusterKind.Mock && !await run.WorksAsync(name)) name = working;
            if (await run.WorksAsync(name)) atWork++;
            run.Deployment.Instances[name].Kill();
            run.Deployment.Start(name);
        }
        output.WriteLine($"{kills} kills, {atWork} of them of an instance with running lanes");
        await run.ReckonAsync(output);
    }

    private async Task FreezeAsync(ClusterKind kind)
    {
        var rounds = AtLeast("STREAMENGAGE_FREEZES", Rounds(kind, 3, 10, 50));
        await using var run = await FaultRun.StartAsync(kind, Seed + 1, FaultRun.ShortSession, "one", "two");
        var (lot, takeovers) = (new Random(Seed), new List<TimeSpan>());
        for (var round = 0; round < rounds; round++)
        {
            await run.Deployment.AllAtWorkAsync();
            var name = await run.SomebodyWorksAsync();
            await Task.Delay(lot.Next(300));
            run.Deployment.Instances[name].Signal("STOP");
            takeovers.Add(await run.Deployment.AllAtWorkAsync(name));
            await Task.Delay(lot.Next(300));
            run.Deployment.Instances[name].Signal("CONT");
        }
        takeovers.Sort();
        output.WriteLine($"{rounds} rounds; all lanes at work elsewhere after {takeovers[rounds / 2].TotalSeconds:0.0} s (median), "
            + $"{takeovers[^1].TotalSeconds:0.0} s (longest), of which {run.Deployment.SessionMilliseconds / 1000.0:0.0} s are the session");
        await run.ReckonAsync(output);
    }

    private async Task ComeAndGoAsync(ClusterKind kind)
    {
        var moves = AtLeast("STREAMENGAGE_MOVES", Rounds(kind, 4, 10, 30));
        await using var run = await FaultRun.StartAsync(kind, Seed + 2, FaultRun.LongSession, "one");
        var (lot, left) = (new Random(Seed), 0);
        for (var move = 0; move < moves; move++)
        {
            var names = run.Deployment.Instances.Keys.ToList();
            if (names.Count < 4 && (names.Count == 1 || lot.Next(2) == 0)) await run.Deployment.Start($"joined-{move}").ReadyAsync(wantsLanes: false);
            else
            {
                // A member that leaves before it has its lanes hangs the mock's group, or ends in an assertion of librdkafka before 2.3 (its issue 4312).
                foreach (var instance in run.Deployment.Instances.Values) await instance.ReadyAsync();
                await run.Deployment.AllAtWorkAsync();
                var name = names[lot.Next(names.Count)];
                var leaving = run.Deployment.Instances[name];
                var (exit, took) = await leaving.TerminateAsync();
                Assert.True(exit == 0, $"{name} ended with {exit?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} after {took}.\n{leaving.Log}");
                run.Deployment.Remove(name);
                left++;
            }
            await Task.Delay(lot.Next(1_000));
        }
        output.WriteLine($"{moves - left} instances joined, {left} left");
        await run.ReckonAsync(output);
    }

    // What fits some minutes of two busy cores; on a broker that is named there is time.
    private static int Rounds(ClusterKind kind, int onTheMock, int onTheTestBroker, int onABroker) =>
        kind switch { ClusterKind.Mock => onTheMock, ClusterKind.TestBroker => onTheTestBroker, _ => onABroker };

    /// <summary>How often: what a variable says, if that is more than the tests do anyway.</summary>
    internal static int AtLeast(string variable, int least) =>
        Math.Max(least, int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var more) ? more : 0);
}
