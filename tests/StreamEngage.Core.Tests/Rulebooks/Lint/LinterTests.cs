using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Rulebooks.Lint;

public sealed class LinterTests
{
    [Theory]
    [InlineData("unreachable-step", 3, 23, "[a, {not: b}, b]", "[a, {not: b}, c]")]
    [InlineData("unreachable-step", 3, 26, "[a, {not: b}, {event: b, where: \"event.n = 1\"}]", "[a, {not: b, where: \"event.n = 2\"}, {event: b, where: \"event.n = 1\"}]")]
    [InlineData("unreachable-step", 3, 23, "[a, {not: b, contiguity: next}, {event: b, contiguity: next}]", "[a, {not: b, contiguity: next}, b]")]
    [InlineData("never-true", 3, 0, "[a, {event: b, where: \"event.n = 1 and event.n = 2\"}]", "[a, {event: b, where: \"event.n = 1 or event.n = 2\"}]")]
    [InlineData("not-a-loop", 3, 0, "[a, {event: b, greedy: true}]", "[a, {event: b, greedy: true, times: 2}]")]
    [InlineData("not-a-loop", 3, 0, "[a, {event: b, loop: any}]", "[a, {event: b, loop: any, times: 2}]")]
    [InlineData("until-at-once", 3, 0, "[a, {event: b, times: 1.., until: \"event.type = 'b'\"}]", "[a, {event: b, times: 1.., until: \"event.type = 'c'\"}]")]
    [InlineData("until-at-once", 3, 0, "[a, {event: b, as: x, where: \"x.n > 2\", times: 1.., until: \"event.n > 1\"}]", "[a, {event: b, as: x, where: \"x.n > 2\", times: 1.., until: \"event.n > 3\"}]")]
    [InlineData("within-first", 3, 0, "[{event: a, within: 1m}, b]", "[a, {event: b, within: 1m}]")]
    [InlineData("within-beyond", 3, 0, "[a, {event: b, within: 11m}]", "[a, {event: b, within: 10m}]")]
    public void PatternThatCannotBeMeant_IsReported_ItsTwinIsNot(string code, int line, int leastColumn, string steps, string twin)
    {
        var found = Assert.Single(Check(Pattern(steps)), p => p.Code == code);
        Assert.True(found.At.Line == line && found.At.Column >= leastColumn, $"{found}");
        Assert.DoesNotContain(Check(Pattern(twin)), p => p.Code == code);
        static string Pattern(string steps) => $"trigger: t\non:\n  pattern: {steps}\n  within: 10m";
    }

    [Theory]
    [InlineData("[{event: a, times: 1..}]", "[{event: a, times: 1}]")]
    [InlineData("[a, {event: b, times: 3}]", "[a, {event: b, times: 3, loop: next, contiguity: next}]")]
    [InlineData("[a, b]", "[a, {event: b, contiguity: next}]")]
    [InlineData("[a, {event: b, contiguity: any}]", "[a, {event: b, contiguity: any, within: 5m}]")]
    [InlineData("[a, {event: b, within: 5m}, c]", "[a, {event: b, within: 5m}, {not: c, for: 5m}]")]
    public void PatternWithoutWithin_IsReported_ItsTwinIsNot(string steps, string twin)
    {
        Assert.Contains(Check($"trigger: t\non:\n  pattern: {steps}"), p => p.Code == "unbounded-pattern" && p.At.Line == 3);
        Assert.DoesNotContain(Check($"trigger: t\non:\n  pattern: {steps}\n  within: 1h"), p => p.Code == "unbounded-pattern");
        Assert.DoesNotContain(Check($"trigger: t\non:\n  pattern: {twin}"), p => p.Code == "unbounded-pattern");
    }

    [Fact]
    public void AFolderWithoutAnyTrigger_IsSaid() =>
        Assert.Equal("no-trigger", Assert.Single(Linter.Check(RulebookFiles.Read(new Dictionary<string, string>()))).Code);

