using System.Collections.Concurrent;
using System.Globalization;
using Xunit.Abstractions;

namespace StreamEngage.Steps.Simulation;

/// <summary>Histories in which users turn out to be others, of other lanes too, while everything goes wrong.</summary>
public sealed class MoveSimulationTests(ITestOutputHelper output)
{
    private const int Lanes = 3;

    // Without transactions nobody can tell what a lost store had published.
    private static readonly Dictionary<Fault, int> _withoutLosses = SimulationTests.Everything
        .Where(fault => fault.Key is not (Fault.StoreLostTail or Fault.StoreWiped or Fault.CommitHangs)).ToDictionary();

    [Theory]
    [InlineData(false, 1_500)]
    [InlineData(true, 600)]
    public void WhateverGoesWrong_EachUserArrivesOnce(bool isAtLeastOnce, int histories)
    {
        var share = int.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_HISTORIES") ?? "10000", CultureInfo.InvariantCulture) / 10_000.0;
        var first = ulong.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var hits = new ConcurrentDictionary<Fault, int>();
        var moved = 0;
        Parallel.For(0, Math.Max(1, (int)(histories * share)), (i, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var seed = first + (ulong)i;
            var history = NewHistory(seed, isAtLeastOnce);
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed}: {problem}\n{(problem is null ? "" : Told(seed, isAtLeastOnce))}");
            Interlocked.Add(ref moved, history.Moved);
            foreach (var (fault, count) in history.Faults.Hits) hits.AddOrUpdate(fault, count, (_, before) => before + count);
        });
        foreach (var (fault, count) in hits.OrderBy(hit => hit.Key)) output.WriteLine($"{fault}: {count}");
        output.WriteLine($"moved: {moved}");
        Assert.True(moved > histories * share / 2, $"only {moved} users moved");
    }

    internal static History NewHistory(ulong seed, bool isAtLeastOnce, Guard? without = null, List<string>? chronicle = null) =>
        new(seed, SimulationTests.Moving, new()
        {
            Lanes = Lanes,
            Moves = (ClaimKind)(seed % 3),
            Faults = isAtLeastOnce ? _withoutLosses : SimulationTests.Everything,
            IsAtLeastOnce = isAtLeastOnce,
            Without = without,
            Chronicle = chronicle,
        });

    private static string Told(ulong seed, bool isAtLeastOnce)
    {
        var chronicle = new List<string>();
        var history = NewHistory(seed, isAtLeastOnce, chronicle: chronicle);
        history.Run();
        return string.Join('\n', chronicle.Concat(history.Errands));
    }
}
