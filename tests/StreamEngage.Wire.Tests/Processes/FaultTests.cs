using System.Globalization;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>
/// Real processes that are killed, stopped and joined under load. The mock cluster isolates no transaction and fences nobody, so on it they publish
/// without one (<c>delivery: at_least_once</c>): then a repeat is allowed, and what is lost or made up shows. Exactly once needs a real broker.
/// </summary>
[Collection(ProcessesAlone.Name)]
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Seed = 20_251;

    [ProcessFact]
    public Task KillsUnderLoad_OnTheMock_LoseNothingAndMakeNothingUp_WhichSaysNothingAboutExactlyOnce() => KillAsync(onBroker: false);

    [BrokerProcessFact]
    public Task KillsUnderLoad_OnABroker_ShowEveryPromptOnce() => KillAsync(onBroker: true);

    private async Task KillAsync(bool onBroker)
    {
        var kills = AtLeast("STREAMENGAGE_KILLS", onBroker ? 100 : 4);
        await using var run = await FaultRun.StartAsync(onBroker, Seed, "one", "two");
        var (struck, atWork) = (new Random(Seed), 0);
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(struck.Next(100, 4_000));
            var name = struck.Next(2) == 0 ? "one" : "two";
            if (await run.Deployment.Instances[name].LookAsync() is { Count: > 0 } lanes && lanes.Any(lane => lane.State == "running")) atWork++;
            run.Deployment.Instances[name].Kill();
            run.Deployment.Start(name);
        }
        output.WriteLine($"{kills} kills, {atWork} of an instance with running lanes");
        await run.ReckonAsync(output);
    }

    private static int AtLeast(string variable, int least) =>
        Math.Max(least, int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var more) ? more : 0);
}
