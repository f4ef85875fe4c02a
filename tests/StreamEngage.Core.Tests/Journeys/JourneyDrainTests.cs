using StreamEngage.Decide;
using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;
using StreamEngage.Testing;

namespace StreamEngage.Journeys;

/// <summary>Versions that stay in the rulebook to finish their journeys, beside the one that takes entries.</summary>
public sealed class JourneyDrainTests
{
    private const string Entry = "on: {event: signup, as: s}\nper: s.plan\n";
    private const string Steps = "steps:\n  - {wait: 12h, name: pause}\n  - {prompt: {data: {plan: s.plan}}, name: hello}\n";

    [Fact]
    public void JourneyUnderWay_EndsUnderItsVersion_AndLaterEntriesBeginUnderTheNext()
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a"));
        engine.At("13:00").Change(Both(Steps.Replace("12h", "1h", StringComparison.Ordinal)));
        engine.At("13:30").Does("signup", ("plan", "b")).At("2d 00:00").Does("view");
        Assert.Equal(["14:30:00 t v2 b", "1d 00:00:00 t v1 a"], Told(engine));
    }

    [Theory]
    [InlineData("12:59:59.999", "v1")]
    [InlineData("13:00", "v2")]
    public void EntryAtTheInstantOfTheChange_IsTheNextVersions(string entry, string version)
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("13:00").Change(Both(Steps)).At(entry).Does("signup", ("plan", "a")).ForEver();
        Assert.EndsWith($"{version} a", Assert.Single(Told(engine)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1d 00:00", "already-in", "1d 00:00:00 t v1 a")]
    [InlineData("1d 00:00:00.001", "", "1d 00:00:00 t v1 a|1d 12:00:00.001 t v2 a")]
    public void KeyThatIsInADrainingJourney_IsInNoOtherUntilThatIsOver(string entry, string reason, string prompts)
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00").Change(Both(Steps));
        engine.At(entry).Does("signup", ("plan", "a")).ForEver();
        Assert.Equal(reason, string.Join(' ', engine.Suppressed));
        Assert.Equal(prompts, string.Join('|', Told(engine)));
    }

    [Theory]
    [InlineData("2d 00:00", "cooldown")]
    [InlineData("2d 00:00:00.001", "sent")]
    public void WhatADrainingVersionSends_CountsForTheCooldownOfTheOneThatTakesEntries(string entry, string verdict)
    {
        // The one that drains says nothing of a cooldown itself.
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00");
        engine.Change(Both("decide: {cooldown: 86400001ms}\n" + Steps.Replace("{wait: 12h, name: pause}", "{wait: 1ms, name: pause}", StringComparison.Ordinal)));
        engine.At(entry).Does("signup", ("plan", "a")).ForEver();
        Assert.Equal(verdict, Verdict(engine.Decisions[^1]));
    }

    [Theory]
    [InlineData("once", "already-in")]
    [InlineData("always", "sent")]
    public void WhetherAKeyMayComeAgain_IsForTheOneThatTakesEntriesToSay(string reentry, string verdict)
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00");
        engine.Change(Both($"decide: {{reentry: {reentry}}}\n" + Steps)).At("1d 06:00").Does("signup", ("plan", "a")).ForEver();
        Assert.Equal(verdict, Verdict(engine.Decisions[^1]));
    }

    [Theory]
    [InlineData("leave", "")]
    [InlineData("quit", "1d 00:00:00 t v1 a")]
    public void ADrainingJourney_EndsWithTheExitOfItsOwnVersion(string type, string prompts)
    {
        var engine = EngineHarness.With(Version(1, "exit: leave\n" + Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00");
        engine.Change(Both("exit: quit\n" + Steps, "exit: leave\n")).At("14:00").Does(type).ForEver();
        Assert.Equal(prompts, string.Join('|', Told(engine)));
    }

    [Fact]
    public void WhatOnlyADrainingVersionWaitsFor_StillMovesIt()
    {
        const string Waits = "steps:\n  - {wait_until: {event: paid, as: p, for: 1d}, name: wait}\n  - prompt: {data: {plan: s.plan, sum: p.sum}}\n";
        var engine = EngineHarness.With(Version(1, Waits)).At("12:00").Does("signup", ("plan", "a")).At("13:00").Change(Both(Steps, "", Waits));
        engine.At("14:00").Does("paid", ("sum", 7)).ForEver();
        Assert.Equal(["14:00:00 t v1 a 7"], Told(engine));
    }

    [Theory]
    [InlineData(true, "sent")]
    [InlineData(false, "retired")]
    public void PromptThatQuietHoursHold_IsItsVersionsToTheEnd(bool drains, string verdict)
    {
        const string Policy = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n";
        const string Night = "steps: [{prompt: {data: {plan: s.plan}, expires: 1d}, name: night}]\n";
        var next = drains ? Both(Steps, "", Night) : new() { ["new.yaml"] = Version(2, Steps) };
        next["policy.yaml"] = Policy;
        var engine = EngineHarness.With(new Dictionary<string, string> { ["t.yaml"] = Version(1, Night), ["policy.yaml"] = Policy });
        engine.At("23:00").Does("signup", ("plan", "a")).At("23:30").Change(next).At("1d 12:00").Does("view");
        Assert.Equal(["held", verdict], engine.Decisions.Select(Verdict));
        if (drains) Assert.Equal(["23:00:00 t v1 a"], Told(engine));
    }

    [Theory]
    [InlineData("close", "")]
    [InlineData("keep", "13:00:00 t v2")]
    public void EntryThatHasNotCome_IsTheNextVersionsOrNobodys(string upgrade, string prompts)
    {
        static string Wait(int version, string more) => $"trigger: t\nversion: {version}\n{more}on: {{absence: {{of: buy, after: cart, for: 1h}}}}\n"
            + "steps: [{prompt: {}, name: hello}]\n";
        var engine = EngineHarness.With(Wait(1, "")).At("12:00").Does("cart").At("12:30");
        engine.Change(new Dictionary<string, string> { ["1.yaml"] = Wait(1, "draining: true\n"), ["2.yaml"] = Wait(2, $"on_upgrade: {upgrade}\n") }).ForEver();
        Assert.Equal(prompts, string.Join('|', Told(engine)));
    }

    [Fact]
    public void VersionThatIsTakenOut_EndsItsJourneys_OrThoseMove()
    {
        foreach (var (more, prompts) in new[] { ("", ""), ("migrate: {from: 1, otherwise: stay-name}\n", "1d 00:00:00 t v2 a") })
        {
            var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00").Change(Both(Steps));
            engine.At("14:00").Change(Version(2, more + Steps)).ForEver();
            Assert.Equal(prompts, string.Join('|', Told(engine)));
        }
    }

    [Fact]
    public void ThreeVersions_EachEndTheirOwn_AndAnOlderOneMayComeBack()
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00").Change(Both(Steps));
        engine.At("13:30").Does("signup", ("plan", "b")).At("14:00").Change(new Dictionary<string, string>
        {
            ["1.yaml"] = Version(1, "draining: true\n" + Steps),
            ["2.yaml"] = Version(2, "draining: true\n" + Steps),
            ["3.yaml"] = Version(3, Steps),
        });
        engine.At("14:30").Does("signup", ("plan", "c")).At("15:00").Change(new Dictionary<string, string>
        {
            ["1.yaml"] = Version(1, Steps),
            ["2.yaml"] = Version(2, "draining: true\n" + Steps),
            ["3.yaml"] = Version(3, "draining: true\n" + Steps),
        });
        engine.At("15:30").Does("signup", ("plan", "d")).At("15:31").Does("signup", ("plan", "b")).ForEver();
        Assert.Equal(["1d 00:00:00 t v1 a", "1d 01:30:00 t v2 b", "1d 02:30:00 t v3 c", "1d 03:30:00 t v1 d"], Told(engine));
        Assert.Equal(["already-in"], engine.Suppressed);
    }

    [Fact]
    public void WhereAllVersionsDrain_NobodyBegins()
    {
        var engine = EngineHarness.With(Version(1, Steps)).At("12:00").Does("signup", ("plan", "a")).At("13:00");
        engine.Change(Version(1, "draining: true\n" + Steps)).At("13:30").Does("signup", ("plan", "b")).ForEver();
        Assert.Equal(["1d 00:00:00 t v1 a"], Told(engine));
        Assert.Single(engine.Decisions);
    }

    [Fact]
    public void JourneysOfAllVersions_AreSixtyFourAtTheMost()
    {
        const string Outside = "decide: {purpose: transactional}\n";
        var engine = EngineHarness.With(Version(1, Outside + Steps)).At("12:00");
        for (var i = 0; i < Limits.InstancesMax; i++) engine.Does("signup", ("plan", $"a{i}"));
        engine.At("13:00").Change(Both(Outside + Steps, Outside)).At("13:30").Does("signup", ("plan", "b")).ForEver();
        var told = Told(engine);
        Assert.Equal(Limits.InstancesMax, told.Count);
        Assert.DoesNotContain("1d 00:00:00 t v1 a0", told);
        Assert.Contains("1d 01:30:00 t v2 b", told);
    }

    [Theory]
    [InlineData("draining: true\nprompt: {}\n", 2, "steps", "without 'steps' has none")]
    [InlineData("version: 2\ndraining: true\nsteps: [{prompt: {}}]\n", 1, "duplicate-name", "version 2 of trigger 't'")]
    [InlineData("version: 3\nsteps: [{prompt: {}}]\n", 1, "duplicate-name", "there is a trigger 't' already")]
    [InlineData("draining: yes-please\nsteps: [{prompt: {}}]\n", 2, "shape", "true or false")]
    public void Mistake_NamesItsPlaceAndRemedy(string rest, int line, string code, string part)
    {
        var reading = RulebookFiles.Read(new Dictionary<string, string>
        {
            ["a.yaml"] = "trigger: t\nversion: 2\non: {event: a}\nsteps: [{prompt: {}}]\n",
            ["b.yaml"] = $"trigger: t\n{rest}on: {{event: a}}\n",
        });
        Assert.Null(reading.Definition);
        var problem = Assert.Single(reading.Problems, problem => problem.Code == code);
        Assert.Equal(("b.yaml", line), (problem.At.File, problem.At.Line));
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_WarnsOfNoEntryAndOfAMoveThatNeverIs()
    {
        Assert.Contains(Warnings(new() { ["1.yaml"] = Version(1, "draining: true\n" + Steps) }), problem => problem.Code == "drains-alone");
        var both = Both("migrate: {from: 1, otherwise: stay-name}\n" + Steps);
        Assert.Equal("new.yaml", Assert.Single(Warnings(both), problem => problem.Code == "unused-migration").At.File);
        Assert.DoesNotContain(Warnings(Both(Steps)), problem => problem.Code is "drains-alone" or "unused-migration");
    }

    private static IReadOnlyList<Problem> Warnings(Dictionary<string, string> files) => Linter.Check(RulebookFiles.Read(files));

    private static string Version(int version, string rest) => $"trigger: t\nversion: {version}\n{Entry}{rest}";

    /// <summary>Version 1, which drains, and version 2.</summary>
    private static Dictionary<string, string> Both(string next, string more = "", string former = Steps) => new()
    {
        ["old.yaml"] = Version(1, $"draining: true\n{more}{former}"),
        ["new.yaml"] = Version(2, next),
    };

    private static List<string> Told(EngineHarness engine) =>
    [
        .. engine.Prompts.Zip(engine.Commands, (words, command) =>
            string.Join(' ', command.Data.Select(field => field.Value.ToString()).Prepend($"{words} v{command.Version}"))),
    ];

    private static string Verdict(Emit.DecisionRecord decision) => ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant();
}
