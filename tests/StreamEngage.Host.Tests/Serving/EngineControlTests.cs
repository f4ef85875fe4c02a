using StreamEngage.Emit;
using StreamEngage.Events;
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

    [Fact]
    public void Sampling_IsAFunctionOfThePromptId()
    {
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name == PromptTraces.SourceName,
            Sample = (ref _) => System.Diagnostics.ActivitySamplingResult.AllData,
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        using var traces = new PromptTraces(0.25);
        var ids = Enumerable.Range(0, 4_096).Select(i => $"{(uint)i << 20:x8}000000000000000000000000").ToList();

        Assert.Equal(1_025, ids.Count(traces.IsSampled), 2.0);
        var prompt = Prompt(ids[0]);
        using var span = traces.Begin(prompt, DateTimeOffset.UnixEpoch);
        Assert.Equal(ids[0], span!.GetTagItem("streamengage.prompt.id"));
        Assert.Equal("e2", span.GetTagItem("streamengage.event.id"));
        Assert.DoesNotContain("ann", string.Join(' ', span.TagObjects.Select(tag => $"{tag.Value}")), StringComparison.Ordinal);
        Assert.Null(traces.Begin(Prompt(ids[^1]), DateTimeOffset.UnixEpoch));
    }

    private static PromptCommand Prompt(string id) => new()
    {
        PromptId = id, Kind = PromptKind.Send, User = "ann", Channel = "push", Trigger = "cart", Version = 1, Instance = "", DecidedAt = default(EventTime),
        NotBefore = default, NotAfter = default, CollapseKey = "", Priority = 1, Sequence = 1, Data = [], ConsentPurpose = "marketing", Reasons = [],
        Causes = ["e1", "e2"],
    };
}
