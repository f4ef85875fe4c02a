using System.Globalization;
using StreamEngage.Decide;
using StreamEngage.Host.Explaining;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>Each reason has its smallest change.</summary>
public sealed class ReasonTests
{
    private const string Click = "trigger: t\non: {event: click}\n";
    private const string Noon = "1767268800000";
    private const string Night = "1767308400000";

    [Theory]
    [InlineData("if: count(view) over 1h >= 2\n", "the rule said `count(view) over 1h >= 0` instead of `count(view) over 1h >= 2`")]
    [InlineData("if: user.tier = \"vip\"\n", "the user's tier were \"vip\"")]
    [InlineData("if: since(view) < 1h\n", "one more `view` had come just before")]
    [InlineData("if: event.price > 5 and not event.sale\n", "the rule said `event.price >= 3` instead of `event.price > 5`")]
    [InlineData("if: event.price in [5, 7]\n", "the rule said `event.price in [5, 7, 3]` instead of `event.price in [5, 7]`")]
    [InlineData("if: event.price between 4 and 9\n", "the rule said `event.price between 3 and 9` instead of `event.price between 4 and 9`")]
    public void Predicate_IsAThresholdAtTheValueSeen_OrWhatItAskedFor(string predicate, string says) =>
        Assert.Equal(("predicate", says), Smallest(Click + predicate, "", Event("click", Noon, "price: 3, sale: false")));

    [Fact]
    public void Cooldown_IsTheMissingTime() =>
        Assert.Equal(
            ("cooldown", "it had happened 50m later"),
            Smallest(Click + "decide: {cooldown: 1h}", "", Event("click", Noon), Event("click", Noon, minutes: 10)));

    [Fact]
    public void AlreadyIn_IsAnExit_OrAnotherReentry()
    {
        var clicks = new[] { Event("click", Noon), Event("click", Noon, minutes: 10) };
        Assert.Equal(
            ("already-in", "one `bye` had come before, after the last prompt"),
            Smallest(Click + "exit: bye\ndecide: {reentry: after_exit}", "", clicks));
        Assert.Equal(("already-in", "the rule said reentry: always"), Smallest(Click + "decide: {reentry: once}", "", clicks));
    }

    [Theory]
    [InlineData("", "global_holdout: 1\n", "global-holdout", "the user were not in the global holdout of 100%")]
    [InlineData("decide: {holdout: 1}", "", "holdout", "the user were not in the trigger's holdout of 100%")]
    [InlineData("", "consent: {default: denied}\n", "no-consent", "the user had granted consent for marketing before")]
    public void HoldoutsAndConsent(string decide, string policy, string reason, string says) =>
        Assert.Equal((reason, says), Smallest(Click + decide, policy, Event("click", Noon)));

    [Fact]
    public void Unreachable_IsTheChannelReachable() =>
        Assert.Equal(("unreachable", "push were reachable"), Smallest(
            Click, "", Event("channel_update", Noon, "channel: push, reachable: false"), Event("click", Noon, minutes: 1)));

    [Fact]
    public void LostArbitration_IsAPriorityAboveTheWinners()
    {
        var stream = Stream(
            [("t.yaml", Click), ("w.yaml", "trigger: w\non: {event: click}\ndecide: {priority: 70}\n")], Event("click", Noon));
        Assert.Equal(("lost-arbitration", "the rule's priority were 71 instead of 50, above w"), Smallest(stream));
    }

    [Fact]
    public void Cap_IsOneMoreSlot() =>
        Assert.Equal(("cap", "the cap `1 per 1d` had 1 more slot"), Smallest(
            Click, "caps: [{limit: 1, per: 24h}]\n", Event("click", Noon), Event("click", Noon, minutes: 10)));

    [Fact]
    public void Quiet_IsAnotherHour_OrToHold()
    {
        const string hours = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n";
        Assert.Equal(
            ("quiet", "it had happened 9h later, when it is not quiet any more"), Smallest(Click + "decide: {quiet: drop}", hours, Event("click", Night)));
        Assert.Equal(
            ("expired", "it had happened 9h later, when it is not quiet any more"), Smallest(Click + "decide: {expires: 2h}", hours, Event("click", Night)));
    }

    [Fact]
    public void Converted_IsWithoutTheGoal() =>
        Assert.Equal(("converted", "`buy` at 2026-01-01T23:10:00.000Z had not come"), Smallest(
            Click + "goal: {event: buy, within: 3d}", "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n",
            Event("click", Night), Event("buy", Night, minutes: 10)));

    [Fact]
    public void Misfire_IsToFire()
    {
        const string rule = "trigger: t\non: {absence: {of: [buy], after: {event: click}, for: 5m}}\ndecide: {misfire: skip}\n";
        Assert.Equal(("misfire", "the rule said misfire: fire"), Smallest(
            rule, "lateness: 1h\n", Event("view", Noon, minutes: 30), Event("click", Noon, minutes: 10)));
    }

    [Fact]
    public void TemplateError_IsTheMissingValue()
    {
        var stream = Stream(
            [("t.yaml", Click + "prompt: {template: hello, data: {name: user.name}}\n"), ("templates/hello.hbs", "Hello {{name}}")], Event("click", Noon));
        Assert.Equal(("template-error", "the user had name, which `name` needs"), Smallest(stream));
    }

