using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>What an erase event does, rule by rule.</summary>
public sealed class EraseTests
{
    private const string Three = "trigger: three\non: {event: view}\nif: count(view) over 1h >= 3\n";
    private const string Click = "trigger: t\non: {event: click}\n";

    [Fact]
    public void WhatWasKnown_IsGone()
    {
        var engine = EngineHarness.With(Three).At("12:00").Does("view").Does("view").At("12:01").Does("erase").At("12:02").Does("view");
        Assert.Empty(engine.Commands);
        Assert.Single(engine.Does("view").Does("view").Commands);
    }

    [Fact]
    public void WhatComesLateFromBefore_IsIgnored_AndWhatCameAgainToo()
    {
        var engine = EngineHarness.With(Three).At("12:00").DoesAs("e1", "view").At("12:05").Does("erase");
        engine.At("12:00").DoesAs("e1", "view").At("12:05").Does("view").At("12:04:59").Does("view").At("12:06").Does("view").Does("view");
        Assert.Empty(engine.Commands);
        Assert.Equal(2, engine.Decisions.Count(decision => decision.At.UnixMilliseconds > EventAt("12:05")));
    }

    [Fact]
    public void WhatWaits_NeverFires()
    {
        var engine = EngineHarness.With("trigger: cart\non: {absence: {of: purchase, after: cart_add, for: 30m}}\n").At("12:00").Does("cart_add");
        Assert.Empty(engine.At("12:10").Does("erase").ForEver().Commands);
    }

    [Fact]
    public void WhatIsHeld_EndsAsExited()
    {
        const string Night = "channels: {push: p}\nquiet_hours: {from: \"22:00\", to: \"08:00\", channels: [push]}\n";
        var engine = IdentifyTests.WithPolicy(Night, Click + "decide: {channels: [push], quiet: hold, expires: 2d}\n");
        engine.At("23:00").Does("click").At("23:30").Does("erase").ForEver();
        Assert.Equal(["Held None", "Suppressed Exited"], engine.Decisions.Select(decision => $"{decision.Verdict} {decision.Reason}"));
    }

    [Fact]
    public void AllIdsOfTheUser_AreFreed()
    {
        var engine = EngineHarness.With(Three).User("a").At("12:00").Does("view").Does("view");
        IdentifyTests.Merge(engine, "ann", "a").At("12:01").Does("erase").At("12:02").User("a").Does("view").Does("view").Does("view");
        Assert.Equal("a", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void ErasureUnderAFormerId_IsOfTheWholeUser()
    {
        var engine = EngineHarness.With(Three).User("a").At("12:00").Does("view");
        IdentifyTests.Merge(engine, "ann", "a").Does("view").User("a").At("12:01").Does("erase").At("12:02").User("ann").Does("view");
        Assert.Empty(engine.Commands);
        engine.At("12:00:30").Does("view").User("a").Does("view").At("12:03").User("ann").Does("view");
        Assert.Empty(engine.Commands);
    }

    [Fact]
    public void ALateErasure_ReachesAllThatIsKnownWhenItComes()
    {
        var engine = EngineHarness.With(Three).At("12:00").Does("view").At("12:05").Does("view").At("09:00").Does("erase").At("12:06").Does("view");
        Assert.Empty(engine.Commands);
    }

    [Fact]
    public void ARepeatedErasure_LeavesWhatCameAfterIt()
    {
        var engine = EngineHarness.With(Three).At("12:00").DoesAs("x", "erase").At("12:01").Does("view").Does("view");
        Assert.Single(engine.At("12:00").DoesAs("x", "erase").At("12:02").Does("view").Commands);
    }

    [Theory]
    [InlineData("granted", "None")]
    [InlineData("denied", "NoConsent")]
    public void Consent_IsTheDefaultAgain(string otherwise, string reason)
    {
        var engine = IdentifyTests.WithPolicy($"consent: {{default: {otherwise}}}\n", Click).At("12:00");
        engine.Does("consent_update", ("status", otherwise == "granted" ? "denied" : "granted")).At("12:01").Does("erase").At("12:02").Does("click");
        Assert.Equal(reason, Assert.Single(engine.Decisions).Reason.ToString());
    }

    [Theory]
    [InlineData("12:30")]
    [InlineData("2d 12:30")]
    public void AGrantFromBefore_AllowsNothing_HoweverLateItComes(string then)
    {
        var engine = IdentifyTests.WithPolicy("consent: {default: denied}\n", Click).At("12:00").Does("erase");
        engine.User("other").At(then).Does("click").User("u1").At("11:59").Does("consent_update", ("status", "granted")).At(then).Does("click");
        Assert.All(engine.Decisions, decision => Assert.Equal("NoConsent", decision.Reason.ToString()));
        Assert.Equal(2, engine.Decisions.Count);
    }

    [Fact]
    public void AnIdentifyFromBefore_JoinsNothing()
    {
        var engine = EngineHarness.With(Three).User("a").At("12:00").Does("erase").At("12:01").Does("view").Does("view");
        engine.User("ann").At("11:59").Does("identify", ("anonymous", "a")).At("12:02").Does("view");
        Assert.Empty(engine.Commands);
    }

    private static long EventAt(string time) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Add(TimeSpan.Parse(time, null)).ToUnixTimeMilliseconds();
}
