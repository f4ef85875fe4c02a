using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>SIGTERM under load.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class StopTests(ITestOutputHelper output)
{
    private const int Rounds = 4;
    private static readonly TimeSpan _stopMax = TimeSpan.FromSeconds(5);

    [ProcessFact]
    public async Task Terminated_ItEndsInTimeWithZero_AndNothingIsReplayed()
    {
        using var deployment = await Deployment.OfAsync(new());
        foreach (var name in (string[])["one", "two"]) await deployment.Start(name).ReadyAsync();
        await using var traffic = new Traffic(deployment.Cluster, deployment.Lanes, seed: 3, clicksPerSecond: 100);
        var longest = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            // Under load; and the mock's group hangs when a member leaves before it has its lanes.
            await deployment.AllAtWorkAsync();
            await Task.Delay(500);
            var name = round % 2 == 0 ? "one" : "two";
            var (exit, took) = await deployment.Instances[name].TerminateAsync();
            Assert.True(exit == 0 && took < _stopMax, $"{name} ended with {exit} after {took}\n{deployment.Instances[name].Log}");
            longest = took > longest ? took : longest;
            await deployment.Start(name).ReadyAsync();
            MustNotReplay(deployment);
        }
        await deployment.SettleAsync(await traffic.EndAsync());
        Assert.All(await deployment.TerminateAsync(), end => Assert.Equal(0, end.Exit));
        MustNotReplay(deployment);
        var reckoning = Reckoning.Of(deployment);
        output.WriteLine($"{Rounds} stops under load, the longest {longest.TotalMilliseconds:0} ms: {reckoning}");
        reckoning.MustBeRight(exactlyOnce: true, deployment.Logs);
        Assert.Equal(0, reckoning.StepsToldTwice);
    }

    private static void MustNotReplay(Deployment deployment) => Assert.DoesNotContain(
        deployment.Instances.Values.SelectMany(instance => instance.Lines), line => line.Contains("replayed from the journal", StringComparison.Ordinal));
}
