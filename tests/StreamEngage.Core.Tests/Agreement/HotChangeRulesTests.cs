using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>What a change of the rulebook keeps, warms and closes, rule by rule.</summary>
public sealed class HotChangeRulesTests
{
    private const string Wait = "trigger: t\nversion: {0}\non: {absence: {of: buy, after: cart, for: 1h}}\non_upgrade: {1}\ndecide: {cooldown: 1d}\n";
    private const string Other = "trigger: other\non: {event: nothing}\n";
    private const string Night = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n";

    [Theory]
    [InlineData(1, "close", "13:00:00 t")]
    [InlineData(2, "keep", "13:00:00 t")]
    [InlineData(2, "close", "")]
    public void ArmedDeadline_SurvivesUnderItsOwnVersion_AndUnderAnotherWhereThatSaysSo(int version, string upgrade, string prompts)
    {
        var engine = EngineHarness.With(Text(1, "close")).At("12:00").Does("cart").At("12:30").Change(Text(version, upgrade)).At("14:00").Does("x");
        Assert.Equal(prompts, string.Join(' ', engine.Prompts));
    }

    [Theory]
    [InlineData("1d 13:29:59.999", "cooldown")]
    [InlineData("1d 13:30", "sent")]
    public void Cooldown_GoesOnUnderAnotherVersion(string due, string verdict)
    {
        var armed = TimeOnly.Parse(due[3..], System.Globalization.CultureInfo.InvariantCulture).AddHours(-1);
        var engine = EngineHarness.With(Text(1, "close")).At("12:30").Does("cart").At("14:00").Change(Text(2, "close"));
        engine.At($"1d {armed:HH:mm:ss.fff}").Does("cart").At("2d 12:00").Does("x");
        Assert.Equal(["sent", verdict], engine.Decisions.Select(Verdict));
    }

    [Fact]
    public void MatchThatWaitsAtAnEndThatIsGone_IsDropped()
    {
        string Text(string end) => $"trigger: t\non: {{pattern: [{{event: a}}, {{event: b}}{end}], within: 1d}}\n";
        var engine = EngineHarness.With(Text(", {not: c, for: 1h}")).At("12:00").Does("a").Does("b").At("12:30").Change(Text(""));
        engine.At("12:40").Does("c").Does("b").At("14:00").Does("a").Does("b");
        Assert.Equal("14:00:00 t", string.Join(' ', engine.Prompts));
    }

    [Fact]
    public void DeadlineOfATriggerThatIsGone_MakesNothing()
    {
        var engine = EngineHarness.With(Text(1, "close")).At("12:00").Does("cart").At("12:30").Change(Other).At("14:00").Does("x");
        Assert.Empty(engine.Decisions);
    }

    [Fact]
    public void HeldPromptOfATriggerThatIsGone_EndsAsRetired()
    {
        var night = new Dictionary<string, string> { ["policy.yaml"] = Night, ["t.yaml"] = "trigger: t\non: {event: click}\ndecide: {expires: 1d}\n" };
        var engine = EngineHarness.With(night).At("23:00").Does("click").At("23:30").Change(Other).At("1d 12:00").Does("x");
        Assert.Equal(["held", "retired"], engine.Decisions.Select(Verdict));
    }

    [Theory]
    [InlineData("13:29:59.999", "backfill")]
    [InlineData("13:30", "sent")]
    public void NewWindow_DecidesNothingBeforeItIsComplete(string click, string verdict)
    {
        var next = "trigger: t\non: {event: click}\nif: count(buy) over 1h = 0\n";
        var engine = EngineHarness.With(Other).At("12:30").Change(next).At(click).Does("click");
        Assert.Equal(verdict, Verdict(Assert.Single(engine.Decisions)));
    }

    [Theory]
    [InlineData("12:59:59.999", "backfill")]
    [InlineData("13:00", "predicate")]
    public void WindowThatIsReadFurtherBack_KeepsWhatItHad(string click, string verdict)
    {
        // It has everything since 11:30, an hour before the change: at 13:00 the last hour and a half is complete.
        string Over(string length) => $"trigger: t\non: {{event: click}}\nif: sum(buy.price) over {length} = 0\n";
        var engine = EngineHarness.With(Over("1h")).At("11:45").Does("buy", ("price", 1)).At("12:30").Change(Over("90m")).At(click).Does("click");
        Assert.Equal(verdict, Verdict(Assert.Single(engine.Decisions)));
    }