    [Theory]
    [InlineData(null, "somebody had said yes in time")]
    [InlineData("rejected", "the answer had been yes")]
    public void HumanRejected_IsAYes(string? answer, string says)
    {
        const string rule = Click + "decide: {approval: {within: 1h, default: reject}}";
        var click = Event("click", Noon);
        var id = Stream([("t.yaml", rule)], click).Decisions[0].PromptId;
        var said = answer is null ? Event("view", Noon, minutes: 5) : Event("prompt_approval", Noon, $"promptId: {id}, status: {answer}", minutes: 5);
        Assert.Equal(("human-rejected", says), Smallest(rule, "", click, said));
    }

    [Fact]
    public void AStage_IsAnotherOneWithOtherTimes_OrActivityThatBringsTheUserBack()
    {
        const string policy = "lifecycle: {of: [view]}\n";
        var says = All(Click + "if: user.stage != \"at-risk\"", policy, Event("view", Noon), Event("click", Noon, minutes: 20 * 1_440));
        Assert.Contains("2 more `view` had come just before, to be back", says);
        Assert.Contains(says, one => one.StartsWith("the policy said lifecycle: {at_risk: ", StringComparison.Ordinal));
        says = All(Click + "if: user.stage in [\"dormant\", \"churned\"]", policy, Event("view", Noon), Event("click", Noon, minutes: 20 * 1_440));
        Assert.Contains("the policy said lifecycle: {dormant: 20d}", says);
    }

    [Fact]
    public void SeveralGates_AreSeveralChanges()
    {
        var (reason, says) = Smallest(
            Click + "if: event.price > 5\ndecide: {holdout: 1}", "consent: {default: denied}\n", Event("click", Noon, "price: 3"));
        Assert.Equal("predicate", reason);
        Assert.Equal(3, says.Split("; and ").Length);
    }

    [Theory]
    [InlineData("{event: search, where: \"event.results = 0\"}", "no `search` came", "one more `search` with results: 0 had come")]
    [InlineData("{event: click, where: \"event.price > 5\"}", "event.price = 3", "one more `click` with price: 6 had come")]
    [InlineData("{pattern: [{event: click}, {event: view}, {event: buy}], within: 1h}", "as far as step 1 of 3, `click`", "`view`, `buy` had come")]
    [InlineData("{pattern: [{event: view}, {event: buy}], within: 1h}", "did not begin", "`view`, `buy` had come")]
    [InlineData("{absence: {of: [bye], after: {event: click}, for: 30m}}", "`bye` at 2026-01-01T12:01:00.000Z cancelled it", "had not come")]
    [InlineData("{absence: {of: [buy], after: {event: click}, for: 30m}}", "it is armed and fires at 2026-01-01T12:30:00.000Z", "one more `click`")]
    [InlineData("{segment: keen, edge: enter}", "not in the segment keen then: count(click) over 1d = 1", "segment keen said `count(click) over 1d >= 1`")]
    public void NoCandidate_SaysWhichPartIsMissing(string on, string found, string says)
    {
        var files = new[] { ("t.yaml", $"trigger: t\non: {on}\n"), ("segments/keen.yaml", "segment: keen\nif: count(click) over 1d >= 3\n") };
        var premise = Stream(files, Event("click", Noon, "price: 3"), Event("bye", Noon, minutes: 1)).Premise("u");
        var missing = MissingCandidate.Of(premise, premise.Trigger("t")!, new(long.Parse(Noon, CultureInfo.InvariantCulture) + 120_000));
        Assert.Contains(missing.Found, one => one.Contains(found, StringComparison.Ordinal));
        Assert.Contains(missing.Flips, flip => flip.Says.Contains(says, StringComparison.Ordinal));
        Assert.All(missing.Flips, flip => Assert.True(Course.Of(flip.Apply(premise)).Find(flip.Outcome) is { IsSent: true }));
    }

    private static (string Reason, string Says) Smallest(string rule, string policy, params string[] events) =>
        Smallest(Stream([("t.yaml", rule), ("policy.yaml", policy.Length == 0 ? "time_zone: UTC\n" : policy)], events));

    private static (string Reason, string Says) Smallest(ExplainedStream stream)
    {
        var premise = stream.Premise("u");
        var outcome = Course.Of(premise).Outcomes.Last(outcome => outcome.Trigger == "t");
        var flips = FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0);
        var flip = Assert.Single(flips);
        Assert.True(Course.Of(flip.Apply(premise)).Find(outcome) is { IsSent: true });
        return (ReasonCodes.Code(outcome.Last.Reason)!, flip.Says);
    }

    /// <summary>All that were found with so few changes.</summary>
    private static List<string> All(string rule, string policy, params string[] events)
    {
        var premise = Stream([("t.yaml", rule), ("policy.yaml", policy)], events).Premise("u");
        var outcome = Course.Of(premise).Outcomes.Last(outcome => outcome.Trigger == "t");
        return [.. FlipSearch.For(premise, outcome).Search(outcome, alternatives: 20).Select(flip => flip.Says)];
    }

    private static ExplainedStream Stream((string, string)[] files, params string[] events) => new(ExplainedStream.Read(files), [.. events.Select((e, i) =>
        e.Replace("ID", $"e{i}", StringComparison.Ordinal))]);

    private static string Event(string type, string at, string props = "", int minutes = 0)
    {
        var time = long.Parse(at, CultureInfo.InvariantCulture) + minutes * 60_000;
        var values = props.Length == 0 ? "" : string.Join(", ", props.Split(", ").Select(one => one.Split(": ")).Select(one =>
            $"\"{one[0]}\": {(double.TryParse(one[1], CultureInfo.InvariantCulture, out _) || one[1] is "true" or "false" ? one[1] : $"\"{one[1]}\"")}"));
        return $$$"""{"id": "ID", "user": "u", "type": "{{{type}}}", "at": {{{time}}}, "props": { {{{values}}} }}""";
    }
}
