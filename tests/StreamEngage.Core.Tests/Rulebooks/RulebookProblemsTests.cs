using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Rulebooks;

public sealed class RulebookProblemsTests
{
    private const string Head = "trigger: t\non: {event: a, as: x}\n";

    [Theory]
    [InlineData("triger: t\non: {event: a}", 1, 1, "unknown-key", "did you mean 'trigger'?")]
    [InlineData("on: {event: a}", 1, 1, "missing-key", "a trigger needs 'trigger'")]
    [InlineData("trigger: t", 1, 1, "missing-key", "a trigger needs 'on'")]
    [InlineData("trigger: My_Trigger\non: {event: a}", 1, 10, "name", "lower-case")]
    [InlineData("trigger: t\non: {evnt: a}", 2, 5, "on", "did you mean 'event'?")]
    [InlineData("trigger: t\non: {event: a, silence: 1m}", 2, 5, "on", "event and silence")]
    [InlineData("trigger: t\non: {event: a, were: \"true\"}", 2, 16, "unknown-key", "did you mean 'where'?")]
    [InlineData("trigger: t\non: [a]", 2, 5, "shape", "this is a list")]
    [InlineData("trigger: t\non: {event: [a]}", 2, 13, "shape", "an event type or")]
    [InlineData("trigger: t\non: {event: a, as: event}", 2, 20, "alias", "a word of the language")]
    [InlineData("trigger: t\non: {event: a, as: a-b}", 2, 20, "alias", "letters, digits")]
    [InlineData("trigger: t\non: {silence: soon}", 2, 15, "shape", "a duration such as")]
    [InlineData("trigger: t\non: {silence: 0s}", 2, 15, "shape", "at least 1ms")]
    [InlineData("trigger: t\non: {segment: gone}", 2, 15, "unknown-segment", "no segment 'gone'")]
    [InlineData("trigger: t\non:\n  absence: {after: a, for: 1m}", 3, 12, "missing-key", "absence needs 'of'")]
    [InlineData("trigger: t\non:\n  absence: {after: a, of: [], for: 1m}", 3, 27, "shape", "at least one event type")]
    [InlineData("trigger: t\non:\n  absence: {after: a, of: b, for: 1m, repeat: restrat}", 3, 47, "unknown-value", "did you mean 'restart'?")]
    [InlineData("trigger: t\non:\n  pattern: []", 3, 3, "shape", "at least one step")]
    [InlineData("trigger: t\non:\n  pattern: [a, {not: b}]", 3, 16, "trailing-not", "needs 'for'")]
    [InlineData("trigger: t\non:\n  pattern: [{not: b}, a]", 3, 13, "step", "begins with an event")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, times: 0}]", 3, 31, "times", "optional: true")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, times: 65}]", 3, 31, "times", "at most 64")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, times: 5..2}]", 3, 31, "times", "lesser to the greater")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, times: many}]", 3, 31, "times", "3, 2..5 or 1..")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, as: f}]\n  skip: to_first(g)", 4, 9, "unknown-step", "no step is called 'g'")]
    [InlineData("trigger: t\non:\n  pattern: [a]\n  skip: past_lst", 4, 9, "unknown-value", "did you mean 'past_last'?")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, as: f}, {event: b, as: f}]", 3, 40, "duplicate-name", "two steps are called 'f'")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, optional: true}]", 3, 3, "step", "every step is optional")]
    [InlineData("trigger: t\non:\n  pattern: [a, {event: b, optional: yes}]", 3, 37, "shape", "true or false")]
    [InlineData("trigger: t\non:\n  pattern: [{event: a, where: \"g.x = 1\"}, {event: b, as: g}]", 3, 32, "unknown-name", "nothing is called 'g'")]
    public void MistakeInOn_NamesItsPlaceAndRemedy(string text, int line, int column, string code, string part) =>
        AssertProblem(text, (line, column), code, part);

    [Theory]
    [InlineData("if: event.x >", 3, 14, "syntax", "expected a value")]
    [InlineData("if: \"event.x = \\\"a\\\" andd event.y = 1\"", 3, 22, "syntax", "found 'andd'")]
    [InlineData("if: 'event.x = ''a'' andd event.y = 1'", 3, 22, "syntax", "found 'andd'")]
    [InlineData("if: >-\n  event.x = 1\n  and evnt.y = 2", 5, 7, "unknown-name", "did you mean 'event'?")]
    [InlineData("if: |\n    event.x = 1\n\n    and evnt.y = 2", 6, 9, "unknown-name", "did you mean 'event'?")]
    [InlineData("if: event.x = 1\n  and evnt.y = 2", 4, 7, "unknown-name", "did you mean 'event'?")]
    [InlineData("if: \"event.x = 1\n  and \\\n   evnt.y = 2\"", 5, 4, "unknown-name", "did you mean 'event'?")]
    [InlineData("if: 5", 3, 5, "type", "a condition is expected")]
    [InlineData("if:", 3, 4, "shape", "takes an expression, this is nothing")]
    [InlineData("if: y.z = 1", 3, 5, "unknown-name", "did you mean 'x'?")]
    [InlineData("per: x", 3, 6, "per", "alias.property")]
    [InlineData("per: user.plan", 3, 6, "per", "event.property")]
    [InlineData("version: 0", 3, 10, "shape", "from 1")]
    [InlineData("activation: yesterday", 3, 13, "shape", "2026-01-01T00:00:00Z")]
    [InlineData("exit: {event: b, where: \"event.n\" , whre: 1}", 3, 37, "unknown-key", "did you mean 'where'?")]
    [InlineData("exit: {where: \"event.n = 1\"}", 3, 7, "missing-key", "exit needs 'event'")]
    [InlineData("decide: {priority: 101}", 3, 20, "shape", "from 0 to 100")]
    [InlineData("decide: {cooldwon: 1h}", 3, 10, "unknown-key", "did you mean 'cooldown'?")]
    [InlineData("decide: {cooldown: 12}", 3, 20, "shape", "500ms")]
    [InlineData("decide: {reentry: onec}", 3, 19, "unknown-value", "did you mean 'once'?")]
    [InlineData("decide: {channels: []}", 3, 10, "shape", "at least one channel")]
    [InlineData("decide: {channels: [push, push]}", 3, 27, "duplicate-name", "already in the list")]
    [InlineData("decide: {holdout: 1.5}", 3, 19, "shape", "from 0 to 1")]
    [InlineData("decide: {variants: {a: 0}}", 3, 24, "shape", "a share above 0")]
    [InlineData("decide: {variants: {bandit: tomson, arms: [a, b]}}", 3, 29, "unknown-value", "thompson")]
    [InlineData("decide: {variants: {bandit: thompson, arms: [a]}}", 3, 39, "shape", "two arms")]
    [InlineData("decide: 5", 3, 9, "shape", "a map of keys")]
    [InlineData("prompt: {data: {a: [1]}}", 3, 20, "shape", "takes an expression")]
    [InlineData("prompt: {data: {a: y.z}}", 3, 20, "unknown-name", "did you mean 'x'?")]
    [InlineData("goal: {within: 3d}", 3, 7, "missing-key", "goal needs 'event'")]
    [InlineData("goal: {event: b, within: 3}", 3, 26, "shape", "a duration")]
    [InlineData("version: 1\nversion: 2", 4, 1, "duplicate-key", "line 3")]
    [InlineData("description: &a x", 3, 14, "yaml", "anchors and aliases")]
    [InlineData("description: !!str x", 3, 14, "yaml", "tags are not used")]
    [InlineData("description: [a", 4, 1, "yaml", "not YAML")]
    [InlineData("---\ntrigger: u", 3, 1, "yaml", "one document")]
    [InlineData("if: segment(\"x\")", 3, 13, "unknown-segment", "no segment 'x'")]
    public void MistakeInTheRest_NamesItsPlaceAndRemedy(string text, int line, int column, string code, string part) =>
        AssertProblem(Head + text, (line, column), code, part);

    [Theory]
    [InlineData("time_zone: Asia/Soeul", 1, 12, "time-zone", "did you mean 'Asia/Seoul'?")]
    [InlineData("quiet_hours: {from: \"9pm\", to: \"08:00\"}", 1, 21, "shape", "a time of day")]
    [InlineData("quiet_hours: {from: \"21:00\"}", 1, 14, "missing-key", "needs 'to'")]
    [InlineData("quiet_hours: {from: \"21:00\", to: \"21:00\"}", 1, 30, "quiet-hours", "are none")]
    [InlineData("caps: {limit: 1}", 1, 7, "shape", "a list")]
    [InlineData("caps: [{limit: 1}]", 1, 8, "missing-key", "a cap needs 'per'")]
    [InlineData("caps: [{limit: 1, per: fortnight}]", 1, 24, "shape", "day or week")]
    [InlineData("channels: {push: {topik: a}}", 1, 19, "unknown-key", "did you mean 'topic'?")]
    [InlineData("consent: {default: maybe}", 1, 20, "unknown-value", "granted, denied")]
    [InlineData("session: {gap: 2h, max: 1h}", 1, 1, "session", "must not be less")]
    [InlineData("lifecycle: {atrisk: 1d}", 1, 13, "unknown-key", "did you mean 'at_risk'?")]
    [InlineData("lifecycle: {at_risk: 30d}", 1, 13, "lifecycle", "'dormant' (30d) must be longer than 'at_risk' (30d)")]
    [InlineData("lifecycle: {churned: 20d, return: 2}", 1, 13, "lifecycle", "'churned' (20d) must be longer than 'dormant' (30d)")]
    [InlineData("lifecycle: {return: 9}", 1, 21, "shape", "from 1 to 8")]
    [InlineData("lifecycle: {at_risk: 0s}", 1, 22, "shape", "at least 1ms")]
    [InlineData("rfm: {monetary: purchase}", 1, 17, "shape", "such as purchase.value")]
    [InlineData("rfm: {monetery: purchase.value}", 1, 7, "unknown-key", "did you mean 'monetary'?")]
    [InlineData("latness: 1m", 1, 1, "unknown-key", "did you mean 'lateness'?")]
    public void MistakeInThePolicy_NamesItsPlaceAndRemedy(string text, int line, int column, string code, string part) =>
        AssertProblem(text, (line, column), code, part, "policy.yaml");

    [Theory]
    [InlineData("types: {a: {n: nubmer}}", 1, 16, "unknown-value", "did you mean 'number'?")]
    [InlineData("types: {a: 5}", 1, 12, "shape", "a map of properties")]
    [InlineData("typs: {}", 1, 1, "unknown-key", "did you mean 'types'?")]
    public void MistakeInTheCatalogue_NamesItsPlaceAndRemedy(string text, int line, int column, string code, string part) =>
        AssertProblem(text, (line, column), code, part, "events.yaml");

    [Fact]
    public void CatalogueRefusesUnknownTypesAndProperties_EverywhereTheyAreNamed()
    {
        const string text = """
            trigger: t
            on:
              absence: {after: {event: cart_ad, as: c}, of: [purchas], for: 1m}
            per: c.id
            exit: clear
            goal: {event: purchase, value: vlaue}
            """;
        var reading = RulebookText.Read("t.yaml", text, "events.yaml", "types: {cart_add: {id: string}, purchase: {value: number}}");
        Assert.Null(reading.Definition);
        Assert.Equal(
            [(3, 28, "unknown-event-type"), (3, 50, "unknown-event-type"), (5, 7, "unknown-event-type"), (6, 15, "unknown-property")],
            reading.Problems.Select(p => (p.At.Line, p.At.Column, p.Code)));
    }

    [Theory]
    [InlineData("on: {event: a, as: x}\nexit: {event: b, where: \"event.n = x.n\"}", 3, 36, "an exit's where")]
    [InlineData("on: {event: a, as: x}\ngoal: {event: b, where: \"x.n = event.n\"}", 3, 26, "the goal's where")]
    [InlineData("on:\n  absence: {after: {event: a, as: x}, for: 1m, of: [{event: b, where: \"event.n = x.n\"}]}", 3, 82, "an 'of' selector's where")]
    public void WhereOfAnEventThatCancelsOrEnds_SeesNoOtherEvent(string rest, int line, int column, string place)
    {
        AssertProblem("trigger: t\n" + rest, (line, column), "unknown-name", $"'x' is another event and {place} sees only its own");
        AssertProblem("trigger: t\n" + rest, (line, column), "unknown-name", "'per:' relates events");
    }

    [Fact]
    public void TwoTriggersOfOneName_AreRefusedAtTheSecond()
    {
        var problem = Assert.Single(RulebookText.Read("a.yaml", Head, "b.yaml", Head).Problems);
        Assert.Equal((new SourcePosition("b.yaml", 1, 10), "duplicate-name"), (problem.At, problem.Code));
        Assert.Contains("a.yaml(1,10)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SegmentsThatDependOnEachOther_AreRefused()
    {
        var reading = RulebookText.Read("segments/a.yaml", "segment: a\nif: segment(\"b\")", "segments/b.yaml", "segment: b\nif: not segment(\"a\")");
        Assert.Equal(["segment-cycle", "segment-cycle"], reading.Problems.Select(p => p.Code));
    }

    [Fact]
    public void SegmentReadingAnEvent_IsRefused() =>
        AssertProblem("segment: a\nif: event.x = 1", (2, 5), "no-event", "in a segment", "segments/a.yaml");

    [Fact]
    public void NestingAtTheLimit_IsRead_OneDeeperIsNot()
    {
        Assert.DoesNotContain(RulebookText.Read("t.yaml", Nested(RulebookLimits.YamlDepthMax - 1)).Problems, p => p.Code == "too-deep");
        Assert.Contains(RulebookText.Read("t.yaml", Nested(RulebookLimits.YamlDepthMax)).Problems, p => p.Code == "too-deep");
        static string Nested(int depth) => Head + "x: " + new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void FileAtTheLimit_IsRead_OneByteMoreIsNot()
    {
        Assert.Empty(RulebookText.Read("t.yaml", Head.PadRight(RulebookLimits.FileBytesMax, '\n')).Problems);
        Assert.Equal("too-large", RulebookText.Read("t.yaml", Head.PadRight(RulebookLimits.FileBytesMax + 1, '\n')).Problems[0].Code);
    }

    [Fact]
    public void FileInAnotherFolder_IsNotIgnoredInSilence()
    {
        var reading = RulebookText.Read("t.yaml", Head, "more/u.yaml", "trigger: u", "README.md", "x", ".git/c.yaml", "x");
        Assert.Equal("ignored-file", Assert.Single(reading.Problems).Code);
        Assert.NotNull(reading.Definition);
    }

    [Fact]
    public void EmptyFile_IsRefused() => AssertProblem("# nothing\n", (1, 1), "empty", "empty");

    [Fact]
    public void WindowsLineEndsAndByteOrderMark_ChangeNoPlace() =>
        AssertProblem("\uFEFFtrigger: t\r\non: {event: a}\r\nif: >-\r\n  event.x = 1\r\n  and evnt.y = 2\r\n", (5, 7), "unknown-name", "'event'");

    [Fact]
    public void ModelThatIsNotThere_IsRefusedWhenTheModelsAreKnown()
    {
        var files = RulebookText.Files("t.yaml", Head + "if: score(\"chrun\") > 0.5");
        Assert.Empty(RulebookFiles.Read(files).Problems);
        Assert.Contains("did you mean 'churn'?", Assert.Single(RulebookFiles.Read(files, ["churn"]).Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(73_001)]
    [InlineData(73_002)]
    public void MutatedRulebooks_NeverThrow(int seed)
    {
        var random = new Random(seed);
        string[] texts = [RulebookText.CartAbandonment, RulebookText.Policy, RulebookText.Pattern];
        string[] names = ["t.yaml", "policy.yaml", "p.yaml"];
        for (var i = 0; i < 1_500; i++)
        {
            var which = random.Next(texts.Length);
            var text = Mutated(texts[which], random);
            try
            {
                var reading = RulebookText.Read(names[which], text);
                Assert.Equal(reading.Definition is null, reading.Problems.Any(p => p.Severity == Severity.Error));
                StreamEngage.Rulebooks.Lint.Linter.Check(reading);
            }
            catch (Exception thrown) when (thrown is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, round {i}: {thrown}\n{text}");
            }
        }
    }

    private static string Mutated(string text, Random random)
    {
        const string pieces = "{}[]:,-\"'|>&*!#%@`\n\t \0\uFEFF\u2028\\?~x9.";
        var mutated = new System.Text.StringBuilder(text);
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            var at = random.Next(mutated.Length);
            var length = Math.Min(random.Next(1, 12), mutated.Length - at);
            switch (random.Next(4))
            {
                case 0: mutated.Insert(at, pieces[random.Next(pieces.Length)]); break;
                case 1: mutated.Remove(at, Math.Min(length, mutated.Length - 1)); break;
                case 2: mutated.Insert(random.Next(mutated.Length), mutated.ToString(at, length)); break;
                default: mutated[at] = pieces[random.Next(pieces.Length)]; break;
            }
        }

        return mutated.ToString();
    }

    private static void AssertProblem(string text, (int Line, int Column) at, string code, string part, string file = "t.yaml")
    {
        var reading = RulebookText.Read(file, text);
        Assert.Null(reading.Definition);
        Assert.Contains(
            reading.Problems,
            p => p.At == new SourcePosition(file, at.Line, at.Column) && p.Code == code && p.Message.Contains(part, StringComparison.Ordinal));
    }
}