    [Theory]
    [InlineData("exit-at-entry", "on: {event: a}\nexit: a", "on: {event: a}\nexit: b")]
    [InlineData("erase-is-unseen", "on: {event: erase}", "on: {event: identify}")]
    [InlineData("exit-at-entry", "on: {event: a, where: \"event.n > 5\"}\nexit: {event: a, where: \"event.n > 3\"}", "on: {event: a, where: \"event.n > 3\"}\nexit: {event: a, where: \"event.n > 5\"}")]
    [InlineData("exit-at-entry", "on:\n  absence: {after: a, of: b, for: 1m}\nexit: a", "on:\n  absence: {after: a, of: b, for: 1m}\nexit: b")]
    [InlineData("exit-at-entry", "on: {silence: 1m, of: [a]}\nexit: a", "on: {silence: 1m, of: [a]}\nexit: b")]
    [InlineData("exit-at-entry", "on: {silence: 1m}\nexit: a", "on: {silence: 1m}\nexit: {event: a, where: \"event.n = 1\"}")]
    [InlineData("exit-at-entry", "on:\n  pattern: [a, b]\nexit: b", "on:\n  pattern: [a, b]\nexit: a")]
    [InlineData("goal-at-entry", "on: {event: a}\ngoal: {event: a}", "on: {event: a}\ngoal: {event: b}")]
    [InlineData("absence-of-itself", "on:\n  absence: {after: a, of: [b, a], for: 1m}", "on:\n  absence: {after: a, of: [b, {event: a, where: \"event.n = 1\"}], for: 1m}")]
    public void ExitThatPrecedesItsEntry_IsReported_ItsTwinIsNot(string code, string rest, string twin) => AssertTwins(code, rest, twin);

    [Theory]
    [InlineData("grace-beyond-expiry", "on:\n  absence: {after: a, of: b, for: 1m, grace: 61m}\ndecide: {expires: 1h}", "on:\n  absence: {after: a, of: b, for: 1m, grace: 60m}\ndecide: {expires: 1h}")]
    [InlineData("misfire-beyond-expiry", "on: {silence: 1m}\ndecide: {expires: 60s}", "on: {silence: 1m}\ndecide: {expires: 61s}")]
    [InlineData("misfire-beyond-expiry", "on: {silence: 1m}\ndecide: {expires: 60s}", "on: {event: a}\ndecide: {expires: 60s}")]
    [InlineData("goal-before-expiry", "on: {event: a}\ndecide: {expires: 2h}\ngoal: {event: b, within: 1h}", "on: {event: a}\ndecide: {expires: 2h}\ngoal: {event: b, within: 2h}")]
    [InlineData("no-cooldown", "on: {event: a}\ndecide: {reentry: cooldown}", "on: {event: a}\ndecide: {reentry: cooldown, cooldown: 1s}")]
    [InlineData("no-exit", "on: {event: a}\ndecide: {reentry: after_exit}", "on: {event: a}\nexit: b\ndecide: {reentry: after_exit}")]
    public void DelayThatTakesAwayWhatItDelays_IsReported_ItsTwinIsNot(string code, string rest, string twin) => AssertTwins(code, rest, twin);

    [Theory]
    [InlineData("expires: 2h", "expires: 11h")]
    [InlineData("expires: 2h", "expires: 2h, quiet: drop")]
    [InlineData("expires: 2h", "expires: 2h, channels: [push, in_app]")]
    [InlineData("expires: 2h", "expires: 2h, purpose: transactional")]
    public void HoldLongerThanThePromptLives_IsReportedWithTheHours(string decide, string twin)
    {
        const string policy = "quiet_hours: {from: \"21:00\", to: \"08:00\", channels: [push, sms]}\nchannels: {push: a, sms: b, in_app: c}";
        var found = Assert.Single(Lint(decide));
        Assert.Equal(("hold-beyond-expiry", new SourcePosition("t.yaml", 3, 19)), (found.Code, found.At));
        Assert.Contains("at 21:00 is held to 08:00, 11h later", found.Message, StringComparison.Ordinal);
        Assert.Empty(Lint(twin));
        static IReadOnlyList<Problem> Lint(string decide) =>
            Linter.Check(RulebookText.Read("t.yaml", $"trigger: t\non: {{event: a}}\ndecide: {{{decide}}}", "policy.yaml", policy));
    }

    [Theory]
    [InlineData("unused-alias", "on: {event: a, as: x}", "on: {event: a, as: x}\nper: x.id")]
    [InlineData("unused-alias", "on:\n  pattern: [{event: a, as: x}]", "on:\n  pattern: [{event: a, as: x}]\n  skip: to_last(x)")]
    [InlineData("unbounded-key", "on: {event: a}\nper: event.at", "on: {event: a}\nper: event.session")]
    [InlineData("null-comparison", "on: {event: a}\nif: event.x = null or event.y", "on: {event: a}\nif: event.x is null or event.y")]
    public void NameThatLeadsNowhere_IsReported_ItsTwinIsNot(string code, string rest, string twin) => AssertTwins(code, rest, twin);

