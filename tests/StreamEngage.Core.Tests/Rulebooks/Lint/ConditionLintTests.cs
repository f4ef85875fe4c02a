using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Rulebooks.Lint;

public sealed class ConditionLintTests
{
    private const string Catalogue = "types: {a: {n: number, s: string, b: boolean, l: any}, view: {n: number, s: string}}";

    [Theory]
    [InlineData("event.n > 5 and event.n < 3", "event.n > 5 and event.n <= 6")]
    [InlineData("event.n > 5 and event.n < 5", "event.n >= 5 and event.n <= 5")]
    [InlineData("event.n >= 5 and event.n <= 5 and event.n != 5", "event.n >= 5 and event.n <= 6 and event.n != 5")]
    [InlineData("count(view) over 1h < 0", "count(view) over 1h <= 0")]
    [InlineData("count(view) over 1h > 1 and count(view) over 1h < 2", "sum(view.n) over 1h > 1 and sum(view.n) over 1h < 2")]
    [InlineData("count(view) over 1h = 1.5", "sum(view.n) over 1h = 1.5")]
    [InlineData("distinct(view.s) over 1h is null", "max(view.n) over 1h is null")]
    [InlineData("count(view) over 5m > 10 and count(view) over 10m < 5", "count(view) over 10m > 10 and count(view) over 5m < 5")]
    [InlineData("count(view) over 5m >= 5 and count(view) over 10m < 5", "count(view) over 5m >= 5 and count(view) over 10m <= 5")]
    [InlineData("count(view where it.n > 1) over 5m > 3 and count(view) over 5m < 3", "count(view where it.n > 1) over 5m < 3 and count(view) over 5m > 3")]
    [InlineData("count(view by s) over 5m > 3 and count(view) over 1h < 3", "count(view by s) over 1h > 3 and count(view) over 5m < 3")]
    [InlineData("count(view) over today > 3 and count(view) over this week < 3", "count(view) over this week > 3 and count(view) over today < 3")]
    [InlineData("count(view) over 1d every 1d > 3 and count(view) over 2d every 1d < 3", "count(view) over 1d > 3 and count(view) over 2d every 1d < 3")]
    [InlineData("max(view.n) over 5m > 3 and max(view.n) over 1h < 3", "max(view.n) over 1h > 3 and max(view.n) over 5m < 3")]
    [InlineData("min(view.n) over 5m < 3 and min(view.n) over 1h > 3", "min(view.n) over 1h < 3 and min(view.n) over 5m > 3")]
    [InlineData("event.s = \"x\" and event.s = \"y\"", "event.s = \"x\" and event.s != \"y\"")]
    [InlineData("event.s = \"x\" and event.s != \"x\"", "event.s = \"x\" or event.s != \"x\"")]
    [InlineData("event.s in [\"x\", \"y\"] and event.s = \"z\"", "event.s in [\"x\", \"y\"] and event.s = \"y\"")]
    [InlineData("event.n in [1, 2] and event.n > 2", "event.n in [1, 2] and event.n > 1")]
    [InlineData("event.n = 1 and event.n = 2", "event.n = 1 or event.n = 2")]
    [InlineData("event.n between 5 and 3", "event.n between 3 and 5")]
    [InlineData("event.n between 1 and 3 and event.n > 3", "event.n between 1 and 3 and event.n >= 3")]
    [InlineData("event.n = null", "event.n is null")]
    [InlineData("event.n != null", "event.n is not null")]
    [InlineData("event.n is null and event.n > 1", "event.n is null or event.n > 1")]
    [InlineData("not (event.n > 5) and event.n > 5", "not (event.n > 5) and not (event.n <= 5)")]
    [InlineData("event.b and not event.b", "event.b or not event.b")]
    [InlineData("event.b = true and event.b = false", "event.b = true and event.b != false")]
    [InlineData("segment(\"s\") and not segment(\"s\")", "segment(\"s\") and not segment(\"r\")")]
    [InlineData("since(view) < 0s", "since(view) <= 0s")]
    [InlineData("local_hour() > 23", "local_hour() > 22")]
    [InlineData("local_hour() < 8 and local_hour() > 21", "local_hour() < 8 or local_hour() > 21")]
    [InlineData("1 > 2", "event.n > 2")]
    [InlineData("2h / 1h < 2 and event.n = 1", "event.n / 1 < 2 and event.n = 1")]
    [InlineData("false", "event.b")]
    [InlineData("(event.n > 5 and event.n < 3) or event.s = \"x\" and event.s = \"y\"", "(event.n > 5 and event.n < 3) or event.s = \"x\"")]
    [InlineData("count(view) over 1h + 5 < 5", "count(view) over 1h + 5 <= 5")]
    [InlineData("event.n < event.n", "event.n < count(view) over 1h")]
    [InlineData("user.x = 1 and user.x = \"a\"", "user.x = 1 or user.x = \"a\"")]
    [InlineData("event.type = \"b\" and event.type = \"a\"", "event.type = \"a\" and event.source = \"b\"")]
    public void ConditionThatCanNeverHold_IsReported_ItsTwinIsNot(string never, string sometimes)
    {
        Assert.Equal(4, Assert.Single(Dead(Trigger($"if: >-\n  {never}"))).At.Line);
        Assert.Empty(Dead(Trigger($"if: >-\n  {sometimes}")));
    }

