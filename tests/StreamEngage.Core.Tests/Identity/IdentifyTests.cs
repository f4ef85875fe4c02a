using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>What an identify event does, rule by rule.</summary>
public sealed class IdentifyTests
{
    private const string Three = "trigger: three\non: {event: view}\nif: count(view) over 1h >= 3\n";
    private const string Cart = "trigger: cart\non: {absence: {of: purchase, after: cart_add, for: 30m}}\n";
    private const string Click = "trigger: t\non: {event: click}\n";

    [Fact]
    public void WhatWasDoneBefore_CountsForTheKnownUser()
    {
        var engine = EngineHarness.With(Three).User("a").Does("view").Does("view");
        Merge(engine, "ann", "a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void LaterEventsOfTheAnonymousId_AreTheKnownUsers()
    {
        var engine = Merge(EngineHarness.With(Three), "ann", "a").Does("view").Does("view").User("a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void ALateEventOfTheAnonymousId_IsTheKnownUsers()
    {
        var engine = Merge(EngineHarness.With(Three).At("12:00"), "ann", "a").Does("view");
        engine.User("a").At("11:55").Does("view").User("ann").At("12:01").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void AChain_LeadsToItsEnd()
    {
        var engine = EngineHarness.With(Three).User("a").Does("view");
        Merge(engine, "b", "a").Does("view");
        Merge(engine, "ann", "b").User("a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void AChainFromItsEnd_IsTheSame()
    {
        var engine = EngineHarness.With(Three).User("a").Does("view").User("b").Does("view");
        Merge(engine, "ann", "b");
        Merge(engine, "b", "a").User("a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Theory]
    [InlineData("ann", "ann")]
    [InlineData("a", "ann")]
    [InlineData("ann", "a")]
    public void ARepeatItselfOrBackwards_ChangesNothing(string user, string anonymous)
    {
        var engine = Merge(EngineHarness.With(Three).User("a").Does("view"), "ann", "a").Does("view");
        Merge(engine, user, anonymous).User("a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void AnIdThatBelongsToOneKnownUser_IsNotGivenToAnother()
    {
        var engine = Merge(EngineHarness.With(Three).User("a").Does("view"), "ann", "a");
        Merge(engine, "bob", "a").Does("view").User("ann").Does("view").User("a").Does("view");
        Assert.Equal("ann", Assert.Single(engine.Commands).User);
    }

    [Fact]
    public void AJourneyOfTheAnonymousId_GoesOnWhenItsTimeIsOver()
    {
        var engine = EngineHarness.With("trigger: t\non: {event: click}\nsteps: [{wait: 1h}, {prompt: {}}]\n").User("a").At("12:00").Does("click");
        Assert.Equal(["13:00:00 t"], Merge(engine, "ann", "a").ForEver().Prompts);
    }

    [Fact]
    public void OfTwoJourneysOfAKey_TheOneThatBeganFirstGoesOn()
    {
        var engine = EngineHarness.With("trigger: t\non: {event: click}\nsteps: [{wait: 1h}, {prompt: {}}]\n").User("a").At("12:00").Does("click");
        Assert.Equal(["13:00:00 t"], Merge(engine.User("ann").At("12:30").Does("click"), "ann", "a").ForEver().Prompts);
    }

    [Theory]
    [InlineData("to_next", 2)]
    [InlineData("past_last", 1)]
    public void AMatch_SkipsWhatBeganWithItsOwnFirstEvent_AndNotWhatTheOtherBeganWith(string skip, int matches)
    {
        // Both begin with the first event of their user.
        var engine = EngineHarness.With($"trigger: t\non:\n  pattern: [{{event: a}}, {{event: b}}]\n  within: 1h\n  skip: {skip}\ndecide: {{purpose: transactional}}\n");
        engine.User("x").At("12:00").Does("a").User("ann").At("12:01").Does("a");
        Assert.Equal(matches, Merge(engine, "ann", "x").At("12:02").Does("b").ForEver().Commands.Count);
    }

    [Fact]
    public void AnIdentifyThatNamesNobody_IsAnEventLikeAnother()
    {
        var engine = EngineHarness.With("trigger: t\non: {event: identify}\n").Does("identify").Does("identify", ("anonymous", ""));
        Assert.Equal(2, engine.Commands.Count);
    }

    [Fact]
    public void APurchaseUnderOneId_CancelsTheCartOfTheOther()
    {
        var engine = EngineHarness.With(Cart).User("a").At("12:00").Does("cart_add").User("ann").At("12:10").Does("purchase").At("12:25");
        Assert.Empty(Merge(engine, "ann", "a").ForEver().Commands);
    }

    [Fact]
    public void APurchaseBeforeTheCartOfTheOther_CancelsNothing()
    {
        var engine = EngineHarness.With(Cart).User("ann").At("11:59").Does("purchase").User("a").At("12:00").Does("cart_add").At("12:25");
        Assert.Equal("ann", Assert.Single(Merge(engine, "ann", "a").ForEver().Commands).User);
    }

    [Theory]
    [InlineData("restart", 1)]
    [InlineData("ignore", 1)]
    [InlineData("each", 2)]
    public void CartsOfBothIds_FireAsRepeatSays(string repeat, int prompts)
    {
        var rule = Cart.Replace("30m}}", $"30m, repeat: {repeat}}}}}", StringComparison.Ordinal) + "decide: {purpose: transactional}\n";
        var engine = EngineHarness.With(rule).User("a").At("12:00").Does("cart_add").User("ann").At("12:10").Does("cart_add").At("12:20");
        Merge(engine, "ann", "a").ForEver();
        Assert.Equal(prompts, engine.Commands.Count);
        Assert.Equal(repeat == "restart" ? 40 : 30, DateTimeOffset.FromUnixTimeMilliseconds(engine.Commands[0].DecidedAt.UnixMilliseconds).Minute);
    }

    [Fact]
    public void TheMoreRestrictiveWordCounts_UntilANewOne()
    {
        var engine = EngineHarness.With(Click).User("a").At("12:00").Does("consent_update", ("purpose", "marketing"), ("status", "denied"));
        engine.User("ann").At("12:01").Does("consent_update", ("status", "granted"));
        Merge(engine, "ann", "a").At("12:02").Does("click").At("12:03");
        engine.Does("consent_update", ("purpose", "marketing"), ("status", "granted")).At("12:04").Does("click");
        Assert.Equal(["NoConsent", "None"], engine.Decisions.Select(decision => decision.Reason.ToString()));
    }

    [Fact]
    public void CapsCountThePromptsOfBoth()
    {
        var engine = WithPolicy("caps:\n  - {limit: 2, per: 1h}\n", Click).User("a").Does("click").User("ann").After(TimeSpan.FromMinutes(1)).Does("click");
        Merge(engine, "ann", "a").Does("click");
        Assert.Equal(["None", "None", "Cap"], engine.Decisions.Select(decision => decision.Reason.ToString()));
    }

    [Fact]
    public void WhoWasHeldOutUnderOneId_StaysSo()
    {
        var (held, free) = (Names(isHeldOut: true), Names(isHeldOut: false));
        var engine = WithPolicy("global_holdout: 0.5\n", Click);
        Merge(engine, free, held).Does("click");
        Assert.Equal("Ghost", Assert.Single(engine.Decisions).Verdict.ToString());
    }

    [Fact]
    public void TheVariantSeenFirst_Stays()
    {
        var engine = EngineHarness.With(Click + "decide: {variants: {one: 1, two: 1}, purpose: transactional}\n");
        var (first, other) = Different(engine);
        engine.User(first).Does("click").User(other).After(TimeSpan.FromMinutes(1)).Does("click");
        Merge(engine, other, first).Does("click");
        var variants = engine.Commands.TakeLast(3).Select(command => command.Variant).ToList();
        Assert.NotEqual(variants[0], variants[1]);
        Assert.Equal(variants[0], variants[2]);
    }

    [Fact]
    public void APromptOfTheAnonymousId_IsTakenBackUnderItsOwnId()
    {
        var engine = EngineHarness.With(Cart).User("a").At("12:00").Does("cart_add").Until("12:31");
        Merge(engine, "ann", "a").At("12:29").Does("purchase").At("12:32").Does("view");
        Assert.Equal([PromptKind.Send, PromptKind.Cancel], engine.Commands.Select(command => command.Kind));
        Assert.Equal(engine.Commands[0].PromptId, engine.Commands[1].PromptId);
    }

    [Fact]
    public void ASegmentOfEitherId_IsNotEnteredAgain()
    {
        var files = new Dictionary<string, string>
        {
            ["segments/busy.yaml"] = "segment: busy\nif: count(view) over 1h >= 2\n",
            ["t.yaml"] = "trigger: t\non: {segment: busy, edge: enter}\n",
        };
        var engine = EngineHarness.With(files).User("a").Does("view").Does("view").User("ann").Does("view");
        Assert.Single(Merge(engine, "ann", "a").Does("view").Commands);
        engine = EngineHarness.With(files).User("a").Does("view").User("ann").Does("view");
        Assert.Equal("ann", Assert.Single(Merge(engine, "ann", "a").Commands).User);
    }

    internal static EngineHarness Merge(EngineHarness engine, string user, string anonymous) => engine.User(user).Does("identify", ("anonymous", anonymous));

    internal static EngineHarness WithPolicy(string policy, params string[] triggers) => EngineHarness.With(
        triggers.Select((text, i) => ($"t{i}.yaml", text)).Append(("policy.yaml", policy)).ToDictionary());

    private static string Names(bool isHeldOut) => Enumerable.Range(0, 100).Select(i => $"u{i}")
        .First(name => StreamEngage.Decide.Assignment.IsHeldOut("global", new Events.Utf8Text(name).Span, 0.5) == isHeldOut);

    private static (string First, string Other) Different(EngineHarness engine)
    {
        for (var i = 0; i < 20; i++) engine.User($"u{i}").Does("click");
        var first = engine.Commands[0].Variant;
        var other = engine.Commands.First(command => command.Variant != first).User;
        return ("new" + Alike(engine, "new", first!), "new" + Alike(engine, "new", engine.Commands.First(command => command.User == other).Variant!));
    }

    private static int Alike(EngineHarness engine, string prefix, string variant)
    {
        var share = new Func<int, bool>(i =>
            StreamEngage.Decide.Assignment.Share("variant/t", new Events.Utf8Text(prefix + i).Span) < 0.5 == (variant == "one"));
        return Enumerable.Range(0, 100).First(share);
    }
}