    [Fact]
    public void ChannelWithoutTopic_IsReportedWhereverItIsNamed()
    {
        const string policy = """
            channels: {push: a}
            caps: [{limit: 1, per: 1d, channel: pusk}]
            quiet_hours: {from: "1:00", to: "2:00", channels: [push, sms]}
            """;
        var problems = Linter.Check(RulebookText.Read("t.yaml", "trigger: t\non: {event: a}\ndecide: {channels: [push, psh]}", "policy.yaml", policy));
        Assert.All(problems, p => Assert.Equal("unknown-channel", p.Code));
        Assert.Equal(
            [new SourcePosition("policy.yaml", 2, 37), new("policy.yaml", 3, 58), new("t.yaml", 3, 27)],
            problems.Select(p => p.At));
        Assert.Empty(Linter.Check(RulebookText.Read("t.yaml", "trigger: t\non: {event: a}\ndecide: {channels: [push, psh]}")));
    }

    [Fact]
    public void TemplateAndItsData_AreComparedBothWays()
    {
        const string text = "Hi {{nam}}!\n{{total}} {{total.net}} {{count|no}}";
        var problems = Linter.Check(RulebookText.Read(
            "t.yaml",
            "trigger: t\non: {event: a}\nprompt: {template: cart, data: {name: event.n, total: event.t}}",
            "templates/cart.hbs",
            text,
            "templates/old.hbs",
            "x"));
        Assert.Equal(
            [
                ("t.yaml(3,39)", "unused-data"),
                ("templates/cart.hbs(1,6)", "unknown-placeholder"),
                ("templates/cart.hbs(2,13)", "unknown-placeholder"),
                ("templates/cart.hbs(2,27)", "unknown-placeholder"),
                ("templates/old.hbs(1,1)", "unused-template"),
            ],
            problems.Select(p => (p.At.ToString(), p.Code)));
        Assert.Contains("did you mean 'name'?", problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TemplateThatFits_IsNotReported() => Assert.Empty(Template("Hi {{ name }}, { or {{name | you}}"));

    [Theory]
    [InlineData("{{name}} {{#if name}}", 12)]
    [InlineData("{{name}} {{/if}}", 12)]
    [InlineData("{{name}} {{else}}", 12)]
    [InlineData("{{name}} {{ #each name}}", 13)]
    [InlineData("{{name}} {{this}}", 12)]
    [InlineData("{{name}} {{! no }}", 12)]
    [InlineData("{{name}} {{> footer}}", 12)]
    [InlineData("{{name}} {{{name}}}", 12)]
    [InlineData("{{name}} {{../name}}", 12)]
    [InlineData("{{name}} {{upper name}}", 12)]
    [InlineData("{{name}} {{}}", 12)]
    [InlineData("{{name}} {{|you}}", 12)]
    public void PlaceholderOfAnotherLanguage_IsReportedOnceWithTheRemedy(string text, int column)
    {
        var found = Assert.Single(Template(text));
        Assert.Equal(("unsupported-placeholder", new SourcePosition("templates/cart.hbs", 1, column)), (found.Code, found.At));
        Assert.Contains("write {{name}} or {{name|words}}", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlaceholderOfAnotherLanguage_ShowsNoData() =>
        Assert.Equal(["unsupported-placeholder", "unused-data"], Template("{{{name}}}").Select(p => p.Code).Order());

    [Fact]
    public void TemplateThatIsNotThere_IsReported_AndRefusedWhereOthersAre()
    {
        const string trigger = "trigger: t\non: {event: a}\nprompt: {template: carts}";
        Assert.Equal("unknown-template", Assert.Single(Linter.Check(RulebookText.Read("t.yaml", trigger))).Code);
        var refused = RulebookText.Read("t.yaml", trigger, "templates/cart.hbs", "x");
        Assert.Null(refused.Definition);
        Assert.Contains("did you mean 'cart'?", Assert.Single(Linter.Check(refused)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFinding_IsAWarning() =>
        Assert.All(Check("trigger: t\non: {event: a, as: x}\nexit: a\nif: event.n = null"), p => Assert.Equal(Severity.Warning, p.Severity));

    private static IReadOnlyList<Problem> Template(string text)
    {
        const string trigger = "trigger: t\non: {event: a}\nprompt: {template: cart, data: {name: event.n}}";
        return Linter.Check(RulebookText.Read("t.yaml", trigger, "templates/cart.hbs", text));
    }

    private static void AssertTwins(string code, string rest, string twin)
    {
        Assert.Contains(Check($"trigger: t\n{rest}"), p => p.Code == code);
        Assert.DoesNotContain(Check($"trigger: t\n{twin}"), p => p.Code == code);
    }

    private static IReadOnlyList<Problem> Check(string trigger)
    {
        var reading = RulebookText.Read("t.yaml", trigger);
        Assert.NotNull(reading.Definition);
        return Linter.Check(reading);
    }
}
