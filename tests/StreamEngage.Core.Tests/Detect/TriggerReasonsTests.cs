using StreamEngage.Tests.Rulebooks;

namespace StreamEngage.Detect;

public sealed class TriggerReasonsTests
{
    [Theory]
    [InlineData("on: {event: a, where: \"since(b) > 1440m\"}", "event a where since(b) > 1d")]
    [InlineData("on: {absence: {after: a, of: [b, c], for: 90s}}", "no b or c for 90s after a")]
    [InlineData("on: {silence: 14d}", "no event for 14d")]
    [InlineData("on: {silence: 1500ms, of: [a]}", "no a for 1500ms")]
    [InlineData("on: {pattern: [{event: a, times: 2..}, {not: b}, {event: c, times: 2..3}], within: 1h}", "pattern a 2 times or more, not b, c 2 to 3 times")]
    [InlineData("on: {segment: s, edge: exit}", "left segment s")]
    [InlineData("on: {event: a}\nif: count(a) over 86400s >= 3 or user.recency > 30m", "event a", "if count(a) over 1d >= 3 or user.recency > 30m")]
    public void Reasons_AreWrittenAsPeopleWriteThem(string rest, params string[] reasons)
    {
        var reading = RulebookText.Read("t.yaml", "trigger: t\n" + rest, "segments/s.yaml", "segment: s\nif: user.x = 1");
        Assert.Empty(reading.Problems);
        Assert.Equal(reasons, TriggerReasons.Of(reading.Definition!.Triggers[0]));
    }
}
