using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What the shop says to people who look and search.</summary>
public sealed class ShopBrowsingScenarioTests
{
    [Fact]
    public void SearchWithoutResults_FiresAtOnce_AndOnlyWithoutResults()
    {
        Assert.Equal(["12:00:00 search-without-results"], Shop("search-without-results").At("12:00").Searches(results: 0).Prompts);
        Assert.Empty(Shop("search-without-results").At("12:00").Searches(results: 1).Decisions);
    }

    [Theory]
    [InlineData("12:09:59.999", 1)]
    [InlineData("12:10", 2)]
    public void SearchWithoutResults_ComesAgainAfterTenMinutes(string again, int prompts) =>
        Assert.Equal(prompts, Shop("search-without-results").At("12:00").Searches(0).At(again).Searches(0).Prompts.Count);

    [Theory]
    [InlineData("11:50:00.001", "12:00:00 search-without-results")]
    [InlineData("11:50", null)]
    public void SearchWithoutResults_IsSaidOnArrival_OrNotAtAllWhenTooLate(string at, string? prompt)
    {
        var shop = Shop("search-without-results").At("12:00").Opens("home").At(at).Searches(0);
        Assert.Equal(prompt is null ? [] : [prompt], shop.Prompts);
    }

    [Fact]
    public void SearchWithoutResults_OfADuplicate_IsOne()
    {
        var shop = Shop("search-without-results").At("12:00").DoesAs("x", "search", ("query", "hat"), ("results", 0));
        Assert.Single(shop.At("12:20").DoesAs("x", "search", ("query", "hat"), ("results", 0)).Decisions);
    }

    [Theory]
    [InlineData("12:02:59.999", true)]
    [InlineData("12:03", false)]
    public void RageSearch_FiresAtTheThirdSearchWithinThreeMinutes(string third, bool fires)
    {
        var shop = Shop("rage-search").At("12:00").Searches().At("12:01").Searches().At(third).Searches();
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Theory]
    [InlineData("12:00:10")]
    [InlineData("12:00:30")]
    public void RageSearch_IsOverWithAnyLook(string looked)
    {
        var shop = Shop("rage-search").At("12:00").Searches();
        if (looked == "12:00:10") shop.At(looked).Views("i1").At("12:00:20").Searches();
        else shop.At("12:00:20").Searches().At(looked).Views("i1");
        Assert.Empty(shop.At("12:00:40").Searches().Decisions);
    }

    [Fact]
    public void RageSearch_LeavesOutALateSearchFromBeforeTheLast()
    {
        var shop = Shop("rage-search").At("12:00").Searches().At("12:01").Searches().At("12:00:30").Searches();
        Assert.Empty(shop.Decisions);
        Assert.Equal(["12:02:00 rage-search"], shop.At("12:02").Searches().Prompts);
    }

    [Theory]
    [InlineData("13:00:59.999", 1)]
    [InlineData("13:01", 2)]
    public void RageSearch_ComesAgainAfterAnHour(string again, int prompts)
    {
        var shop = Shop("rage-search").At("12:01").Times(3, user => user.Searches()).At("13:00").Times(2, user => user.Searches());
        Assert.Equal(prompts, shop.At(again).Searches().Prompts.Count);
        Assert.Equal(2, shop.Decisions.Count);
    }

    [Fact]
    public void RageSearch_CountsADuplicateOnce()
    {
        var shop = Shop("rage-search").At("12:00").Searches();
        Assert.Empty(shop.DoesAs("x", "search", ("results", 1)).DoesAs("x", "search", ("results", 1)).Decisions);
    }

    [Theory]
    [InlineData("13:00", false)]
    [InlineData("13:00:00.001", true)]
    public void BrowseAbandonment_FiresAnHourAfterTheFifthLookUnlessSomethingIsBought(string bought, bool fires)
    {
        var shop = Shop("browse-abandonment").At("12:00").Times(5, user => user.Views("i1")).At(bought).Buys("c1").ForEver();
        Assert.Equal(fires ? ["13:00:00 browse-abandonment"] : [], shop.Prompts);
    }

    [Theory]
    [InlineData("11:00", false)]
    [InlineData("11:00:00.001", true)]
    public void BrowseAbandonment_NeedsFiveLooksInTwoHours(string first, bool fires)
    {
        var shop = Shop("browse-abandonment").At(first).Views("i1").At("12:00").Times(4, user => user.Views("i2")).ForEver();
        Assert.Equal(fires ? ["13:00:00 browse-abandonment"] : [], shop.Prompts);
    }

    [Theory]
    [InlineData("13:00", true)]
    [InlineData("13:00:00.001", false)]
    public void BrowseAbandonment_IsNotForThoseWithACartOfTheLastDay(string added, bool fires)
    {
        var shop = Shop("browse-abandonment").At(added).Adds("c0").At("1d 12:00").Times(5, user => user.Views("i1")).ForEver();
        Assert.Equal(fires ? ["1d 13:00:00 browse-abandonment"] : [], shop.Prompts);
    }

