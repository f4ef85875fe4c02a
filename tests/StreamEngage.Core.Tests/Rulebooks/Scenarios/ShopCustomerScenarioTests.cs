using StreamEngage.Testing;
using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What the shop says to people it knows: after orders, to VIPs, and to those who stay away.</summary>
public sealed class ShopCustomerScenarioTests
{
    [Fact]
    public void FirstPurchase_IsSaidAtTheFirstAndNeverAgain()
    {
        var shop = Shop("first-purchase").At("12:00").Buys("c1").At("12:01").Buys("c2").At("400d 12:00").Buys("c3");
        Assert.Equal(["12:00:00 first-purchase"], shop.Prompts);
        Assert.Equal(["predicate", "already-in"], shop.Suppressed);
    }

    [Fact]
    public void FirstPurchase_ThatComesLateAfterASecond_IsTheFirstByItsOwnTime()
    {
        var shop = Shop("first-purchase").At("12:05").Opens("home").At("12:00").Buys("c1");
        Assert.Equal(["12:05:00 first-purchase"], shop.Prompts);
        Assert.Empty(Shop("first-purchase").At("12:00").Opens("home").At("11:50").Buys("c1").Decisions);
    }

    [Fact]
    public void FirstPurchase_OfADuplicate_IsOne() => Assert.Single(BuysTwiceAs("x", Shop("first-purchase")).Decisions);

    [Theory]
    [InlineData("179d 12:00", true)]
    [InlineData("180d 12:00", false)]
    public void ThirdPurchase_FiresAtTheThirdOfHalfAYear(string third, bool fires)
    {
        var shop = Shop("third-purchase").At("12:00").Buys("c1", 10).At("1d 12:00").Buys("c2", 20).At(third).Buys("c3", 30);
        Assert.Equal(fires ? [60d] : [], shop.Commands.Select(command => command.Data[0].Value.Number));
    }

    [Fact]
    public void ThirdPurchase_IsSaidOnce()
    {
        var shop = Shop("third-purchase").At("12:00").Buys("c1").Buys("c2").Buys("c3").Buys("c4");
        shop.At("200d 12:00").Buys("c5").Buys("c6").Buys("c7");
        Assert.Single(shop.Prompts);
        Assert.Equal("already-in", shop.Suppressed[^1]);
    }

    [Fact]
    public void ThirdPurchase_CountsADuplicateOnce_AndALateOne()
    {
        var shop = BuysTwiceAs("x", Shop("third-purchase").At("12:00").Buys("c1"));
        Assert.Empty(shop.Prompts);
        shop.At("12:10").Opens("home").At("12:08").Buys("c3");
        Assert.Equal(["12:10:00 third-purchase"], shop.Prompts);
    }

    [Fact]
    public void OrderThanks_IsSentOnceForEveryOrder()
    {
        var shop = Shop("order-thanks").At("12:00").Buys("c1").At("12:01").Buys("c1").Buys("c2");
        Assert.Equal(["c1", "c2"], shop.Commands.Select(command => command.Instance));
        Assert.Equal(["already-in"], shop.Suppressed);
    }

    [Fact]
    public void OrderThanks_OfALateOrADoubledEvent()
    {
        Assert.Equal(["12:05:00 order-thanks"], Shop("order-thanks").At("12:05").Opens("home").At("12:00").Buys("c1").Prompts);
        Assert.Single(BuysTwiceAs("x", Shop("order-thanks")).Decisions);
    }

