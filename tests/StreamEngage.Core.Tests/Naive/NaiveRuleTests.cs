using System.Globalization;
using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Naive;

/// <summary>Rules that the worked examples do not touch, each at its boundary.</summary>
public sealed class NaiveRuleTests
{
    private const string Absence = "trigger: t\non:\n  absence: {after: a, of: b, for: 10s, grace: 5s}\n";

    [Theory]
    [InlineData("a:0 x:15000 x:15001", "15000 t sent a0")]
    [InlineData("a:0 x:12000 b:10000 x:20000", "")]
    [InlineData("a:0 x:12000 b:10001 x:20000", "15000 t sent a0")]
    [InlineData("a:0 x:20000 b:10000", "15000 t sent a0|20000 t cancel a0")]
    [InlineData("a:0 x:20000 b:10000 b:9000", "15000 t sent a0|20000 t cancel a0")]
    [InlineData("x:80000 a:0", "80000 t sent a1")]
    public void Absence_WaitsForItsGraceAndIsTakenBackByALateEvent(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions(Absence, stream));

    [Theory]
    [InlineData("x:75000 a:0", "15000 t sent a1")]
    [InlineData("x:75001 a:0", "75001 t misfire a1")]
    public void TimerMoreThanAMinuteOverdue_IsAMisfire(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions(Absence + "decide: {misfire: skip}\n", stream));

    [Theory]
    [InlineData("x:600000 a:1", "600000 t sent a1")]
    [InlineData("x:600000 a:0", "")]
    public void ExactlyTheLatenessOld_IsTooLate(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions(Absence + "decide: {misfire: fire}\n", stream));

    [Theory]
    [InlineData("a:0 a:1 b:2 a:3", "0 t sent a0|1 t already-in a1|3 t sent a3")]
    [InlineData("a:5 x:10 b:4 a:11", "5 t sent a0|11 t already-in a3")]
    public void AfterExit_IsLiftedByAnExitNotBeforeTheLastSent(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions("trigger: t\non: {event: a}\nexit: b\ndecide: {reentry: after_exit}\n", stream));

    [Theory]
    [InlineData("a:0 a:4999 a:5000", "0 t sent a0|4999 t cooldown a1|5000 t sent a2")]
    public void ExactlyTheCooldownLater_Passes(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions("trigger: t\non: {event: a}\ndecide: {cooldown: 5s}\n", stream));

    [Theory]
    [InlineData("a:0 a:1000", "1000 in sent a1|10000 out sent ")]
    [InlineData("a:0 a:1000 x:10000", "1000 in sent a1|10000 out sent x2")]
    public void SegmentLeftByTime_HasNoCause(string stream, string decisions) => Assert.Equal(
        decisions,
        Decisions(
            "trigger: in\non: {segment: s}\n|trigger: out\non: {segment: s, edge: exit}\n",
            stream,
            "segment: s\nif: count(a) over 10s >= 2\n"));

    [Theory]
    [InlineData("a:0 a:1000", "0 start sent a0|1801000 end sent a0")]
    [InlineData("a:0 a:1000 b:1801000", "0 start sent a0|3601000 end sent a0")]
    [InlineData("a:0 a:1000 b:1801001", "0 start sent a0|1801000 end sent a0|1801001 start sent b2|3601001 end predicate b2")]
    public void Session_EndsAGapAfterItsLastEvent(string stream, string decisions) => Assert.Equal(
        decisions,
        Decisions(
            "trigger: start\non: {event: session_start}\n|" +
            "trigger: end\non: {event: session_end}\nif: event.count >= 2 and event.first_type = \"a\"\n",
            stream).Replace("/session_start", "", StringComparison.Ordinal).Replace("/session_end", "", StringComparison.Ordinal));

    /// <summary>1970 began on a Thursday, and the hours that begin on it end on Friday.</summary>
    [Theory]
    [InlineData("a:79199999", "79199999 t sent a0")]
    [InlineData("a:79200000", "79200000 t held a0|108000000 t sent a0")]
    [InlineData("a:107999999", "107999999 t held a0|108000000 t sent a0")]
    [InlineData("a:108000000", "108000000 t sent a0")]
    [InlineData("a:165600000", "165600000 t sent a0")]
    public void QuietHours_BelongToTheDayOnWhichTheyBegin(string stream, string decisions) => Assert.Equal(
        decisions, Decisions("trigger: t\non: {event: a}\n", stream, policy: "quiet_hours: {from: \"22:00\", to: \"06:00\", days: [thursday]}\n"));

    [Theory]
    [InlineData("a:2000 a:1000 x:9000", "1000 t sent a1|2000 t sent a0")]
    [InlineData("a:9000 a:3999 a:4000", "4000 t sent a1|4000 t sent a2|9000 t sent a0")]
    public void DisorderedEvents_AreAppliedInOrderOfTime(string stream, string decisions) =>
        Assert.Equal(decisions, Decisions("trigger: t\non: {event: a}\n", stream, policy: "disorder: 5s\n"));

    /// <summary>Events are written <c>type:at</c>; an id is the type and the place in the stream.</summary>
    private static string Decisions(string triggers, string stream, string? segment = null, string policy = "lateness: 10m\n")
    {
        var files = triggers.Split('|').Select((text, i) => ($"t{i}.yaml", text)).Append(("policy.yaml", policy));
        if (segment is not null)
            files = files.Append(("segments/s.yaml", segment));
        var reading = RulebookFiles.Read(files.ToDictionary(f => f.Item1, f => f.Item2));
        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        var events = stream.Split(' ').Select((e, i) => Event(e[..1], e[2..], i)).ToList();
        var outcome = NaiveEngine.Run(reading.Definition, events, drain: true);
        return string.Join('|', outcome.Decisions
            .Concat(outcome.Cancels.Select(c => c.AsDecision))
            .Select(d => $"{d.At} {d.Trigger} {d.Reason ?? d.Verdict} {string.Join(",", d.Causes)}"));
    }

    private static NaiveEvent Event(string type, string at, int place) =>
        new($"{type}{place}", "u", type, long.Parse(at, CultureInfo.InvariantCulture), new Dictionary<string, object?>());
}