    [Theory]
    [InlineData("user.l in [\"x\"] and user.l in [\"y\"]")]
    [InlineData("contains(user.l, 1) and contains(user.l, 2)")]
    [InlineData("user.x > 1 and user.y < 1")]
    [InlineData("sum(view.n) over 5m > 10 and sum(view.n) over 10m < 5")]
    [InlineData("count(view where it.n > 1) over 5m > 3 and count(view where it.n > 2) over 5m < 3")]
    [InlineData("count(view) over today > 3 and count(view) over 1d < 3")]
    [InlineData("not (user.x > 5) and not (user.x <= 5)")]
    [InlineData("not (user.x = 1) and not (user.x != 1)")]
    [InlineData("event.b is null and not (event.b = true)")]
    public void ConditionThatCanHold_IsNeverReported(string condition) => Assert.Empty(Dead(Trigger($"if: >-\n  {condition}")));

    [Theory]
    [InlineData("count(view) over 1h >= 0", "count(view) over 1h >= 1")]
    [InlineData("event.n > 5 or not (event.n > 5)", "event.n > 5 or event.n <= 5")]
    [InlineData("event.n is null or event.n > 1 or event.n <= 1", "event.n is null or event.n > 1 or event.n < 1")]
    [InlineData("true", "event.b")]
    [InlineData("not (event.n = null)", "not (event.n = 1)")]
    [InlineData("local_hour() between 0 and 23", "local_hour() between 0 and 22")]
    public void ConditionThatAlwaysHolds_IsReported_ItsTwinIsNot(string always, string sometimes)
    {
        Assert.Contains(Codes(Trigger($"if: >-\n  {always}")), code => code == "always-true");
        Assert.DoesNotContain(Codes(Trigger($"if: >-\n  {sometimes}")), code => code == "always-true");
    }

    [Fact]
    public void Conflict_IsTheWitness()
    {
        var problem = Assert.Single(Problems(Trigger("if: \"count(view) over 90m > 5 and event.s = 'q' and count(view) over 90m < 3\"")));
        Assert.Contains("count(view) over 90m > 5 and count(view) over 90m < 3", problem.Message, StringComparison.Ordinal);
        Assert.Equal(new SourcePosition("t.yaml", 3, 6), problem.At);
    }

    [Fact]
    public void WhereOfAWindow_IsCheckedLikeAnyCondition()
    {
        Assert.Contains("never-true", Codes(Trigger("if: count(view where it.n > 5 and it.n < 3) over 1h > 0")));
        Assert.Empty(Codes(Trigger("if: count(view where it.n > 3 and it.n < 5) over 1h > 0")));
    }

    [Fact]
    public void WhereOfAnEvent_IsCheckedLikeAnyCondition()
    {
        Assert.Equal(["never-true"], Codes("trigger: t\non: {event: a, where: \"event.n > 5 and event.n < 3\"}"));
        Assert.Empty(Codes("trigger: t\non: {event: a, where: \"event.n > 3 and event.n < 5\"}"));
    }

    [Fact]
    public void PredicateThatContradictsTheWhereOfItsEvent_IsReported()
    {
        static string Text(string condition) => $"trigger: t\non: {{event: a, as: x, where: \"event.n = 0\"}}\nif: {condition}";
        Assert.Equal(["never-true"], Codes(Text("x.n > 3")));
        Assert.Empty(Codes(Text("x.n >= 0 and x.s = \"a\"")));
    }

    [Fact]
    public void Segment_IsCheckedLikeAnyCondition()
    {
        static IReadOnlyList<Problem> Check(string condition) => Linter.Check(RulebookText.Read("segments/q.yaml", $"segment: q\nif: {condition}"));
        Assert.Equal("never-true", Assert.Single(Check("user.recency > 30d and user.recency < 14d")).Code);
        Assert.Empty(Check("user.recency > 14d and user.recency < 30d"));
    }

    [Fact]
    public void ScoreWithoutModels_IsReported_WithOneItIsNot()
    {
        var reading = RulebookText.Read("t.yaml", "trigger: t\non: a\nif: score(\"m\") > 0.5");
        Assert.Equal(("no-model", 11), Linter.Check(reading).Select(p => (p.Code, p.At.Column)).Single());
        Assert.Empty(Linter.Check(reading, ["m"]));
    }

    [Fact]
    public void TooManyBranches_AreNotReported()
    {
        var condition = string.Join(" and ", Enumerable.Range(0, 12).Select(i => $"(event.n = {i} or event.n = {i + 1})"));
        Assert.Empty(Codes(Trigger($"if: {condition}")));
    }

    private static string Trigger(string rest) => $"trigger: t\non: {{event: a, as: x}}\n{rest}\nprompt: {{data: {{x: x.n}}}}";

    private static IEnumerable<string> Codes(string trigger) => Problems(trigger).Select(p => p.Code);

    private static IEnumerable<Problem> Dead(string trigger) => Problems(trigger).Where(p => p.Code == "never-true");

    private static IReadOnlyList<Problem> Problems(string trigger)
    {
        var reading = RulebookText.Read(
            "t.yaml", trigger,
            "events.yaml", Catalogue,
            "segments/s.yaml", "segment: s\nif: user.z = 1",
            "segments/r.yaml", "segment: r\nif: user.z = 2");
        Assert.NotNull(reading.Definition);
        return Linter.Check(reading);
    }
}