    [Fact]
    public void OrderThanks_StandsBesideWhatElseThePurchaseSays()
    {
        var shop = EngineHarness.Load(Folder("shop")).At("12:00").Buys("c1");
        Assert.Equal(["12:00:00 first-purchase", "12:00:00 order-thanks"], shop.Prompts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("7d 12:00", false)]
    [InlineData("7d 12:00:00.001", true)]
    public void AfterPurchase_FiresAWeekAfterTheLastOrder(string next, bool fires)
    {
        var shop = Shop("after-purchase").At("12:00").Buys("c1").At(next).Buys("c2");
        Assert.Equal(fires ? ["7d 12:00:00 after-purchase"] : [], shop.Prompts);
    }

    [Fact]
    public void AfterPurchase_IgnoresAnOlderLateOrderAndADuplicate()
    {
        var shop = BuysTwiceAs("x", Shop("after-purchase").At("12:00")).At("12:05").Buys("c2").At("12:02").Buys("c3").ForEver();
        Assert.Equal(["7d 12:05:00 after-purchase"], shop.Prompts);
    }

    [Theory]
    [InlineData("30d 11:59:59.999", 1)]
    [InlineData("30d 12:00", 2)]
    public void AfterPurchase_ComesAgainAfterAMonth(string again, int prompts) =>
        Assert.Equal(prompts, Shop("after-purchase").At("12:00").Buys("c1").At(again).Buys("c2").ForEver().Prompts.Count);

    [Fact]
    public void VipWelcome_IsSaidOnce_AndToVipsOnly()
    {
        var shop = Shop("vip-welcome").At("12:00").Does("profile_update", ("tier", "gold"));
        Assert.Empty(shop.Decisions);
        shop.At("12:01").Does("profile_update", ("tier", "vip")).At("40d 12:00").Does("profile_update", ("tier", "vip"));
        Assert.Equal(["12:01:00 vip-welcome"], shop.Prompts);
        Assert.Equal(["already-in"], shop.Suppressed);
    }

    [Fact]
    public void VipWelcome_OfALateOrADoubledEvent()
    {
        var shop = Shop("vip-welcome").At("12:05").Opens("home").At("12:00");
        shop.DoesAs("x", "profile_update", ("tier", "vip")).DoesAs("x", "profile_update", ("tier", "vip"));
        Assert.Equal(["12:05:00 vip-welcome"], shop.Prompts);
        Assert.Single(shop.Decisions);
    }

    [Theory]
    [InlineData("14d 12:00", "28d 12:00:00 vip-silent")]
    [InlineData("14d 12:00:00.001", "14d 12:00:00 vip-silent")]
    public void VipSilent_FiresAfterTwoWeeksOfNothing(string seen, string prompt)
    {
        var shop = Shop("vip-silent").At("11:00").Does("profile_update", ("tier", "vip"));
        shop.At("12:00").Opens("home").At(seen).Opens("home").ForEver();
        Assert.Equal(prompt, shop.Prompts[0]);
        Assert.Single(shop.Prompts);
    }

    [Theory]
    [InlineData(999.99, false)]
    [InlineData(1000, true)]
    public void VipSilent_IsAlsoForThoseWhoSpentAThousand(double spent, bool fires)
    {
        var shop = Shop("vip-silent").At("12:00").Buys("c1", spent).ForEver();
        Assert.Equal(fires ? ["14d 12:00:00 vip-silent"] : [], shop.Prompts);
    }

    [Fact]
    public void VipSilent_IsNotBrokenByAProfileUpdate_NorMovedByALateEventOrADuplicate()
    {
        var shop = Shop("vip-silent").At("12:00").DoesAs("x", "page_view").At("12:05").DoesAs("x", "page_view").At("11:58").Opens("home");
        shop.At("3d 12:00").Does("profile_update", ("tier", "vip")).ForEver();
        Assert.Equal(["14d 12:00:00 vip-silent"], shop.Prompts);
    }

    [Theory]
    [InlineData("60d 11:59:59.999", 1)]
    [InlineData("60d 12:00", 2)]
    public void VipSilent_CallsAgainAfterTwoMonths(string again, int prompts)
    {
        var shop = Shop("vip-silent").At("12:00").Does("profile_update", ("tier", "vip")).Opens("home").At(again).Opens("home");
        Assert.Equal(prompts, shop.ForEver().Prompts.Count);
    }

    [Theory]
    [InlineData("10d 12:00", false)]
    [InlineData("10d 12:00:00.001", true)]
    public void SlippingAway_FiresTenDaysAfterTheLastVisitBegan(string back, bool fires)
    {
        var shop = Shop("slipping-away").At("11:30").Buys("c1").At("12:00").Buys("c2").At("12:00:00").Opens("home");
        shop.At("12:30:00.001").Opens("home");
        Assert.Empty(shop.Prompts);
        shop = Shop("slipping-away").At("12:00").Buys("c1").Buys("c2").At(back).Opens("home");
        Assert.Equal(fires ? ["10d 12:00:00 slipping-away"] : [], shop.Prompts);
    }

    [Fact]
    public void SlippingAway_NeedsTwoOrders_AndCountsADuplicateOnce()
    {
        Assert.Empty(Shop("slipping-away").At("12:00").Buys("c1").ForEver().Decisions);
        Assert.Empty(BuysTwiceAs("x", Shop("slipping-away").At("12:00")).ForEver().Decisions);
    }

    [Fact]
    public void SlippingAway_CountsALateOrder()
    {
        var shop = Shop("slipping-away").At("12:00").Buys("c1").At("12:05").Opens("home").At("12:02").Buys("c2").ForEver();
        Assert.Equal(["10d 12:00:00 slipping-away"], shop.Prompts);
    }

    [Theory]
    [InlineData("29d 12:00", 1)]
    [InlineData("30d 12:00", 2)]
    public void SlippingAway_ComesAgainAfterAMonth(string again, int prompts)
    {
        var shop = Shop("slipping-away").At("12:00").Buys("c1").Buys("c2").At("20d 12:00").Opens("home").At(again).Opens("home");
        Assert.Equal(prompts, shop.ForEver().Prompts.Count);
    }

    [Theory]
    [InlineData("14d 12:29:59.999", false)]
    [InlineData("14d 12:30", true)]
    public void WelcomeBack_FiresFourteenDaysAfterTheLastVisitEnded(string back, bool fires)
    {
        var shop = Shop("welcome-back").At("12:00").Opens("home").At(back).Opens("home");
        Assert.Equal(fires ? ["14d 12:30:00 welcome-back"] : [], shop.Prompts);
    }

    [Fact]
    public void WelcomeBack_IsNotForNewUsers_NorSaidTwiceInAVisit()
    {
        Assert.Empty(Shop("welcome-back").At("12:00").Opens("home").Prompts);
        var shop = Shop("welcome-back").At("12:00").Opens("home").At("20d 12:00").DoesAs("x", "page_view").DoesAs("x", "page_view").Opens("help");
        Assert.Equal(["20d 12:00:00 welcome-back"], shop.Prompts);
    }

    [Fact]
    public void WelcomeBack_OfALateEvent_IsSaidOnArrival()
    {
        var shop = Shop("welcome-back").At("12:00").Opens("home").At("20d 12:00").User("u2").Opens("home");
        Assert.Equal(["20d 12:00:00 welcome-back"], shop.At("20d 11:55").User("u1").Opens("home").Prompts);
    }

    private static EngineHarness BuysTwiceAs(string id, EngineHarness user)
    {
        (string, object?)[] order = [("cart_id", "c9"), ("value", 20), ("items", 1)];
        return user.At("12:00").DoesAs(id, "purchase", order).DoesAs(id, "purchase", order);
    }
}
