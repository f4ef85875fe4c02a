using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What the shop says to people who hesitate or meet trouble on the way to an order.</summary>
public sealed class ShopCheckoutScenarioTests
{
    [Theory]
    [InlineData("12:14:59.999", true)]
    [InlineData("12:15", false)]
    public void DeliveryDoubt_FiresWithinAQuarterOfAnHourOfTheCart(string read, bool fires)
    {
        var shop = Shop("delivery-doubt");
        shop.At("12:00").Adds("c1").At(read).Opens("delivery");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void DeliveryDoubt_NeedsACartAndThePage()
    {
        Assert.Empty(Shop("delivery-doubt").At("12:00").Adds("c1").Opens("home").Decisions);
        Assert.Empty(Shop("delivery-doubt").At("12:00").Opens("help").At("12:01").Adds("c1").Decisions);
    }

    [Fact]
    public void DeliveryDoubt_IsOverWithThePurchaseOrTheCart()
    {
        Assert.Empty(Shop("delivery-doubt").At("12:00").Adds("c1").At("12:01").Buys("c1").At("12:02").Opens("help").Decisions);
        Assert.Empty(Shop("delivery-doubt").At("12:00").Adds("c1").At("12:01").Clears("c1").At("12:02").Opens("help").Decisions);
    }

    [Fact]
    public void DeliveryDoubt_OfLateEvents_IsByTheirOwnTimes()
    {
        Assert.Empty(Shop("delivery-doubt").At("12:05").Adds("c1").At("12:04").Opens("help").Decisions);
        var shop = Shop("delivery-doubt").At("12:00").Adds("c1").At("12:05").Opens("home").At("12:04").Opens("help");
        Assert.Equal(["12:05:00 delivery-doubt"], shop.Prompts);
    }

    [Theory]
    [InlineData("1d 12:00:59.999", 1)]
    [InlineData("1d 12:01", 2)]
    public void DeliveryDoubt_ComesAgainAfterADay(string again, int prompts)
    {
        var shop = Shop("delivery-doubt");
        shop.At("12:00").Adds("c1").At("12:01").Opens("help").At("1d 12:00").Adds("c2").At(again).Opens("help");
        Assert.Equal(prompts, shop.Prompts.Count);
        Assert.Equal(2, shop.Decisions.Count);
    }

    [Fact]
    public void DeliveryDoubt_OfADuplicate_IsOne()
    {
        var shop = Shop("delivery-doubt").At("12:00").Adds("c1").At("12:01");
        Assert.Single(shop.DoesAs("x", "page_view", ("page", "help")).DoesAs("x", "page_view", ("page", "help")).Decisions);
    }

    [Fact]
    public void CheckoutError_FiresAtOnce() =>
        Assert.Equal(["12:00:00 checkout-error"], Shop("checkout-error").At("12:00").FailsAtCheckout("c1").Prompts);

    [Theory]
    [InlineData("12:04:59.999", 1)]
    [InlineData("12:05", 2)]
    public void CheckoutError_ComesAgainForTheCartAfterFiveMinutes(string again, int prompts)
    {
        var shop = Shop("checkout-error");
        Assert.Equal(prompts, shop.At("12:00").FailsAtCheckout("c1").At(again).FailsAtCheckout("c1").Prompts.Count);
        Assert.Equal(prompts + 1, shop.FailsAtCheckout("c2").Prompts.Count);
    }

    [Theory]
    [InlineData("11:50:00.001", 1)]
    [InlineData("11:50", 0)]
    public void CheckoutError_OfTenMinutesAgo_IsTooLate(string at, int prompts) =>
        Assert.Equal(prompts, Shop("checkout-error").At("12:00").Opens("home").At(at).FailsAtCheckout("c1").Prompts.Count);

    [Fact]
    public void CheckoutError_OfADuplicate_IsOne()
    {
        var shop = Shop("checkout-error").At("12:00").DoesAs("x", "checkout_error", ("cart_id", "c1"));
        Assert.Single(shop.At("12:06").DoesAs("x", "checkout_error", ("cart_id", "c1")).Decisions);
        Assert.Equal("unknown", shop.Commands[0].Data[0].Value.ToString());
    }

    [Theory]
    [InlineData("12:09:59.999", true)]
    [InlineData("12:10", false)]
    public void CheckoutStuck_FiresAtTheSecondErrorWithinTenMinutes(string second, bool fires)
    {
        var shop = Shop("checkout-stuck");
        shop.At("12:00").FailsAtCheckout("c1").At(second).FailsAtCheckout("c1");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void CheckoutStuck_IsOverWithThePurchase_AndIsOfOneCart()
    {
        var shop = Shop("checkout-stuck");
        Assert.Empty(shop.At("12:00").FailsAtCheckout("c1").At("12:01").Buys("c1").At("12:02").FailsAtCheckout("c1").FailsAtCheckout("c2").Decisions);
    }

    [Fact]
    public void CheckoutStuck_SeesALateErrorOnlyAfterTheFirst()
    {
        Assert.Empty(Shop("checkout-stuck").At("12:05").FailsAtCheckout("c1").At("12:01").FailsAtCheckout("c1").Decisions);
        var shop = Shop("checkout-stuck").At("12:00").FailsAtCheckout("c1").At("12:05").Opens("home").At("12:01").FailsAtCheckout("c1");
        Assert.Equal(["12:05:00 checkout-stuck"], shop.Prompts);
    }

    [Theory]
    [InlineData("13:00:59.999", 1)]
    [InlineData("13:01", 2)]
    public void CheckoutStuck_CallsAgainAfterAnHour(string again, int prompts)
    {
        var shop = Shop("checkout-stuck");
        shop.At("12:00").FailsAtCheckout("c1").At("12:01").FailsAtCheckout("c1");
        Assert.Equal(prompts, shop.At("13:00").FailsAtCheckout("c1").At(again).FailsAtCheckout("c1").Prompts.Count);
    }

    [Fact]
    public void CheckoutStuck_DoesNotTakeADuplicateForTheSecond()
    {
        var shop = Shop("checkout-stuck").At("12:00").DoesAs("x", "checkout_error", ("cart_id", "c1"), ("code", "timeout"));
        Assert.Empty(shop.At("12:01").DoesAs("x", "checkout_error", ("cart_id", "c1"), ("code", "timeout")).Decisions);
    }

    [Theory]
    [InlineData("12:04:59.999", true)]
    [InlineData("12:05", false)]
    public void FormTrouble_FiresAtTheThirdErrorWithinFiveMinutes(string third, bool fires)
    {
        var shop = Shop("form-trouble");
        shop.At("12:00").ErrsInForm("c1").At("12:01").ErrsInForm("c1").At(third).ErrsInForm("c1");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void FormTrouble_IsOverWithThePurchase_AndIsOfOneCart()
    {
        var shop = Shop("form-trouble");
        shop.At("12:00").Times(2, user => user.ErrsInForm("c1")).At("12:01").Buys("c1");
        Assert.Empty(shop.At("12:02").ErrsInForm("c1").ErrsInForm("c2").Decisions);
    }

    [Fact]
    public void FormTrouble_LeavesOutALateErrorFromBeforeTheLast()
    {
        var shop = Shop("form-trouble");
        shop.At("12:01").Times(2, user => user.ErrsInForm("c1")).At("12:00").ErrsInForm("c1");
        Assert.Empty(shop.Decisions);
        Assert.Equal(["12:02:00 form-trouble"], shop.At("12:02").ErrsInForm("c1").Prompts);
    }

    [Theory]
    [InlineData("12:31:59.999", 1)]
    [InlineData("12:32", 2)]
    public void FormTrouble_ComesAgainAfterHalfAnHour(string again, int prompts)
    {
        var shop = Shop("form-trouble");
        shop.At("12:02").Times(3, user => user.ErrsInForm("c1"));
        Assert.Equal(prompts, shop.At("12:31").Times(2, user => user.ErrsInForm("c1")).At(again).ErrsInForm("c1").Prompts.Count);
        Assert.Equal(2, shop.Decisions.Count);
    }

    [Fact]
    public void FormTrouble_CountsADuplicateOnce()
    {
        var shop = Shop("form-trouble").At("12:00").ErrsInForm("c1");
        shop.DoesAs("x", "form_error", ("cart_id", "c1"), ("field", "phone")).DoesAs("x", "form_error", ("cart_id", "c1"), ("field", "phone"));
        Assert.Empty(shop.Decisions);
    }

    [Theory]
    [InlineData("12:14:59.999", true)]
    [InlineData("12:15", false)]
    public void CrossSell_FiresAtTheSecondLookElsewhereWithinAQuarterOfAnHour(string second, bool fires)
    {
        var shop = Shop("cross-sell");
        shop.At("12:00").Adds("c1").At("12:01").Views("b1", "bags").At("12:02").Views("s1").At(second).Views("b2", "bags");
        Assert.Equal(fires ? 1 : 0, shop.Prompts.Count);
    }

    [Fact]
    public void CrossSell_IsOverWithThePurchaseOrTheCart()
    {
        var bought = Shop("cross-sell").At("12:00").Adds("c1").Views("b1", "bags").At("12:01").Buys("c1").At("12:02").Views("b2", "bags");
        Assert.Empty(bought.Decisions);
        var cleared = Shop("cross-sell").At("12:00").Adds("c1").Views("b1", "bags").At("12:01").Clears("c1").At("12:02").Views("b2", "bags");
        Assert.Empty(cleared.Decisions);
    }

    [Fact]
    public void CrossSell_LeavesOutALateLookFromBeforeTheCart()
    {
        var shop = Shop("cross-sell");
        Assert.Empty(shop.At("12:02").Adds("c1").Views("b1", "bags").At("12:01").Views("b2", "bags").Decisions);
    }

    [Theory]
    [InlineData("1d 12:00:59.999", 1)]
    [InlineData("1d 12:01", 2)]
    public void CrossSell_ComesAgainAfterADay(string again, int prompts)
    {
        var shop = Shop("cross-sell").At("12:00").Adds("c1").At("12:01").Times(2, user => user.Views("b1", "bags"));
        Assert.Equal(prompts, shop.At("1d 12:00").Adds("c2").Views("b1", "bags").At(again).Views("b2", "bags").Prompts.Count);
    }

    [Fact]
    public void CrossSell_CountsADuplicateOnce()
    {
        var shop = Shop("cross-sell").At("12:00").Adds("c1");
        Assert.Empty(shop.DoesAs("x", "view", ("category", "bags")).DoesAs("x", "view", ("category", "bags")).Decisions);
    }
}
