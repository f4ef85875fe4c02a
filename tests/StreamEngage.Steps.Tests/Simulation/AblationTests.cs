using Xunit.Abstractions;

namespace StreamEngage.Steps.Simulation;

/// <summary>Each guard of the protocol is needed: without it some history goes wrong.</summary>
public sealed class AblationTests(ITestOutputHelper output)
{
    private const int HistoriesMax = 4_000;

    // The owner's step has to be lost, and a zombie's of the same number to be written, between two of the owner's looks.
    private static readonly Dictionary<Fault, int> _zombiesAndLosses = new()
    {
        [Fault.Zombie] = 15,
        [Fault.Rebalance] = 5,
        [Fault.StoreLostTail] = 15,
        [Fault.CommitLostReply] = 4,
    };

    [Fact]
    public void AtLeastOnceWithoutTakingMessagesOnce_SomeHistoryGoesWrong() =>
        MustGoWrong(Guard.TakenOnce, seed => MoveSimulationTests.NewHistory(seed, isAtLeastOnce: true, Guard.TakenOnce));

    [Theory]
    [InlineData(Guard.JournaledRate)]
    [InlineData(Guard.StoredBuckets)]
    public void WithoutARecordOfWhatOverflows_SomeHistoryGoesWrong(Guard without) => MustGoWrong(without, seed =>
        SimulationTests.NewHistory(seed, new() { Faults = SimulationTests.Everything, Without = without, UserRates = SimulationTests.UserRates }));

    [Fact]
    public void WithoutARecordOfWhatIsUnfit_SomeHistoryGoesWrong() => MustGoWrong(Guard.JournaledUnfit, seed =>
        new(seed, SimulationTests.Fragile, new() { Faults = SimulationTests.Everything, Without = Guard.JournaledUnfit, UnfitPercent = 10 }));

    private void MustGoWrong(Guard without, Func<ulong, History> historyOf)
    {
        for (var seed = 1UL; seed <= HistoriesMax; seed++)
        {
            if (historyOf(seed).Run() is not { } problem) continue;
            output.WriteLine($"{without}: seed {seed}: {problem.Split('\n')[0]}");
            return;
        }
        Assert.Fail($"{HistoriesMax} histories without {without} all went well.");
    }

    [Theory]
    [InlineData(Guard.Token)]
    [InlineData(Guard.StepNumber)]
    [InlineData(Guard.LoadedMark)]
    [InlineData(Guard.RandomToken)]
    [InlineData(Guard.Ledger)]
    [InlineData(Guard.StableEnd)]
    [InlineData(Guard.Generation)]
    [InlineData(Guard.UnknownIsNoFailure)]
    [InlineData(Guard.UnknownIsNoSuccess)]
    [InlineData(Guard.TrimAfterCommit)]
    [InlineData(Guard.StoredSteps)]
    [InlineData(Guard.HistoriesCompared)]
    [InlineData(Guard.JournalPosition)]
    [InlineData(Guard.SeekToApplied)]
    [InlineData(Guard.JournaledTick)]
    public void WithoutAGuard_SomeHistoryGoesWrong(Guard without)
    {
        var plan = new HistoryPlan
        {
            Faults = without is Guard.Token or Guard.HistoriesCompared ? _zombiesAndLosses : SimulationTests.Everything,
            Without = without,
            NewToken = without == Guard.RandomToken ? () => "the one token" : null,
        };
        MustGoWrong(without, seed => SimulationTests.NewHistory(seed, plan));
    }
}
