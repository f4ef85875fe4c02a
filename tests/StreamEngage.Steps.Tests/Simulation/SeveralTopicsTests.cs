using Xunit.Abstractions;

namespace StreamEngage.Steps.Simulation;

/// <summary>Lanes that read several topics: their records become one order, which a step that is made again has as well.</summary>
public sealed class SeveralTopicsTests(ITestOutputHelper output)
{
    private const int Histories = 500, Topics = 3;

    [Fact]
    public void WhateverGoesWrong_RecordsOfSeveralTopicsAreTakenInTheSameOrder()
    {
        var withdrawn = 0;
        Parallel.For(1, Histories + 1, (seed, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var history = SimulationTests.NewHistory((ulong)seed, new() { Faults = SimulationTests.Everything, Topics = Topics });
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed}: {problem}");
            Interlocked.Add(ref withdrawn, history.Withdrawn);
        });
        output.WriteLine($"withdrawn after an opt-out: {withdrawn}");
        Assert.True(withdrawn > 0, "no prompt waited while its user opted out");
    }

    [Fact]
    public void WhateverGoesWrong_UsersOfSeveralTopicsOverflowAtTheSamePlace()
    {
        var overflowed = 0;
        Parallel.For(1, Histories + 1, (seed, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var plan = new HistoryPlan { Faults = SimulationTests.Everything, Topics = Topics, UserRates = SimulationTests.UserRates };
            var history = SimulationTests.NewHistory((ulong)seed, plan);
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed}: {problem}");
            Interlocked.Add(ref overflowed, history.Overflowed);
        });
        Assert.True(overflowed > Histories, $"{overflowed} bursts");
    }
}
