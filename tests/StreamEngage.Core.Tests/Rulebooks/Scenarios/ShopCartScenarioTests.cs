using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What the shop says to people with a cart.</summary>
public sealed class ShopCartScenarioTests
{
    [Fact]
    public void CartAbandonment_FiresHalfAnHourAfterTheLastAddition()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").At("12:10").Adds("c1");
        Assert.Empty(shop.Until("12:39:59.999").Prompts);
        Assert.Equal(["12:40:00 cart-abandonment"], shop.Until("12:40").Prompts);
    }

    [Theory]
    [InlineData("12:29:59.999", false)]
    [InlineData("12:30", false)]
    [InlineData("12:30:00.001", true)]
    public void CartAbandonment_IsCancelledByAPurchaseUpToTheDeadlineItself(string bought, bool fires)
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").At(bought).Buys("c1").ForEver();
        Assert.Equal(fires ? ["12:30:00 cart-abandonment"] : [], shop.Prompts);
    }

    [Fact]
    public void CartAbandonment_IsCancelledByCheckoutAndByClearing()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").Adds("c2").At("12:05").ChecksOut("c1").Clears("c2").ForEver();
        Assert.Empty(shop.Decisions);
    }

    [Fact]
    public void CartAbandonment_OfOneCart_IsNotCancelledByAnother()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").At("12:01").Adds("c2").At("12:05").Buys("c2").ForEver();
        Assert.Equal(["12:30:00 cart-abandonment"], shop.Prompts);
    }

    [Fact]
    public void CartAbandonment_NeedsFifteenInTheCart()
    {
        Assert.Equal(["predicate"], Shop("cart-abandonment").At("12:00").Adds("c1", 14.99).ForEver().Suppressed);
        Assert.Single(Shop("cart-abandonment").At("12:00").Adds("c1", 7.5).Adds("c1", 7.5).ForEver().Prompts);
    }

    [Fact]
    public void CartAbandonment_IsTakenBackByALatePurchase()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").At("12:32").Opens("home").At("12:25").Buys("c1").ForEver();
        Assert.Equal(["12:30:00 cart-abandonment", "12:32:00 cancel cart-abandonment"], shop.Prompts);
    }

    [Fact]
    public void CartAbandonment_CountsALateAdditionFromItsOwnTime()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:09").Opens("home").At("12:00").Adds("c1").ForEver();
        Assert.Equal(["12:30:00 cart-abandonment"], shop.Prompts);
    }

    [Fact]
    public void CartAbandonment_CountsADuplicateOnce()
    {
        var shop = Shop("cart-abandonment");
        (string, object?)[] goods = [("cart_id", "c1"), ("item", "sku-1"), ("category", "shoes"), ("price", 10)];
        shop.At("12:00").DoesAs("x", "cart_add", goods).At("12:05").DoesAs("x", "cart_add", goods).ForEver();
        Assert.Equal(["predicate"], shop.Suppressed);
        Assert.Equal("12:30", TimeSpan.FromMilliseconds(shop.Decisions[0].At.UnixMilliseconds % 86_400_000).ToString(@"hh\:mm"));
    }

    [Theory]
    [InlineData("23:59:59.999", 1)]
    [InlineData("1d 00:00", 2)]
    public void CartAbandonment_ComesAgainForTheSameCartAfterTwelveHours(string again, int prompts)
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1").At(again).Adds("c1").ForEver();
        Assert.Equal(prompts, shop.Prompts.Count);
        Assert.Equal(2, shop.Decisions.Count);
    }

    [Fact]
    public void CartAbandonment_SaysWhatIsInTheCart()
    {
        var shop = Shop("cart-abandonment");
        shop.At("12:00").Adds("c1", 30).Adds("c2", 99).Adds("c1", 12.5).ForEver();
        var prompt = shop.Commands.Single(command => command.Instance == "c1");
        Assert.Equal(["sku-1", "2", "42.5"], prompt.Data.Select(field => field.Value.ToString()));
    }

    [Theory]
    [InlineData("12:30", false)]
    [InlineData("12:30:00.001", true)]
    public void CheckoutUnfinished_FiresHalfAnHourAfterIt(string bought, bool fires)
    {
        var shop = Shop("checkout-unfinished");
        shop.At("12:00").ChecksOut("c1").At(bought).Buys("c1").ForEver();
        Assert.Equal(fires ? ["12:30:00 checkout-unfinished"] : [], shop.Prompts);
    }

    [Fact]
    public void CheckoutUnfinished_IsCancelledByClearing_NotByAnotherCart()
    {
        var shop = Shop("checkout-unfinished");
        shop.At("12:00").ChecksOut("c1").ChecksOut("c2").At("12:10").Clears("c1").Buys("c3").ForEver();
        Assert.Equal(["c2"], shop.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void CheckoutUnfinished_IsTakenBackByALatePurchase_AndOnceOnly()
    {
        var shop = Shop("checkout-unfinished");
        shop.At("12:00").ChecksOut("c1").At("12:35").Opens("home").At("12:28").Buys("c1").At("12:40").Buys("c1").ForEver();
        Assert.Equal(["12:30:00 checkout-unfinished", "12:35:00 cancel checkout-unfinished"], shop.Prompts);
    }

    [Theory]
    [InlineData("1d 11:59:59.999", 1)]
    [InlineData("1d 12:00", 2)]
    public void CheckoutUnfinished_ComesAgainAfterADay(string again, int prompts)
    {
        var shop = Shop("checkout-unfinished");
        shop.At("12:00").ChecksOut("c1").At(again).ChecksOut("c1").ForEver();
        Assert.Equal(prompts, shop.Prompts.Count);
    }

    [Fact]
    public void CheckoutUnfinished_OfADuplicate_DoesNotMove()
    {
        var shop = Shop("checkout-unfinished");
        (string, object?)[] cart = [("cart_id", "c1"), ("total", 20)];
        shop.At("12:00").DoesAs("x", "checkout_start", cart).At("12:05").DoesAs("x", "checkout_start", cart).ForEver();
        Assert.Equal(["12:30:00 checkout-unfinished"], shop.Prompts);
    }

    [Theory]
    [InlineData(199.99, false)]
    [InlineData(200, true)]
    public void HighValueCart_FiresAtFourHundred(double second, bool fires)
    {
        var shop = Shop("high-value-cart");
        shop.At("12:00").Adds("c1", 200).At("12:01").Adds("c1", second);
        Assert.Equal(fires ? ["12:01:00 high-value-cart"] : [], shop.Prompts);
    }

    [Fact]
    public void HighValueCart_DoesNotMixCarts() =>
        Assert.Empty(Shop("high-value-cart").At("12:00").Adds("c1", 300).Adds("c2", 300).Prompts);

    [Theory]
    [InlineData("1d 11:59:59.999", true)]
    [InlineData("1d 12:00", false)]
    public void HighValueCart_ForgetsWhatIsADayOld(string second, bool fires)
    {
        var shop = Shop("high-value-cart");
        shop.At("12:00").Adds("c1", 300).At(second).Adds("c1", 100);
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void HighValueCart_IsSaidOnceUntilTheCartIsBoughtOrCleared()
    {
        var shop = Shop("high-value-cart");
        shop.At("12:00").Adds("c1", 500).At("12:01").Adds("c1", 500).At("12:02").Clears("c1").At("12:03").Adds("c1", 500);
        Assert.Equal(["12:00:00 high-value-cart", "12:03:00 high-value-cart"], shop.Prompts);
        Assert.Equal(["already-in"], shop.Suppressed);
    }

    [Fact]
    public void HighValueCart_JudgesALateAdditionByItsOwnTime()
    {
        var shop = Shop("high-value-cart");
        shop.At("12:05").Adds("c1", 300).At("12:01").Adds("c1", 200);
        Assert.Equal(["predicate", "predicate"], shop.Suppressed);
        Assert.Equal(["12:06:00 high-value-cart"], shop.At("12:06").Adds("c1", 1).Prompts);
    }

    [Fact]
    public void HighValueCart_CountsADuplicateOnce()
    {
        var shop = Shop("high-value-cart");
        (string, object?)[] goods = [("cart_id", "c1"), ("price", 200)];
        Assert.Empty(shop.At("12:00").DoesAs("x", "cart_add", goods).DoesAs("x", "cart_add", goods).Prompts);
    }

    [Theory]
    [InlineData("1d 12:00", false)]
    [InlineData("1d 12:00:00.001", true)]
    public void CartCleared_FiresADayLaterUnlessSomethingIsAdded(string added, bool fires)
    {
        var shop = Shop("cart-cleared");
        shop.At("12:00").Clears("c1").At(added).Adds("c2").ForEver();
        Assert.Equal(fires ? ["1d 12:00:00 cart-cleared"] : [], shop.Prompts);
    }

    [Fact]
    public void CartCleared_IsTakenBackByALateAddition()
    {
        var shop = Shop("cart-cleared");
        shop.At("12:00").Clears("c1").At("1d 12:05").Opens("home").At("1d 11:59").Adds("c2").ForEver();
        Assert.Equal(["1d 12:00:00 cart-cleared", "1d 12:05:00 cancel cart-cleared"], shop.Prompts);
    }

    [Theory]
    [InlineData("14d 11:59:59.999", 1)]
    [InlineData("14d 12:00", 2)]
    public void CartCleared_ComesAgainAfterTwoWeeks(string again, int prompts)
    {
        var shop = Shop("cart-cleared");
        shop.At("12:00").Clears("c1").At(again).Clears("c2").ForEver();
        Assert.Equal(prompts, shop.Prompts.Count);
    }

    [Fact]
    public void CartCleared_OfADuplicate_DoesNotMove()
    {
        var shop = Shop("cart-cleared");
        shop.At("12:00").DoesAs("x", "cart_clear", ("cart_id", "c1")).At("12:05").DoesAs("x", "cart_clear", ("cart_id", "c1")).ForEver();
        Assert.Equal(["1d 12:00:00 cart-cleared"], shop.Prompts);
    }
}
