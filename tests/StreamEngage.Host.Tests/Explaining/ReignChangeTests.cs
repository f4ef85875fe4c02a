using StreamEngage.Decide;
using StreamEngage.Events;
using StreamEngage.Host.Explaining;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>What a change of the rulebook ended, or came too shortly before, has its smallest change too.</summary>
public sealed class ReignChangeTests
{
    private const long Noon = 1_767_268_800_000, Minute = 60_000;
    private const string Other = "trigger: other\non: {event: nothing}\n";
    private const string Windowed = "trigger: t\non: {event: click}\nif: count(view) over 1h = 0\n";
    private const string Night = "quiet_hours: {from: \"11:00\", to: \"15:00\"}\n";
    private const string Held = "trigger: t\nversion: 1\non: {event: click}\ndecide: {expires: 1d}\n";

    [Theory]
    [InlineData(59, "backfill", "it had happened 1m later")]
    [InlineData(60, "", "")]
    public void Backfill_IsTheTimeThatTheWindowStillNeeds(int minutes, string reason, string says)
    {
        var stream = Stream(Other, Windowed, "", ("click", minutes));
        var (premise, outcome) = Last(stream);
        Assert.Equal(reason, ReasonCodes.Code(outcome.Last.Reason) ?? "");
        var flips = outcome.IsSent ? [] : FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0);
        Assert.Equal(says, string.Join("; ", flips.Select(flip => flip.Says)));
    }

    [Fact]
    public void Backfill_IsTheRuleInTheRulebookFromTheStart()
    {
        var (premise, outcome) = Last(Stream(Other, Windowed, "", ("click", 30)));
        var says = FlipSearch.For(premise, outcome).Search(outcome, alternatives: 5).Select(flip => flip.Says);
        Assert.Equal(["it had happened 30m later", "t had been in the rulebook from the start", "the rulebook had been as it is from the start"], says);
    }

    [Fact]
    public void Retired_IsTheRuleStillInTheNextRulebook()
    {
        var (premise, outcome) = Last(Stream(Held, Other, Night, ("click", -30), ("nothing", 300)));
        Assert.Equal(Reason.Retired, outcome.Last.Reason);
        var flip = Assert.Single(FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0));
        Assert.Equal("version 1 of t were still in the next rulebook", flip.Says);
        Assert.True(Course.Of(flip.Apply(premise)).Find(outcome) is { IsSent: true });
    }

    [Fact]
    public void RetiredByAnotherVersion_IsThatVersionGoingOnWithIt()
    {
        var next = Held.Replace("version: 1", "version: 2", StringComparison.Ordinal);
        var (premise, outcome) = Last(Stream(Held, next, Night, ("click", -30), ("nothing", 300)));
        Assert.Equal((Reason.Retired, 1), (outcome.Last.Reason, outcome.Last.Version));
        Assert.Contains(FlipSearch.For(premise, outcome).Search(outcome, alternatives: 5), flip => flip.Says == "the next version of t said on_upgrade: keep");
    }

    [Theory]
    [InlineData(-1, "the rulebook has t from 2026-01-01T12:00:00.000Z on")]
    [InlineData(0, "no `click` came by then")]
    public void NoCandidate_SaysWhetherTheRulebookHasTheRule(int minutes, string says)
    {
        var at = new EventTime(Noon + minutes * Minute);
        var premise = Stream(Other, Windowed, "", ("view", -5)).Premise("u").Under(at, "t");
        Assert.Contains(says, MissingCandidate.Of(premise, premise.Trigger("t")!, at).Found);
    }

    private static (Premise Premise, Outcome Outcome) Last(ExplainedStream stream)
    {
        var premise = stream.Premise("u");
        var outcome = Course.Of(premise).Outcomes.Last(outcome => outcome.Trigger == "t");
        return (premise.Under(outcome.Last.At, "t", outcome.Last.Version), outcome);
    }

    /// <summary>The second rulebook is in force from noon on; minutes count from there.</summary>
    private static ExplainedStream Stream(string before, string after, string policy, params (string Type, int Minutes)[] events)
    {
        var policies = ("policy.yaml", policy.Length == 0 ? "time_zone: UTC\n" : policy);
        return new(
            ExplainedStream.Read(("t.yaml", before), policies),
            [.. events.Select((e, i) => $$$"""{"id":"e{{{i}}}","user":"u","type":"{{{e.Type}}}","at":{{{Noon + e.Minutes * Minute}}}}""")],
            [new(new(Noon), ExplainedStream.Read(("t.yaml", after), policies))]);
    }
}
