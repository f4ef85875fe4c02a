using System.Collections.Concurrent;
using System.Globalization;
using StreamEngage.Detect;
using StreamEngage.Rulebooks;
using StreamEngage.Steps.Reigns;
using Xunit.Abstractions;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// The real instances in thousands of histories in which everything goes wrong: nothing twice, nothing lost, nothing that should not be.
/// <c>STREAMENGAGE_HISTORIES</c> sets how many, <c>STREAMENGAGE_SEED</c> runs one again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong FirstSeed = 1;

    // The rarest kind of happening comes in more than one of so many.
    private const int HistoriesAHappening = 100;

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
    private const int LearningIsOneOf = 20, AnsweredIsOneOf = 3, AnsweredRulebookCount = 24;

    private static readonly CompiledRulebook[] _answered =
        [.. Enumerable.Range(1, AnsweredRulebookCount).Select(number => AnsweredRulebooks.Text(new((ulong)number))).Select(Compile)];

    // What users know of long ago: how late an event comes must not matter, since one that is handed on may come late.
    internal static readonly CompiledRulebook Moving = Compile(Gates + "dedup: 1h\nlateness: 1h\nsession: {gap: 150ms}\n", """
        trigger: probed
        on: {event: probe}
        decide: {channels: [push], reentry: always, purpose: transactional}
        prompt:
          data:
            views: count(view) over 7d
            spent: sum(cart_add.price) over 1d
            kinds: distinct(view.kind) over 1h
            dearest: max(view.price by kind) over 1h
            first: user.first_seen
        """);

    private static readonly string _asked = AnsweredRulebooks.Asked(new(1)), _path = AnsweredRulebooks.Path(new(1));

    private static readonly RulebookText[] _texts =
    [
        TextOf("in order", Gates + "dedup: 2s\nlateness: 200ms\nsession: {gap: 150ms}\n", _asked, _path),
        TextOf("reordering", Gates + "dedup: 2s\nlateness: 200ms\ndisorder: 60ms\nsession: {gap: 150ms}\n", _path),
        ChangedText("changed", Gates + "dedup: 2s\nlateness: 200ms\nsession: {gap: 150ms}\n"),
        ChangedText("changed and reordering", "dedup: 2s\nlateness: 100ms\ndisorder: 30ms\n"),
    ];

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

    internal static readonly UserRate?[] UserRates = [new(5, 2), new(20, 3), null];

    /// <summary>It throws on some events: a model does.</summary>
    internal static readonly CompiledRulebook Fragile = CompileFragile();

    [Fact]
    public void WhateverGoesWrong_EveryPromptIsVisibleOnce()
    {
        var histories = int.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_HISTORIES") ?? "10000", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_SEED") ?? $"{FirstSeed}", CultureInfo.InvariantCulture);
        var hits = new ConcurrentDictionary<Fault, int>();
        var happened = new ConcurrentDictionary<Happening, int>();
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
            foreach (var (happening, count) in history.Happened.Hits) happened.AddOrUpdate(happening, count, (_, before) => before + count);
        });
        output.WriteLine($"withdrawn after an opt-out: {withdrawn}");
        Assert.True(withdrawn > 0, "no prompt waited while its user opted out");
        foreach (var fault in Enum.GetValues<Fault>()) output.WriteLine($"{fault}: {hits.GetValueOrDefault(fault)}");
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(hits.GetValueOrDefault(fault) > 0, $"{fault} never came"));
        foreach (var happening in Enum.GetValues<Happening>()) output.WriteLine($"{happening}: {happened.GetValueOrDefault(happening)}");
        Assert.All(Enum.GetValues<Happening>(), happening => Assert.True(
            happened.GetValueOrDefault(happening) >= histories / HistoriesAHappening, $"{happening}: {happened.GetValueOrDefault(happening)}"));
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

    /// <summary>Rulebooks come into force in the middle of it all: a step that is made again is made under the same one.</summary>
    [Fact]
    public void WhateverGoesWrong_AChangeOfTheRulebookIsMetAtTheSamePlace()
    {
        var histories = int.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_HISTORIES") ?? "1000", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("STREAMENGAGE_SEED") ?? $"{FirstSeed}", CultureInfo.InvariantCulture);
        var changes = 0;
        Parallel.For(0, histories, (i, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var plan = Changing(seed + (ulong)i);
            var rulebook = Compile(plan.Text);
            var history = new History(seed + (ulong)i, rulebook, plan);
            var problem = history.Run();
            Interlocked.Add(ref changes, history.Changes);
            if (problem is null) return;
            var chronicle = new List<string>();
            new History(seed + (ulong)i, rulebook, plan with { Chronicle = chronicle }).Run();
            Assert.Fail($"seed {seed + (ulong)i}: {problem}\n{string.Join('\n', chronicle)}");
        });
        output.WriteLine($"{changes} changes were in force in the end");
        Assert.True(changes > 2 * histories, $"{changes} changes");
    }

    /// <summary>Users overflow, and each instance has other settings: a step that is made again refuses what it refused, whoever makes it.</summary>
    [Fact]
    public void WhateverGoesWrong_TheSameEventsOverflow()
    {
        const int Histories = 200;
        var overflowed = 0;
        Parallel.For(0, Histories, (i, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var seed = FirstSeed + (ulong)i;
            var history = NewHistory(seed, new() { Faults = Everything, UserRates = UserRates });
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed}: {problem}");
            Interlocked.Add(ref overflowed, history.Overflowed);
        });
        output.WriteLine($"bursts that overflowed: {overflowed}");
        Assert.True(overflowed > Histories, $"{overflowed} bursts");
    }

    /// <summary>The engine throws on some event, whoever has the lane, and whatever becomes of the search for it.</summary>
    [Fact]
    public void WhateverGoesWrong_AnEventThatTheEngineThrowsOnIsPassedOver()
    {
        const int Histories = 200;
        var unfit = 0;
        Parallel.For(0, Histories, (i, all) =>
        {
            if (all.ShouldExitCurrentIteration) return;
            var seed = FirstSeed + (ulong)i;
            var history = new History(seed, Fragile, new() { Faults = Everything, UnfitPercent = 10 });
            var problem = history.Run();
            Assert.True(problem is null, $"seed {seed}: {problem}");
            Interlocked.Add(ref unfit, history.Unfit);
        });
        output.WriteLine($"events passed over: {unfit}");
        Assert.True(unfit > Histories / 2, $"{unfit} events");
    }

    private static HistoryPlan Changing(ulong seed) => new()
    {
        Faults = Everything,
        Text = _texts[(int)(seed % 4)],
        Publications = _texts,
        IsAnswered = true,
    };

    internal static History NewHistory(ulong seed, HistoryPlan plan)
    {
        if (seed % AnsweredIsOneOf == 1) return new(seed, _answered[seed / AnsweredIsOneOf % AnsweredRulebookCount], plan with { IsAnswered = true });
        return new(seed, seed % LearningIsOneOf == 0 ? _learning : seed % 2 == 0 ? _inOrder : _reordering, plan);
    }

    private static CompiledRulebook Compile(string policy, params string[] further) => Compile(TextOf("1", policy, further));

    private static CompiledRulebook Compile(RulebookText text)
    {
        var reading = RulebookFiles.Read(text.Files);
        return RulebookCompiler.Compile(reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems)));
    }

    private static CompiledRulebook CompileFragile()
    {
        const string Trigger = """
            trigger: fragile
            on: {event: view, where: score("fragile") >= 0}
            decide: {channels: [push], reentry: always}
            """;
        var files = new Dictionary<string, string>(TextOf("1", Gates + "dedup: 2s\nlateness: 200ms\nsession: {gap: 150ms}\n", Trigger).Files)
        {
            ["models/fragile.yaml"] = "model: fragile\nkind: linear\nfeatures: {price: {value: sum(view.price) over 1ms, weight: 1}}\n",
        };
        return RulebookCompiler.Compile(RulebookFiles.Read(files).Definition!, _ => features =>
            features[0] < History.UnfitPrice ? 0 : throw new OverflowException());
    }

    internal static RulebookText TextOf(string version, string policy, params string[] further)
    {
        var files = new Dictionary<string, string>
        {
            ["policy.yaml"] = policy,
            ["cart.yaml"] = Cart,
            ["views.yaml"] = """
                trigger: views
                on: {event: view, where: "count(view by kind) over 500ms >= 2"}
                decide: {channels: [email], cooldown: 200ms, reentry: cooldown}
                """,
            ["stuck.yaml"] = Stuck,
            ["left.yaml"] = """
                trigger: left
                on: {event: session_end, where: "event.count >= 2"}
                decide: {channels: [push], priority: 90}
                """,
        };
        foreach (var text in further) files[$"further-{files.Count}.yaml"] = text;
        return new(version, files);
    }

    private const string Cart = """
        trigger: cart
        on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 300ms, repeat: restart}}
        per: event.kind
        if: sum(cart_add.price) over 1s >= 10
        decide: {channels: [push], expires: 1s}
        prompt: {data: {price: cart.price}}
        """;

    private const string Stuck = """
        trigger: stuck
        on: {pattern: [{event: error, as: e, times: 2}, {not: submit, for: 120ms}], within: 250ms}
        decide: {channels: [in_app]}
        """;

    /// <summary>Triggers of other versions, one that is gone, one that is new, a window that reaches further back, a segment.</summary>
    private static RulebookText ChangedText(string version, string policy) => new(version, new Dictionary<string, string>
    {
        ["policy.yaml"] = policy,
        ["cart.yaml"] = Cart + "\nversion: 2\non_upgrade: keep\n",
        ["views.yaml"] = """
            trigger: views
            on: {event: view, where: "count(view by kind) over 800ms >= 2"}
            decide: {channels: [in_app], cooldown: 200ms, reentry: cooldown}
            """,
        ["stuck.yaml"] = Stuck + "\nversion: 2\n",
        ["asked.yaml"] = _asked + "\nversion: 2\non_upgrade: keep\n",
        ["path.yaml"] = _path + AnsweredRulebooks.Next,
        ["keen.yaml"] = """
            trigger: keen
            on: {segment: keen, edge: enter}
            decide: {channels: [push]}
            """,
        ["segments/keen.yaml"] = "segment: keen\nif: count(view) over 400ms >= 2\n",
    });
}