    [Fact]
    public void EventOfBefore_IsNothingToANewTrigger_HoweverLateItComes()
    {
        var next = "trigger: t\non: {event: click}\n";
        var engine = EngineHarness.With(Other).At("12:30").Change(next).At("12:31").Does("x");
        engine.At("12:29:59.999").Does("click").At("12:30").Does("click").At("12:40").Does("x");
        Assert.Equal("12:30:00", Assert.Single(engine.Decisions).Causes is [_] ? "12:30:00" : "");
    }

    [Fact]
    public void NewSegment_FindsItsMembersWithoutAnEdge()
    {
        var next = new Dictionary<string, string>
        {
            ["segments/quiet.yaml"] = "segment: quiet\nif: user.plan = \"free\"\n",
            ["in.yaml"] = "trigger: in\non: {segment: quiet, edge: enter}\n",
            ["out.yaml"] = "trigger: out\non: {segment: quiet, edge: exit}\n",
            ["plan.yaml"] = "trigger: plan\non: {event: click, where: \"user.plan = \\\"vip\\\"\"}\n",
        };
        var before = next.Where(file => file.Key == "plan.yaml").ToDictionary();
        var engine = EngineHarness.With(before).At("12:00").Does("profile_update", ("plan", "free")).At("12:30").Change(next);
        engine.At("12:31").Does("click").At("12:32").Does("profile_update", ("plan", "paid")).At("12:33").Does("x");
        Assert.Equal(["12:32:00 out"], engine.Prompts);
    }

    [Theory]
    [InlineData("12:59:59.999", "12:59:59.999 t v1")]
    [InlineData("13:00", "13:00:00 t v2")]
    public void DeadlineAtTheInstantOfTheChange_IsTheNewRulebooks(string due, string prompt)
    {
        var armed = TimeOnly.Parse(due, System.Globalization.CultureInfo.InvariantCulture).AddHours(-1);
        var engine = EngineHarness.With(Text(1, "keep")).At($"{armed:HH:mm:ss.fff}").Does("cart").At("13:00").Change(Text(2, "keep")).At("14:00").Does("x");
        Assert.Equal(prompt, $"{engine.Prompts[0]} v{engine.Commands[0].Version}");
    }

    /// <summary>A journey that waits at a step which the next version calls otherwise, and says so.</summary>
    [Theory]
    [InlineData("12:59:59.999", "12:59:59.999 t v1")]
    [InlineData("13:00", "13:00:00 t v2")]
    [InlineData("13:30", "13:30:00 t v2")]
    public void WaitOfAJourneyAtTheInstantOfTheChange_IsTheNewRulebooks_AndLaterOnesAreNotLost(string due, string prompt)
    {
        static string Path(int version, string wait, string migrate) => $"""
            trigger: t
            version: {version}
            on: {"{event: cart}"}
            {migrate}
            steps:
              - {"{"}name: {wait}, wait: 1h{"}"}
              - {"{name: hello, prompt: {}}"}
            """;
        var entered = TimeOnly.Parse(due, System.Globalization.CultureInfo.InvariantCulture).AddHours(-1);
        var engine = EngineHarness.With(Path(1, "pause", "")).At($"{entered:HH:mm:ss.fff}").Does("cart");
        engine.At("13:00").Change(Path(2, "rest", "migrate: {from: 1, steps: {pause: rest}}")).At("14:00").Does("x");
        Assert.Equal(prompt, $"{Assert.Single(engine.Prompts)} v{engine.Commands[0].Version}");
    }

    private static string Text(int version, string upgrade) =>
        Wait.Replace("{0}", $"{version}", StringComparison.Ordinal).Replace("{1}", upgrade, StringComparison.Ordinal);

    private static string Verdict(Emit.DecisionRecord decision) => Decide.ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant();
}
