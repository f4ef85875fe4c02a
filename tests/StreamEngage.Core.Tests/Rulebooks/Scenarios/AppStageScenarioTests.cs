using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What an app says to those who stay away for long, and to those who are back.</summary>
public sealed class AppStageScenarioTests
{
    [Theory]
    [InlineData("30d 12:00", "")]
    [InlineData("30d 12:00:00.001", "30d 12:00:00 win-back")]
    public void WinBack_FiresAMonthAfterTheLastUse(string next, string prompts)
    {
        var app = App("win-back").At("12:00").Sees("home").At("10d 12:00").Does("crash").At(next).Sees("home").Until("31d 12:00");
        Assert.Equal(prompts, string.Join(", ", app.Prompts));
    }

    [Fact]
    public void WinBack_IsSaidOnceInAnAbsence_AndNotToSubscribers()
    {
        Assert.Equal(["30d 12:00:00 win-back"], App("win-back").At("12:00").Sees("home").At("40d 12:00").Sees("home").ForEver().Prompts);
        Assert.Empty(App("win-back").At("12:00").Sees("home").Does("subscribe", ("plan", "pro"), ("value", 5)).ForEver().Prompts);
    }

    [Fact]
    public void WinBack_GoesToWhoCameBackForGoodAndWentAgain()
    {
        var app = App("win-back").At("12:00").Sees("home").At("61d 12:00").Times(3, user => user.Sees("home")).ForEver();
        Assert.Equal(["30d 12:00:00 win-back", "91d 12:00:00 win-back"], app.Prompts);
    }

    [Theory]
    [InlineData("45d 12:00", "45d 12:00:00 back-again")]
    [InlineData("45d 12:00:00.001", "")]
    public void BackAgain_IsSaidAtTheThirdUse(string third, string prompts)
    {
        var app = App("back-again").At("12:00").Sees("home").At("31d 12:00").Sees("home").Does("feature_ok").At(third).Sees("home");
        Assert.Equal(prompts, string.Join(", ", app.Prompts));
    }

    [Fact]
    public void BackAgain_CountsADuplicateOnce_AndALateUseAtItsOwnTime()
    {
        var app = App("back-again").At("12:00").Sees("home").At("31d 12:00").Sees("home").DoesAs("x", "screen").DoesAs("x", "screen");
        Assert.Empty(app.Prompts);
        Assert.Equal(["31d 12:05:00 back-again"], app.At("31d 12:05").Does("tap").At("31d 12:01").Sees("home").Prompts);
    }
}
