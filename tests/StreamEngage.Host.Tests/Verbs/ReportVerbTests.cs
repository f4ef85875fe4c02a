using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Host.Reports;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class ReportVerbTests : IDisposable
{
    private const long Start = 1_767_225_600_000, Minute = 60_000, Hour = 60 * Minute;

    private const string Rule = """
        trigger: cart
        version: 3
        on: {event: cart_add}
        decide: {channels: [push], holdout: 0.1}
        prompt: {data: {}}
        goal: {event: purchase, where: "event.value > 10", within: 1h}
        """;

    private readonly RunFolder _folder = new RunFolder().Write("rules/cart.yaml", Rule);
    private readonly StringBuilder _events = new(), _decisions = new();
    private int _ids;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(Hour, 1)]
    [InlineData(Hour + 1, 0)]
    public void AGoal_CountsAfterTheDecision_UpToTheEndOfItsTime_EndIncluded(long after, int conversions)
    {
        Decide("u1", Start, "sent");
        Event("u1", "purchase", Start + after, value: 20);
        Assert.Equal(conversions, Report().GetProperty("sentConversions").GetInt32());
    }

    [Fact]
    public void AGoalThatItsConditionRefuses_OfAnotherUser_OrTwice_IsNotCountedMore()
    {
        Decide("u1", Start, "sent");
        Decide("u2", Start, "sent");
        Event("u1", "purchase", Start + Minute, value: 5);
        Event("u2", "purchase", Start + Minute, value: 20);
        Event("u2", "purchase", Start + (2 * Minute), value: 20);
        var report = Report();
        Assert.Equal((2, 1), (report.GetProperty("sent").GetInt32(), report.GetProperty("sentConversions").GetInt32()));
    }

    [Fact]
    public void AnOutcome_CountsOncePerPrompt_OfThisTriggersPromptsAlone()
    {
        Decide("u1", Start, "sent", promptId: "p1");
        Decide("u2", Start, "sent", promptId: "p2");
        Decide("u3", Start, "ghost", "holdout", promptId: "p3");
        foreach (var (prompt, outcome) in new[] { ("p1", "delivered"), ("p1", "opened"), ("p1", "opened"), ("p2", "delivered"), ("p3", "delivered") })
            Outcome(prompt, outcome);
        Outcome("another", "clicked");
        Outcome("p2", "smiled");
        var outcomes = Report().GetProperty("outcomes");
        Assert.Equal((2, 1, 0), (Int(outcomes, "delivered"), Int(outcomes, "opened"), Int(outcomes, "clicked")));
        var shown = CommandRun.Of(
            ["report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--decisions", _folder["decisions.ndjson"]]).Output;
        Assert.Contains("cart: of 2 prompts 2 delivered, 1 opened\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void AGoalThatArrivesLate_CountsAtItsOwnTime()
    {
        Decide("u1", Start, "sent");
        Event("u2", "view", Start + Hour + (5 * Minute), value: 0);
        Event("u1", "purchase", Start + Hour, value: 20);
        Assert.Equal(1, Report().GetProperty("sentConversions").GetInt32());
    }

    [Fact]
    public void AUser_CountsByTheirFirstDecision_WhileDecisionsAreAllCounted()
    {
        Decide("u1", Start + (2 * Hour), "sent");
        Decide("u1", Start, "sent");
        Decide("u2", Start, "ghost", "holdout");
        Decide("u2", Start + (2 * Hour), "ghost", "holdout");
        Event("u2", "purchase", Start + Minute, value: 20);
        Event("u1", "purchase", Start + (2 * Hour) + Minute, value: 20);
        var report = Report();
        Assert.Equal((2, 1, 2, 1), (Int(report, "sent"), Int(report, "sentConversions"), Int(report, "ghosts"), Int(report, "ghostConversions")));
        Assert.Equal((1, 0), (Int(report.GetProperty("treated"), "users"), Int(report.GetProperty("treated"), "conversions")));
        Assert.Equal((1, 1), (Int(report.GetProperty("heldOut"), "users"), Int(report.GetProperty("heldOut"), "conversions")));
        Assert.Equal(-1, report.GetProperty("difference").GetDouble());
    }

    [Fact]
    public void SuppressedAndHeldDecisions_AreOnNoSide_AndGlobalGhostsBesideAnOwnHoldoutAreNotCompared()
    {
        Decide("u1", Start, "suppressed", "cooldown");
        Decide("u2", Start, "held");
        Decide("u3", Start, "ghost", "global-holdout");
        Decide("u4", Start, "ghost", "holdout");
        var report = Report();
        Assert.Equal((0, 1, 1), (Int(report, "sent"), Int(report, "ghosts"), Int(report, "otherGhosts")));
        Assert.Equal("holdout", report.GetProperty("against").GetString());
    }

    [Fact]
    public void WithoutAHoldoutOfItsOwn_ATriggerIsComparedWithTheGlobalOne()
    {
        _folder.Write("rules/cart.yaml", Rule.Replace(", holdout: 0.1", "", StringComparison.Ordinal)).Write("rules/policy.yaml", "global_holdout: 0.02\n");
        Decide("u3", Start, "ghost", "global-holdout");
        Assert.Equal(("global-holdout", 1), (Report().GetProperty("against").GetString(), Int(Report(), "ghosts")));
    }

    [Fact]
    public void AnEffect_IsFound_AndAReportWithoutOneStaysOpen()
    {
        Experiment(users: 4_000, treatedRate: 0.5, heldRate: 0.3);
        Assert.Equal("gain", Report().GetProperty("verdict").GetString());
        Experiment(users: 4_000, treatedRate: 0.3, heldRate: 0.3);
        Assert.Equal("open", Report().GetProperty("verdict").GetString());
        Experiment(users: 4_000, treatedRate: 0.1, heldRate: 0.4);
        var harm = Report();
        Assert.Equal("harm", harm.GetProperty("verdict").GetString());
        Assert.True(harm.GetProperty("interval").GetProperty("high").GetDouble() < 0);
        Assert.False(harm.GetProperty("sampleRatio").GetProperty("alarm").GetBoolean());
    }

    [Fact]
    public void SidesThatAreNotAsTheirSharesSay_AreToldInsteadOfALift()
    {
        Experiment(users: 4_000, treatedRate: 0.5, heldRate: 0.3, heldEvery: 4);
        var report = Report();
        Assert.Equal("wrong-sides", report.GetProperty("verdict").GetString());
        Assert.True(report.GetProperty("sampleRatio").GetProperty("alarm").GetBoolean());
    }

    [Fact]
    public void DecisionsOfAnotherVersion_AreCountedWithoutAShareToCompareWith()
    {
        Decide("u1", Start, "sent", version: 2);
        Assert.Equal(JsonValueKind.Null, Report().GetProperty("sampleRatio").ValueKind);
    }

    [Fact]
    public void DecisionsWhoseTimeIsNotOver_AreTold()
    {
        Decide("u1", Start, "sent");
        Decide("u2", Start + Minute, "sent");
        Event("u3", "view", Start + Hour, value: 0);
        Assert.Equal(1, Int(Report(), "open"));
    }

    [Fact]
    public void WithoutDecisions_TheRulebookDecides()
    {
        for (var i = 0; i < 50; i++)
        {
            Event($"u{i}", "cart_add", Start + i, value: 0);
            if (i % 2 == 0) Event($"u{i}", "purchase", Start + Minute + i, value: 20);
        }
        Write();
        var run = CommandRun.Of("report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--json");
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        var report = Only(run);
        Assert.Equal(50, Int(report, "sent") + Int(report, "ghosts"));
        Assert.Equal(25, Int(report, "sentConversions") + Int(report, "ghostConversions"));
    }

    [Fact]
    public void TheEnginesOwnGhosts_AreTheUsersBelowTheShare_AndNoEffectIsFoundWhereThereIsNone()
    {
        const int users = 3_000;
        for (var i = 0; i < users; i++)
        {
            Event($"u{i}", "cart_add", Start + i, value: 0);
            if (i % 5 == 0) Event($"u{i}", "purchase", Start + i, value: 20);
        }
        for (var i = 1; i < users; i += 4) Event($"u{i}", "purchase", Start + Minute + i, value: 20);
        Write();
        var report = Only(Call());
        var held = Enumerable.Range(0, users).Where(i => Assignment.IsHeldOut("holdout/cart", Encoding.UTF8.GetBytes($"u{i}"), 0.1)).ToList();
        Assert.Equal((users - held.Count, held.Count), (Int(report, "sent"), Int(report, "ghosts")));
        // A purchase at the instant of the decision is not after it.
        Assert.Equal(held.Count(i => i % 4 == 1), Int(report, "ghostConversions"));
        Assert.Equal("open", report.GetProperty("verdict").GetString());
        Assert.False(report.GetProperty("sampleRatio").GetProperty("alarm").GetBoolean());
    }

    [Fact]
    public void WhatRunRecorded_GivesTheSameReport()
    {
        for (var i = 0; i < 50; i++) Event($"u{i}", i % 3 == 0 ? "purchase" : "cart_add", Start + (i * Minute), value: 20);
        Write();
        Assert.Equal(0, CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", _folder["p.ndjson"],
            "--decisions", _folder["decisions.ndjson"]).Exit);
        var (recorded, decided) = (Call("--decisions", _folder["decisions.ndjson"]), Call());
        Assert.Equal(decided.Output, recorded.Output);
    }

    [Fact]
    public void EachVariant_IsComparedWithThoseWhoWouldHaveGotIt()
    {
        _folder.Write("rules/cart.yaml", Rule.Replace("holdout: 0.1", "holdout: 0.1, variants: {plain: 1, loud: 1}", StringComparison.Ordinal));
        foreach (var (user, verdict, variant, converts) in ((string, string, string, bool)[])
            [
                ("u1", "sent", "plain", true), ("u2", "sent", "plain", false), ("u3", "sent", "loud", true), ("u4", "ghost", "loud", true),
                ("u5", "ghost", "plain", false),
            ])
        {
            Decide(user, Start, verdict, verdict == "ghost" ? "holdout" : null, variant: variant);
            if (converts) Event(user, "purchase", Start + Minute, value: 20);
        }
        Decide("u1", Start + Hour, "sent", variant: "loud");
        var report = Report();
        var variants = report.GetProperty("variants").EnumerateArray().ToList();
        Assert.Equal(["plain", "loud"], variants.Select(variant => variant.GetProperty("variant").GetString()));
        Assert.Equal([(2, 1, 1, 0), (2, 1, 1, 1)],
            variants.Select(variant => (Int(variant, "sent"), Int(variant, "sentConversions"), Int(variant, "ghosts"), Int(variant, "ghostConversions"))));
        // The second decision of u1 counts, the user does not.
        Assert.Equal([2, 1], variants.Select(variant => Int(variant.GetProperty("treated"), "users")));
        Assert.Equal([0.5, 0], variants.Select(variant => variant.GetProperty("difference").GetDouble()));
    }

    [Fact]
    public void AVariantThatHelps_IsFoundBesideOneThatDoesNot()
    {
        _folder.Write("rules/cart.yaml", Rule.Replace("holdout: 0.1", "holdout: 0.1, variants: {plain: 1, loud: 1}", StringComparison.Ordinal));
        for (var user = 0; user < 10_000; user++)
        {
            var (isHeld, isLoud, turn) = (user % 10 == 0, user % 20 < 10, user / 20 % 10);
            Decide($"u{user}", Start + user, isHeld ? "ghost" : "sent", isHeld ? "holdout" : null, variant: isLoud ? "loud" : "plain");
            if (turn < (isLoud && !isHeld ? 6 : 3)) Event($"u{user}", "purchase", Start + Minute + user, value: 20);
        }
        var report = Report();
        Assert.Equal(["open", "gain"], report.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("verdict").GetString()));
        Assert.Equal("gain", report.GetProperty("verdict").GetString());
    }

    [Fact]
    public void WhatRunRecordedOfVariants_GivesTheSameReport_AsTextToo()
    {
        _folder.Write("rules/cart.yaml", Rule.Replace("holdout: 0.1", "holdout: 0.5, variants: {plain: 1, loud: 1}", StringComparison.Ordinal));
        for (var i = 0; i < 60; i++)
        {
            Event($"u{i}", "cart_add", Start + i, value: 0);
            if (i % 3 == 0) Event($"u{i}", "purchase", Start + Minute + i, value: 20);
        }
        Write();
        Assert.Equal(0, CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", _folder["p.ndjson"],
            "--decisions", _folder["decisions.ndjson"]).Exit);
        Assert.Equal(Call().Output, Call("--decisions", _folder["decisions.ndjson"]).Output);
        var report = Only(Call());
        var variants = report.GetProperty("variants").EnumerateArray().ToList();
        Assert.Equal(Int(report, "sent"), variants.Sum(variant => Int(variant, "sent")));
        Assert.Equal(Int(report, "ghosts"), variants.Sum(variant => Int(variant, "ghosts")));
        Assert.All(variants, variant => Assert.True(Int(variant, "sent") > 0 && Int(variant, "ghosts") > 0));
        var text = CommandRun.Of("report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"]).Output;
        Assert.True(text.Contains("\n  plain", StringComparison.Ordinal) && text.Contains("\n  loud", StringComparison.Ordinal), text);
    }

    [Fact]
    public void Text_HasARowATrigger_AndSaysWhatIsNotMeasured()
    {
        _folder.Write("rules/other.yaml", "trigger: other\non: {event: view}\nprompt: {data: {}}\n");
        Experiment(users: 1_000, treatedRate: 0.5, heldRate: 0.3);
        Write();
        var run = CommandRun.Of("report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--decisions", _folder["decisions.ndjson"]);
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        foreach (var part in (string[])["verdict", "cart", "%", "sides as their shares say", "other: no goal"])
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ALineThatIsNoDecision_IsRefused_AndTheRestIsShown()
    {
        Decide("u1", Start, "sent");
        _decisions.AppendLine("nonsense").AppendLine("{\"user\":\"u\",\"trigger\":\"cart\",\"at\":1,\"verdict\":\"maybe\"}").AppendLine("null");
        Write();
        var run = Call("--decisions", _folder["decisions.ndjson"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains("3 lines are no decisions", run.Errors, StringComparison.Ordinal);
        Assert.Equal(1, Int(Only(run), "sent"));
        Assert.Equal(2, CommandRun.Of("report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--decisions", _folder["none"]).Exit);
        Assert.Equal(2, CommandRun.Of("report", "--rules", _folder.Rules, "--events", _folder["none"]).Exit);
    }

    [Fact]
    public void GoalTimes_FindTheFirstAfterTheDecision()
    {
        var times = new GoalTimes();
        foreach (var at in (long[])[5, 5, 5, 9]) times.Add("u", new(at));
        Assert.Equal([true, true, false, true, false],
            new (long At, long Within)[] { (4, 1), (0, 5), (5, 3), (5, 4), (9, 100) }.Select(asked => times.IsReached("u", new(asked.At), asked.Within)));
        Assert.False(times.IsReached("v", new(0), 100));
    }

    public void Dispose() => _folder.Dispose();

    private void Experiment(int users, double treatedRate, double heldRate, int heldEvery = 10)
    {
        _events.Clear();
        _decisions.Clear();
        for (var user = 0; user < users; user++)
        {
            var isHeld = user % heldEvery == 0;
            Decide($"u{user}", Start + user, isHeld ? "ghost" : "sent", isHeld ? "holdout" : null);
            // Every tenth of the users in turn, so that both sides get just their rate.
            if (user / heldEvery % 10 < 10 * (isHeld ? heldRate : treatedRate)) Event($"u{user}", "purchase", Start + Minute + user, value: 20);
        }
        Event("end", "view", Start + (3 * Hour), value: 0);
    }

    private void Decide(string user, long at, string verdict, string? reason = null, int version = 3, string? variant = null, string? promptId = null)
    {
        var (instance, causes) = ("", Array.Empty<string>());
        var decision = new { user, trigger = "cart", version, instance, at, verdict, reason, promptId, variant, causes };
        _decisions.Append(JsonSerializer.Serialize(decision)).Append('\n');
    }

    private void Event(string user, string type, long at, double value) => _events.Append(CultureInfo.InvariantCulture,
        $"{{\"id\":\"e{_ids++}\",\"user\":\"{user}\",\"type\":\"{type}\",\"at\":{at},\"props\":{{\"value\":{value}}}}}\n");

    private void Outcome(string promptId, string outcome)
    {
        var told = new { id = $"e{_ids++}", user = "u1", type = "prompt_outcome", at = Start, props = new { promptId, outcome } };
        _events.Append(JsonSerializer.Serialize(told)).Append('\n');
    }

    private JsonElement Report()
    {
        Write();
        var run = Call("--decisions", _folder["decisions.ndjson"]);
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        return Only(run);
    }

    private CommandRun Call(params string[] more) =>
        CommandRun.Of(["report", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--json", .. more]);

    private void Write() => _folder.Write("events.ndjson", _events.ToString()).Write("decisions.ndjson", _decisions.ToString());

    private static JsonElement Only(CommandRun run) => JsonDocument.Parse(run.Output).RootElement.GetProperty("triggers")[0];

    private static int Int(JsonElement of, string name) => of.GetProperty(name).GetInt32();
}
