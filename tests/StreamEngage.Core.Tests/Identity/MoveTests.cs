using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Rulebooks;
using StreamEngage.Tests.Naive;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>What an identify event does where its two users live in lanes that are apart, rule by rule. Who has the name <c>a1</c> lives in lane 1.</summary>
public sealed class MoveTests
{
    private const string Three = "trigger: three\non: {event: view}\nif: count(view) over 1h >= 3\ndecide: {reentry: always}\n";
    private const string Cart = "trigger: cart\non: {absence: {of: purchase, after: cart_add, for: 30m}}\n";
    private const long Origin = 1_767_225_600_000, Minute = 60_000;

    private ApartLanes _lanes = Lanes(Three);
    private long _now = Origin;
    private int _events;

    [Fact]
    public void WhatWasDoneInAnotherLane_CountsForTheKnownUser()
    {
        Does("a1", "view").Does("a1", "view").Identifies("ann0", "a1").Arrives().Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
        Assert.Equal((1, 1, 1), (_lanes.Sum(c => c.IdentifiesElsewhere), _lanes.Sum(c => c.MovedAway), _lanes.Sum(c => c.Merged)));
    }

    [Fact]
    public void UntilTheAnswerComes_EachCountsAlone()
    {
        Does("a1", "view").Does("a1", "view").Identifies("ann0", "a1").Does("ann0", "view");
        Assert.Empty(Prompted);
        Arrives().Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void LaterEventsOfTheAnonymousId_AreTheKnownUsers()
    {
        Identifies("ann0", "a1").Arrives().Does("a1", "view").Does("ann0", "view").Does("a1", "view").Arrives();
        Assert.Equal(["ann0"], Prompted);
        Assert.Equal(2, _lanes.Sum(c => c.Forwarded));
    }

    [Fact]
    public void EventsThatComeBeforeTheRequest_MoveWithTheRecord()
    {
        Identifies("ann0", "a1").Does("a1", "view").Does("ann0", "view").Arrives().Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void AnEventThatIsForwarded_IsTheSameEvent()
    {
        var e = Event("a1", "view");
        _lanes.Offer(e);
        Identifies("ann0", "a1").Arrives();
        for (var i = 0; i < 3; i++) _lanes.Offer(e);
        Arrives();
        Assert.Empty(Prompted);
        Assert.Equal((3, 0), (_lanes.Sum(c => c.Duplicates), _lanes.Sum(c => c.Collisions)));
    }

    [Fact]
    public void AnEventWithPropertiesThatNoRuleReads_IsTheSameEvent()
    {
        var e = new NaiveEvent("v", "a1", "view", Origin, new Dictionary<string, object?> { ["other"] = 1.5, ["list"] = "x" });
        _lanes.Offer(e);
        Identifies("ann0", "a1").Arrives();
        _lanes.Offer(e);
        Arrives();
        Assert.Equal((1, 0), (_lanes.Sum(c => c.Duplicates), _lanes.Sum(c => c.Collisions)));
    }

    [Fact]
    public void ADeadline_MovesAndFiresOnce()
    {
        _lanes = Lanes(Cart);
        Does("a1", "cart_add").Identifies("ann0", "a1").Arrives();
        _lanes.Pass(_now + 29 * Minute);
        Assert.Empty(Prompted);
        _lanes.Drain();
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void APurchaseInOneLane_CancelsTheCartOfTheOther()
    {
        _lanes = Lanes(Cart);
        Does("a1", "cart_add").Does("ann0", "purchase").Identifies("ann0", "a1").Arrives();
        _lanes.Drain();
        Assert.Empty(Prompted);
    }

    [Fact]
    public void ADeadlineThatPassedOnTheWay_FiresOnArrival()
    {
        _lanes = Lanes(Cart);
        Does("a1", "cart_add").Identifies("ann0", "a1");
        Assert.True(_lanes.Deliver(_ => 0));
        _lanes.Pass(_now + 31 * Minute);
        Assert.Empty(Prompted);
        Arrives();
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void SaidAgain_NothingIsAskedAgain()
    {
        Does("a1", "view").Identifies("ann0", "a1").Identifies("ann0", "a1").Arrives().Identifies("ann0", "a1");
        Assert.Equal((1, 0), (_lanes.Sum(c => c.IdentifiesElsewhere), _lanes.Waiting));
    }

    [Fact]
    public void AnIdThatBelongsToOneKnownUser_IsNotGivenToAnother()
    {
        Does("a1", "view").Does("a1", "view").Identifies("ann0", "a1").Arrives();
        Identifies("bob2", "a1").Arrives().Does("bob2", "view").Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
        Assert.Equal((1, 1), (_lanes.Sum(c => c.Merged), _lanes.Sum(c => c.ControlsRefused)));
    }

    [Fact]
    public void AfterANo_TheIdIsNobodysInTheLaneThatAsked()
    {
        Identifies("ann0", "a1").Arrives().Identifies("bob2", "a1").Arrives();
        Assert.False(_lanes[2].Users.All.Single(user => user.Id.ToString() == "a1").IsMarked);
        Assert.Equal(0, _lanes[2].Users.All.Single(user => user.Id.ToString() == "bob2").Identity!.Ids);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AChain_LeadsToItsEnd(bool isEndFirst)
    {
        Does("a0", "view").Does("b1", "view");
        if (isEndFirst) Identifies("ann2", "b1").Identifies("b1", "a0");
        else Identifies("b1", "a0").Identifies("ann2", "b1");
        Arrives().Does("a0", "view").Arrives();
        Assert.Equal(["ann2"], Prompted);
    }

    [Fact]
    public void AChainWithinALane_IsAskedForWhole()
    {
        Does("a1", "view").Does("b1", "view").Identifies("b1", "a1").Identifies("ann0", "b1").Arrives().Does("a1", "view").Arrives();
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void AnIdentifyUnderAnIdThatWasGivenAway_IsTheKnownUsers()
    {
        Does("x2", "view").Does("x2", "view").Identifies("ann0", "a1").Arrives().Identifies("a1", "x2").Arrives().Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
    }

    [Theory]
    [InlineData("ann0", "ann0")]
    [InlineData("a1", "ann0")]
    public void ItselfOrBackwards_IsRefused(string user, string anonymous)
    {
        Does("a1", "view").Identifies("ann0", "a1").Arrives().Identifies(user, anonymous).Arrives().Does("ann0", "view").Does("a1", "view").Arrives();
        Assert.Equal(["ann0"], Prompted);
        Assert.Equal(1, _lanes.Sum(c => c.ControlsRefused));
    }

    [Fact]
    public void TwoThatClaimEachOther_BecomeOne()
    {
        Does("a0", "view").Does("b1", "view").Identifies("a0", "b1").Identifies("b1", "a0").Arrives().Does("b1", "view").Arrives();
        Assert.Equal(["a0"], Prompted);
        Does("a0", "view");
        Assert.Equal(["a0", "a0"], Prompted);
    }

    [Fact]
    public void ThreeThatClaimEachOtherInACircle_BecomeOne()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            (_lanes, _now) = (Lanes(Three), Origin);
            Does("a0", "view").Does("b1", "view").Does("c2", "view");
            Identifies("b1", "a0").Identifies("c2", "b1").Identifies("a0", "c2");
            var dice = new Random(seed);
            for (var i = 0; _lanes.Deliver(dice.Next); i++) Assert.True(i < 200, $"seed {seed}: no end");
            Does("b1", "view").Arrives();
            Assert.True(Prompted is ["a0"], $"seed {seed}: {string.Join(' ', Prompted)}");
            Assert.Single(_lanes.Records());
        }
    }

    [Fact]
    public void AnErasure_ReachesTheIdInItsLane()
    {
        Does("a1", "view").Identifies("ann0", "a1").Arrives().Does("ann0", "erase").Arrives();
        Assert.Empty(_lanes.Records());
        _now -= Minute;
        Does("a1", "view");
        Assert.Equal(1, _lanes.Sum(c => c.ErasedIgnored));
        _now += 2 * Minute;
        for (var i = 0; i < 3; i++) Does("a1", "view");
        Assert.Equal(["a1"], Prompted);
        Assert.Equal((0, 1), (_lanes.Sum(c => c.Forwarded), _lanes.Sum(c => c.Erased)));
    }

    [Fact]
    public void AnErasureUnderTheOldId_ErasesTheKnownUser()
    {
        Does("a1", "view").Does("ann0", "view").Identifies("ann0", "a1").Arrives().Does("a1", "erase").Arrives();
        Assert.Empty(_lanes.Records());
        Does("a1", "view").Does("a1", "view").Does("a1", "view");
        Assert.Equal(["a1"], Prompted);
    }

    [Fact]
    public void AnErasureReachesTheWholeChain()
    {
        Does("a0", "view").Identifies("b1", "a0").Identifies("ann2", "b1").Arrives().Does("ann2", "erase").Arrives();
        Assert.Empty(_lanes.Records());
        foreach (var user in (string[])["a0", "b1", "ann2"]) Does(user, "view").Arrives();
        Assert.Equal(3, _lanes.Records().Count);
    }

    [Fact]
    public void AnErasureWhileTheAnswerIsOnItsWay_LetsNothingBack()
    {
        Does("a1", "view").Identifies("ann0", "a1").Does("ann0", "erase").Arrives();
        Assert.Empty(_lanes.Records());
        Does("a1", "view").Arrives();
        Assert.Equal(["a1"], _lanes.Records().Keys);
    }

    [Fact]
    public void AnErasureOfOneWhoWasRefused_LeavesTheIdAlone()
    {
        Does("a1", "view").Identifies("bob2", "a1").Arrives().Identifies("ann0", "a1").Does("ann0", "erase").Arrives().Does("a1", "view").Arrives();
        Assert.Equal(["bob2"], _lanes.Records().Keys);
        Assert.Equal(1, _lanes.Sum(c => c.Forwarded));
    }

    [Fact]
    public void AnIdentifyFromBeforeAnErasureOfTheAnonymousId_IsIgnored()
    {
        Does("a1", "erase");
        _now += Minute;
        Does("a1", "view");
        _now -= 2 * Minute;
        Identifies("ann0", "a1").Arrives();
        Assert.Equal((0, 1), (_lanes.Sum(c => c.Merged), _lanes.Sum(c => c.ErasedIgnored)));
        Assert.Equal(["a1", "ann0"], _lanes.Records().Keys.Order());
    }

    [Fact]
    public void AfterAnErasureTheIdMayMoveAgain()
    {
        Does("a1", "view").Identifies("ann0", "a1").Arrives().Does("a1", "erase").Arrives();
        _now += Minute;
        Does("a1", "view").Does("a1", "view").Identifies("ann0", "a1").Arrives().Does("ann0", "view");
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void WhereBothAreKeyedAlike_TheyAreMergedInTheirLane()
    {
        foreach (var user in (string[])["a1", "a1"]) _lanes.OfferTo(0, Event(user, "view"));
        Identifies("ann0", "a1");
        Assert.Equal(0, _lanes.Waiting);
        _lanes.OfferTo(0, Event("a1", "view"));
        Assert.Equal(["ann0"], Prompted);
    }

    [Fact]
    public void MoreIdsThanOnePersonHas_AreRefused()
    {
        for (var i = 0; i < Limits.FormerIdsMax + 5; i++) Identifies("ann0", $"a{i}-1");
        Arrives();
        Assert.Equal((Limits.FormerIdsMax, 5), (_lanes.Sum(c => c.Merged), _lanes.Sum(c => c.ControlsRefused)));
    }

    private List<string> Prompted => [.. _lanes.Prompts.Where(prompt => prompt.Kind == PromptKind.Send).Select(prompt => prompt.User)];

    private MoveTests Does(string user, string type)
    {
        _lanes.Offer(Event(user, type));
        return this;
    }

    private MoveTests Identifies(string user, string anonymous)
    {
        _lanes.Offer(Event(user, "identify") with { Props = new Dictionary<string, object?> { ["anonymous"] = anonymous } });
        return this;
    }

    private NaiveEvent Event(string user, string type) => new($"e{++_events}", user, type, _now += 10, new Dictionary<string, object?>());

    private MoveTests Arrives()
    {
        _lanes.DeliverAll();
        return this;
    }

    private static ApartLanes Lanes(string rule)
    {
        var reading = RulebookFiles.Read(new Dictionary<string, string> { ["policy.yaml"] = "lateness: 10m\n", ["t.yaml"] = rule });
        return new(RulebookCompiler.Compile(reading.Definition!), lanes: 3, id => id.Span[^1] - '0');
    }
}