    [Fact]
    public void BrowseAbandonment_IsTakenBackByALateAddition()
    {
        var shop = Shop("browse-abandonment").At("12:00").Times(5, user => user.Views("i1"));
        shop.At("13:05").Opens("home").At("12:59").Adds("c1").ForEver();
        Assert.Equal(["13:00:00 browse-abandonment", "13:05:00 cancel browse-abandonment"], shop.Prompts);
    }

    [Theory]
    [InlineData("3d 11:59:59.999", 1)]
    [InlineData("3d 12:00", 2)]
    public void BrowseAbandonment_ComesAgainAfterThreeDays(string again, int prompts)
    {
        var shop = Shop("browse-abandonment").At("12:00").Times(5, user => user.Views("i1"));
        Assert.Equal(prompts, shop.At(again).Times(5, user => user.Views("i1")).ForEver().Prompts.Count);
        Assert.Equal(2, shop.Decisions.Count);
    }

    [Fact]
    public void BrowseAbandonment_CountsADuplicateOnce()
    {
        var shop = Shop("browse-abandonment").At("12:00").Times(3, user => user.Views("i1"));
        shop.DoesAs("x", "view", ("item", "i2")).DoesAs("x", "view", ("item", "i2")).ForEver();
        Assert.Equal(["predicate"], shop.Suppressed);
    }

