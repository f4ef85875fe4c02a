using System.Collections.Concurrent;
using System.Globalization;
using StreamEngage.Detect;
using StreamEngage.Rulebooks;
using Xunit.Abstractions;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// The real instances in thousands of histories in which everything goes wrong: nothing twice, nothing lost, nothing that should not be.
/// <c>STREAMENGAGE_HISTORIES</c> sets how many, <c>STREAMENGAGE_SEED</c> runs one again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 1;

    // A world begins half a second before a channel is quiet no more: what was held until then comes in the middle of everything.
    private const string Gates = """
        quiet_hours: {from: "00:00:00", to: "00:00:01", channels: [in_app]}
        caps: [{limit: 2, per: 300ms, channel: email}, {limit: 5, per: 1s}]

        """;

    private static readonly CompiledRulebook _inOrder = Compile(Gates + "dedup: 2s\nlateness: 200ms\nsession: {gap: 150ms}\n");
    private static readonly CompiledRulebook _reordering = Compile(Gates + "dedup: 2s\nlateness: 200ms\ndisorder: 60ms\nsession: {gap: 150ms}\n");

    // What one lane's prompts led to, the others hear. Arms are weighed anew with every version of the statistics, which takes long.
    private static readonly CompiledRulebook _learning = Compile(Gates + "statistics: {every: 1s}\ndedup: 2s\nlateness: 200ms\nsession: {gap: 150ms}\n", """
        trigger: searched
        on: {event: view, where: "count(view) over 500ms >= 2"}
        decide: {channels: [email], holdout: 0.2, reentry: always, variants: {bandit: thompson, arms: [a, b]}}
        goal: {event: purchase, within: 1s}
        """);
    private const int LearningIsOneOf = 20;

    internal static readonly Dictionary<Fault, int> Everything = new()
    {
        [Fault.Crash] = 8,
        [Fault.Zombie] = 6,
        [Fault.Rebalance] = 8,
        [Fault.StoreLostCall] = 2,
        [Fault.StoreLostReply] = 2,
        [Fault.StoreRefuses] = 2,
        [Fault.StoreLostTail] = 4,
        [Fault.StoreWiped] = 2,
        [Fault.Aborted] = 4,
        [Fault.CommitLostReply] = 4,
        [Fault.CommitHangs] = 3,
    };

    [Fact]
    public void WhateverGoesWrong_EveryPromptIsVisibleOnce()
    {
        var histories = int.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_HISTORIES") ?? "10000", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_SEED") ?? $"{FirstSeed}", CultureInfo.InvariantCulture);
        var hits = new ConcurrentDictionary<Fault, int>();
        var withdrawn = 0;
        // Each history is a world of its own, on one thread.
        Parallel.For(0, histories, (i, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var history = NewHistory(seed + (ulong)i, new() { Faults = Everything });
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed + (ulong)i}: {problem}\n{(problem is null ? "" : Told(seed + (ulong)i))}");
            Interlocked.Add(ref withdrawn, history.Withdrawn);
            foreach (var (fault, count) in history.Faults.Hits) hits.AddOrUpdate(fault, count, (_, before) => before + count);
        });
        output.WriteLine($"withdrawn after an opt-out: {withdrawn}");
        Assert.True(withdrawn > 0, "no prompt waited while its user opted out");
        foreach (var fault in Enum.GetValues<Fault>()) output.WriteLine($"{fault}: {hits.GetValueOrDefault(fault)}");
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(hits.GetValueOrDefault(fault) > 0, $"{fault} never came"));
    }

    [Fact]
    public void WhenNothingGoesWrong_EveryPromptIsVisibleOnce()
    {
        for (var seed = FirstSeed; seed < 50; seed++) Assert.Null(NewHistory(seed, new()).Run());
    }

    private static string Told(ulong seed)
    {
        var chronicle = new List<string>();
        NewHistory(seed, new() { Faults = Everything, Chronicle = chronicle }).Run();
        return string.Join('\n', chronicle);
    }

    internal static History NewHistory(ulong seed, HistoryPlan plan) =>
        new(seed, seed % LearningIsOneOf == 0 ? _learning : seed % 2 == 0 ? _inOrder : _reordering, plan);

    private static CompiledRulebook Compile(string policy, string? further = null)
    {
        var files = new Dictionary<string, string>
        {
            ["policy.yaml"] = policy,
            ["cart.yaml"] = """
                trigger: cart
                on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 300ms, repeat: restart}}
                per: event.kind
                if: sum(cart_add.price) over 1s >= 10
                decide: {channels: [push], expires: 1s}
                prompt: {data: {price: cart.price}}
                """,
            ["views.yaml"] = """
                trigger: views
                on: {event: view, where: "count(view by kind) over 500ms >= 2"}
                decide: {channels: [email], cooldown: 200ms, reentry: cooldown}
                """,
            ["stuck.yaml"] = """
                trigger: stuck
                on: {pattern: [{event: error, as: e, times: 2}, {not: submit, for: 120ms}], within: 250ms}
                decide: {channels: [in_app]}
                """,
            ["left.yaml"] = """
                trigger: left
                on: {event: session_end, where: "event.count >= 2"}
                decide: {channels: [push], priority: 90}
                """,
        };
        if (further is not null) files["further.yaml"] = further;
        var reading = RulebookFiles.Read(files);
        return RulebookCompiler.Compile(reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems)));
    }
}
