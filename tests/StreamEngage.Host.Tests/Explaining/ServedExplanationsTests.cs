using System.Text;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Host.Explaining;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>What is said of a decision that a lane took, and what is not.</summary>
public sealed class ServedExplanationsTests
{
    private const string Click = "trigger: t\non: {event: click}\n";
    private const long Noon = 1_767_268_800_000;

    [Fact]
    public async Task AWaitingDecision_IsNotMadeToEnd()
    {
        var served = await ServedAsync("decide: {approval: {within: 1h, default: reject}}", null, [("click", 0)]);
        var one = Assert.Single(new ServedExplanations(served).Of("t", new(long.MaxValue)));
        Assert.Equal((Verdict.Held, false), (one.Outcome!.Last.Verdict, one.IsSearched));
        Assert.Null(one.Served!.Why);
        Assert.DoesNotContain("no change of", new ExplanationText(one).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATick_FiresWhatItFired_AndNothingLater()
    {
        const string rule = "trigger: t\non: {absence: {of: buy, after: click, for: 10m}}\nif: event.n > 3\n";
        var served = await ServedAsync(rule, null, [("click", 0)], tick: Noon + 600_000);
        var one = Assert.Single(new ServedExplanations(served).Of("t", new(long.MaxValue)));
        Assert.Equal((Reason.Predicate, Noon + 600_000), (one.Outcome!.Last.Reason, one.Outcome.Last.At.UnixMilliseconds));
        Assert.Contains("the rule said `event.n >= 0`", one.Flips[0].Says, StringComparison.Ordinal);
        // A millisecond before nothing was decided, though in the end there would be.
        var before = await ServedAsync(rule, null, [("click", 0)], tick: Noon + 599_999);
        Assert.Empty(new ServedExplanations(before).Of(null, new(long.MaxValue)));
        var none = Assert.Single(new ServedExplanations(before).Of("t", new(long.MaxValue)));
        Assert.Contains(none.Missing!.Found, found => found.Contains("armed and fires at 2026-01-01T12:10:00.000Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ADecisionBeforeAChangeOfTheRulebook_IsExplainedUnderItsOwn()
    {
        var served = await ServedAsync("if: event.n > 3", "if: event.n > 5", [("click", 0), ("click", 1)]);
        Assert.Equal([0, 1], served.Decisions.Select(made => made.Reign));
        var explanations = new ServedExplanations(served);
        var (first, second) = (explanations.Of("t", new(Noon))[0], explanations.Of("t", new(long.MaxValue))[0]);
        Assert.Equal(("first", "next"), (first.Served!.Rulebook, second.Served!.Rulebook));
        Assert.Equal((null, null), (first.Served.Why, second.Served.Why));
        Assert.EndsWith("instead of `event.n > 3`", first.Flips[0].Says, StringComparison.Ordinal);
        Assert.EndsWith("instead of `event.n > 5`", second.Flips[0].Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereTheEngineDecidesOtherwise_NothingIsGuessed()
    {
        var served = await ServedAsync("if: event.n > 3", null, [("click", 0)]);
        var (reign, decision) = served.History!.Decisions[0];
        served.History.Decisions[0] = (reign, decision with { Reason = Reason.CircuitOpen });
        var one = new ServedExplanations(served).Of("t", new(long.MaxValue))[0];
        Assert.Contains("the engine decides otherwise (suppressed, predicate)", one.Served!.Why, StringComparison.Ordinal);
        Assert.Equal((0, 0, Reason.CircuitOpen), (one.Flips.Count, one.Terms.Count, one.Outcome!.Last.Reason));
        Assert.Contains("values and changes are not told", new ExplanationText(one).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALaneThatCannotBeMadeAgain_LeavesTheDecisionTopic()
    {
        var made = await ServedAsync("if: event.n > 3", null, [("click", 0)]);
        var published = made.Decisions.Select(one => RecordedDecisions.Read(Encoding.UTF8.GetBytes(RecordedDecisions.Line(one.Decision)), "ann")!).ToList();
        var served = new ServedUser("ann", 0) { Rules = made.Rules, Published = published, Problem = "input begins at 7" };
        var one = Assert.Single(new ServedExplanations(served).Of(null, new(long.MaxValue)));
        Assert.Equal((Reason.Predicate, "input begins at 7", true), (one.Outcome!.Last.Reason, one.Served!.Why, one.Served.IsInTopic));
        Assert.Contains("\"madeAgain\":false", ExplanationJson.Of("ann", [one]), StringComparison.Ordinal);
        Assert.Contains("FAILED  predicate", new ExplanationText(one).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatBecameOfThePrompt_IsToldByTheJournal()
    {
        var served = await ServedAsync("", null, [("click", 0)]);
        var key = $"{served.Decisions[0].Decision.PromptId}/send";
        Assert.Equal("waits to be published", Fate([]));
        Assert.Equal("was published", Fate([key]));
        Assert.StartsWith("was withdrawn", Fate([$"withdrawn/{key}"]), StringComparison.Ordinal);

        string? Fate(HashSet<string> settled) => new ServedExplanations(served with { Settled = settled }).Of("t", new(long.MaxValue))[0].Served!.Prompt;
    }

    [Fact]
    public void EveryDecisionOfARandomRun_IsReadBackAsItWasWritten()
    {
        for (var seed = 1; seed < 60; seed++)
            foreach (var decision in RandomStreams.Of(seed).Decisions)
            {
                var line = RecordedDecisions.Line(decision);
                Assert.Equal(line, RecordedDecisions.Line(RecordedDecisions.Read(Encoding.UTF8.GetBytes(line), decision.User)!));
                Assert.Null(RecordedDecisions.Read(Encoding.UTF8.GetBytes(line), "another"));
            }
    }

    /// <summary>A lane in which ann does something, then bob, under one rulebook; and perhaps, behind the first event of both, under another.</summary>
    private static async Task<ServedUser> ServedAsync(string rule, string? next, (string Type, int Minute)[] events, long? tick = null)
    {
        var rulebook = RulebookCompiler.Compile(Read(rule));
        var topics = new LaneTopics(["input"], "exchange", rulebook.Definition.Policy.Channels, "quarantine", null);
        var rules = new ReplayRules(
            rulebook, RulebookText.Named("first"), new(text => RulebookFiles.Read(text.Files).Definition), schema => new JsonRecords(schema));
        var history = new LaneHistory("ann", new HashSet<string> { "ann" });
        var replay = new LaneReplay(rules, topics, 0, new(KeyHash.Murmur2, 1), history);
        long[] read = [0, 0];
        List<JournalStep> steps = [new(1, new([2, 0]), null, "first", 0)];
        if (next is not null) steps.Add(new(2, new([2, 1]), null, "next", 0));
        if (events.Length > 1) steps.Add(new(steps.Count + 1, new([2 * events.Length, next is null ? 0 : 1]), null, next is null ? "first" : "next", 0));
        if (tick is not null) steps.Add(steps[^1] with { Number = steps.Count + 1, Tick = tick });
        Assert.Null(await replay.RunAsync(steps, ReadAsync, default));
        return new("ann", 0) { History = history, Rules = ("first", rulebook.Definition) };

        async IAsyncEnumerable<InputRecord> ReadAsync(int topic, long until)
        {
            for (var i = read[topic]; i < until; i = ++read[topic]) yield return new(0, topic, i, Noon, topic == 0 ? Line((int)i) : Change(next!));
            await Task.CompletedTask;
        }

        byte[] Line(int i)
        {
            var (user, (type, minute)) = (i % 2 == 0 ? "ann" : "bob", events[i / 2]);
            return JsonSerializer.SerializeToUtf8Bytes(new { id = $"e{i}", user, type, at = Noon + minute * 60_000, props = new { n = i } });
        }
    }

    private static byte[] Change(string rule) => new LaneMessage(
        MessageKind.Rulebook, LaneMessage.NoLane, 0, new RulebookText("next", new Dictionary<string, string> { ["t.yaml"] = Whole(rule) }).Encode()).Encode();

    private static RulebookDefinition Read(string rule) => ExplainedStream.Read(("t.yaml", Whole(rule)));

    private static string Whole(string rule) => rule.StartsWith("trigger", StringComparison.Ordinal) ? rule : Click + rule;
}
