using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Serving;

public sealed class EngineControlTests
{
    [Fact]
    public void KilledEngine_RefusesEveryTriggerUntilItIsStartedAgain()
    {
        var control = new EngineControl { IsKilled = true };

        Assert.Equal(Withheld.KillSwitch, control.Refuses("cart", 0));
        control.IsKilled = false;
        Assert.Null(control.Refuses("cart", 0));
    }

    [Fact]
    public void PausedTrigger_IsRefusedAndOthersAreNot()
    {
        var control = new EngineControl();

        Assert.True(control.Pause("cart"));
        Assert.False(control.Pause("cart"));
        Assert.Equal(Withheld.PausedTrigger, control.Refuses("cart", 0));
        Assert.Null(control.Refuses("churn", 0));
        Assert.True(control.Resume("cart"));
        Assert.False(control.Resume("cart"));
        Assert.Null(control.Refuses("cart", 0));
    }

    [Fact]
    public void PromptsOverTheMinute_OpenTheBreakerUntilAPersonClosesIt()
    {
        var control = new EngineControl(perMinuteMax: 3);

        for (var i = 0; i < 3; i++) Assert.Null(control.Refuses("cart", 1_000));
        Assert.Equal(Withheld.Breaker, control.Refuses("cart", 1_000));
        Assert.Equal(Withheld.Breaker, control.Refuses("cart", 600_000));
        control.Breaker.Close();
        Assert.Null(control.Refuses("cart", 600_000));
    }

    [Theory]
    [InlineData(59_999, false)]
    [InlineData(60_000, true)]
    [InlineData(600_000, true)]
    public void PromptsOfTheLastSixtySeconds_CountAndOlderOnesDoNot(long later, bool admits)
    {
        var breaker = new PromptBreaker(perMinuteMax: 3);
        Assert.True(breaker.Admit(3, 0));

        Assert.Equal(admits, breaker.Admit(1, later));
        Assert.Equal(!admits, breaker.IsOpen);
    }

    [Fact]
    public void BreakerWithoutABound_NeverOpens()
    {
        var breaker = new PromptBreaker(perMinuteMax: 0);

        Assert.True(breaker.Admit(int.MaxValue, 0));
        Assert.True(breaker.Admit(int.MaxValue, 0));
    }

    [Fact]
    public void ClockThatGoesBack_CountsIntoTheNewestSecond()
    {
        var breaker = new PromptBreaker(perMinuteMax: 2);
        Assert.True(breaker.Admit(1, 100_000));
        Assert.True(breaker.Admit(1, 10_000));
        Assert.False(breaker.Admit(1, 100_000));
    }
}