    [Theory]
    [InlineData("12:59:59.999", true)]
    [InlineData("13:00", false)]
    public void PriceWatch_FiresAtTheThirdLookAtAnItemWithinAnHour(string third, bool fires)
    {
        var shop = Shop("price-watch").At("12:00").Views("i1").At("12:10").Views("i1").Views("i2").At(third).Views("i1");
        Assert.Equal(fires ? ["i1"] : [], shop.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void PriceWatch_IsOverWithTheItemInACart_OrWithAPurchase()
    {
        var shop = Shop("price-watch").At("12:00").Times(2, user => user.Views("i1")).Times(2, user => user.Views("i2"));
        shop.Does("cart_add", ("cart_id", "c1"), ("item", "i1"), ("price", 20)).At("12:01").Views("i1").Views("i2");
        Assert.Equal(["i2"], shop.Commands.Select(command => command.Instance));
        shop.At("12:02").Times(2, user => user.Views("i3")).Buys("c1").At("12:03").Views("i3");
        Assert.Single(shop.Decisions);
    }

    [Fact]
    public void PriceWatch_LeavesOutALateLookFromBeforeTheLast() =>
        Assert.Empty(Shop("price-watch").At("12:05").Times(2, user => user.Views("i1")).At("12:01").Views("i1").Decisions);

    [Theory]
    [InlineData("7d 11:59:59.999", 1)]
    [InlineData("7d 12:00", 2)]
    public void PriceWatch_ComesAgainForTheItemAfterAWeek(string again, int prompts)
    {
        var shop = Shop("price-watch").At("12:00").Times(3, user => user.Views("i1")).At(again).Times(3, user => user.Views("i1"));
        Assert.Equal(prompts, shop.Prompts.Count);
        Assert.Equal(prompts + 1, shop.Times(3, user => user.Views("i2")).Prompts.Count);
    }

    [Fact]
    public void PriceWatch_CountsADuplicateOnce()
    {
        var shop = Shop("price-watch").At("12:00").Views("i1");
        Assert.Empty(shop.DoesAs("x", "view", ("item", "i1")).DoesAs("x", "view", ("item", "i1")).Decisions);
    }

    [Theory]
    [InlineData("7d 12:00", false)]
    [InlineData("7d 11:59:59.999", true)]
    public void CategoryAffinity_FiresAtTheEighthLookOfAWeek(string eighth, bool fires)
    {
        var shop = Shop("category-affinity").At("12:00").Views("i1").At("1d 12:00").Times(6, user => user.Views("i2"));
        shop.At(eighth).Views("i3");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void CategoryAffinity_CountsEachCategoryByItself_AndADuplicateOnce()
    {
        var shop = Shop("category-affinity").At("12:00").Times(7, user => user.Views("i1")).Times(7, user => user.Views("b1", "bags"));
        Assert.Empty(shop.Prompts);
        (string, object?)[] bag = [("item", "b1"), ("category", "bags")];
        Assert.Equal(["bags"], shop.DoesAs("x", "view", bag).DoesAs("x", "view", bag).Commands.Select(command => command.Instance));
        Assert.Equal(15, shop.Decisions.Count);
    }

    [Theory]
    [InlineData("12:00", true)]
    [InlineData("12:00:00.001", false)]
    public void CategoryAffinity_IsNotForThoseWhoBoughtThisWeek(string bought, bool fires)
    {
        var shop = Shop("category-affinity").At(bought).Buys("c1").At("7d 12:00").Times(8, user => user.Views("i1"));
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void CategoryAffinity_CountsALateLook_ButOneFromBeforeItsOwnTime()
    {
        var shop = Shop("category-affinity").At("12:05").Times(7, user => user.Views("i1")).At("12:04").Views("i1");
        Assert.Empty(shop.Prompts);
        Assert.Equal(["12:06:00 category-affinity"], shop.At("12:06").Views("i1").Prompts);
    }

    [Theory]
    [InlineData("14d 11:59:59.999", 1)]
    [InlineData("14d 12:00", 2)]
    public void CategoryAffinity_ComesAgainAfterTwoWeeks(string again, int prompts)
    {
        var shop = Shop("category-affinity").At("12:00").Times(8, user => user.Views("i1")).At("14d 11:00").Times(7, user => user.Views("i1"));
        Assert.Equal(prompts, shop.At(again).Views("i1").Prompts.Count);
    }

    [Fact]
    public void LongVisit_FiresHalfAnHourAfterTheFifteenthEvent()
    {
        var shop = Shop("long-visit").At("12:00").Times(14, user => user.Opens("home")).At("12:10").Opens("home");
        Assert.Empty(shop.Until("12:39:59.999").Prompts);
        Assert.Equal(["12:40:00 long-visit"], shop.Until("12:40").Prompts);
        Assert.Equal(["15", "10"], shop.Commands[0].Data.Select(field => field.Value.ToString()));
    }

    [Fact]
    public void LongVisit_IsNotAShortOne_NorOneOfTwoWithMoreThanHalfAnHourBetween()
    {
        Assert.Empty(Shop("long-visit").At("12:00").Times(14, user => user.Opens("home")).ForEver().Decisions);
        var joined = Shop("long-visit").At("12:00").Times(14, user => user.Opens("home")).At("12:30").Opens("home").ForEver();
        Assert.Equal(["13:00:00 long-visit"], joined.Prompts);
        var apart = Shop("long-visit").At("12:00").Times(14, user => user.Opens("home")).At("12:30:00.001").Opens("home").ForEver();
        Assert.Empty(apart.Decisions);
    }

    [Fact]
    public void LongVisit_IsNotForThoseWithACart() =>
        Assert.Equal(["predicate"], Shop("long-visit").At("12:00").Adds("c1").Times(14, user => user.Opens("home")).ForEver().Suppressed);

    [Fact]
    public void LongVisit_CountsALateEvent_AndADuplicateOnce()
    {
        var late = Shop("long-visit").At("12:00").Times(14, user => user.Opens("home")).At("11:55").Opens("home").ForEver();
        Assert.Equal(["12:30:00 long-visit"], late.Prompts);
        var twice = Shop("long-visit").At("12:00").Times(13, user => user.Opens("home"));
        twice.DoesAs("x", "page_view", ("page", "home")).DoesAs("x", "page_view", ("page", "home"));
        Assert.Empty(twice.ForEver().Decisions);
    }

    [Theory]
    [InlineData("7d 11:59:59.999", 1)]
    [InlineData("7d 12:00", 2)]
    public void LongVisit_ComesAgainAfterAWeek(string again, int prompts)
    {
        var shop = Shop("long-visit").At("12:00").Times(15, user => user.Opens("home")).At(again).Times(15, user => user.Opens("home"));
        Assert.Equal(prompts, shop.ForEver().Prompts.Count);
    }

    [Theory]
    [InlineData("7d 11:59:59.999", true)]
    [InlineData("7d 12:00", false)]
    public void CouponHunter_FiresAtTheThirdLookAtTheOffersInAWeek(string third, bool fires)
    {
        var shop = Shop("coupon-hunter").At("12:00").Opens("offers").At("1d 12:00").Opens("offers").Opens("home").At(third).Opens("offers");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void CouponHunter_IsNotForThoseWhoBuy_AndCountsADuplicateOnce()
    {
        Assert.Empty(Shop("coupon-hunter").At("12:00").Buys("c1").At("20d 12:00").Times(3, user => user.Opens("offers")).Prompts);
        var shop = Shop("coupon-hunter").At("12:00").Opens("offers").DoesAs("x", "page_view", ("page", "offers"));
        Assert.Empty(shop.DoesAs("x", "page_view", ("page", "offers")).Prompts);
    }

    [Fact]
    public void CouponHunter_CountsALateLookForThoseAfterIt()
    {
        var shop = Shop("coupon-hunter").At("12:05").Opens("offers").At("12:01").Opens("offers");
        Assert.Empty(shop.Prompts);
        Assert.Equal(["12:06:00 coupon-hunter"], shop.At("12:06").Opens("offers").Prompts);
    }

    [Theory]
    [InlineData("30d 11:59:59.999", 1)]
    [InlineData("30d 12:00", 2)]
    public void CouponHunter_ComesAgainAfterAMonth(string again, int prompts)
    {
        var shop = Shop("coupon-hunter").At("12:00").Times(3, user => user.Opens("offers")).At("30d 11:00").Times(2, user => user.Opens("offers"));
        Assert.Equal(prompts, shop.At(again).Opens("offers").Prompts.Count);
    }
}
