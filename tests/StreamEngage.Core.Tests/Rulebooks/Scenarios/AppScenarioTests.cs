using StreamEngage.Testing;
using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What an app says to those who use it.</summary>
public sealed class AppScenarioTests
{
    [Theory]
    [InlineData("7d 12:00", false)]
    [InlineData("7d 12:00:00.001", true)]
    public void OnboardingUnfinished_FiresAWeekAfterTheSignup(string done, bool fires)
    {
        var app = App("onboarding-unfinished").At("12:00").SignsUp().At("1d 12:00").Steps("photo").At(done).Does("onboarding_done").ForEver();
        Assert.Equal(fires ? ["7d 12:00:00 onboarding-unfinished"] : [], app.Prompts);
    }

    [Fact]
    public void OnboardingUnfinished_SaysHowFarItCame()
    {
        var app = App("onboarding-unfinished").At("12:00").SignsUp().At("1d 12:00").Steps("photo").Steps("friends").ForEver();
        Assert.Equal(["free", "2"], app.Commands.Single().Data.Select(field => field.Value.ToString()));
    }

    [Fact]
    public void OnboardingUnfinished_IsTakenBackByALateEnd()
    {
        var app = App("onboarding-unfinished").At("12:00").SignsUp().At("7d 12:05").Sees("home").At("7d 12:00").Does("onboarding_done").ForEver();
        Assert.Equal(["7d 12:00:00 onboarding-unfinished", "7d 12:05:00 cancel onboarding-unfinished"], app.Prompts);
    }

    [Fact]
    public void OnboardingUnfinished_CountsFromTheFirstSignup_AndIsSaidOnce()
    {
        var app = App("onboarding-unfinished").At("12:00").DoesAs("x", "signup", ("plan", "free")).DoesAs("x", "signup", ("plan", "free"));
        app.At("2d 12:00").SignsUp().At("20d 12:00").SignsUp().ForEver();
        Assert.Equal(["7d 12:00:00 onboarding-unfinished"], app.Prompts);
        Assert.Equal(["already-in"], app.Suppressed);
    }

    [Theory]
    [InlineData("2d 12:00", false)]
    [InlineData("2d 12:00:00.001", true)]
    public void OnboardingStalled_FiresADayAfterTheLastStep(string done, bool fires)
    {
        var app = App("onboarding-stalled").At("12:00").Steps("name").At("1d 12:00").Steps("photo").At(done).Does("onboarding_done").ForEver();
        Assert.Equal(fires ? ["2d 12:00:00 onboarding-stalled"] : [], app.Prompts);
    }

    [Fact]
    public void OnboardingStalled_IgnoresAnOlderLateStepAndADuplicate()
    {
        var app = App("onboarding-stalled").At("12:05").DoesAs("x", "onboarding_step", ("step", "photo")).At("12:01").Steps("name");
        app.At("12:09").DoesAs("x", "onboarding_step", ("step", "photo")).ForEver();
        Assert.Equal("photo", app.Commands.Single().Data[0].Value.ToString());
        Assert.Equal(["1d 12:05:00 onboarding-stalled"], app.Prompts);
    }

    [Theory]
    [InlineData("3d 11:59:59.999", 1)]
    [InlineData("3d 12:00", 2)]
    public void OnboardingStalled_ComesAgainAfterThreeDays(string again, int prompts) =>
        Assert.Equal(prompts, App("onboarding-stalled").At("12:00").Steps("name").At(again).Steps("photo").ForEver().Prompts.Count);

    [Theory]
    [InlineData("1d 11:59:59.999", true)]
    [InlineData("1d 12:00", false)]
    public void FeatureFailed_FiresAtTheThirdFailureWithinADay(string third, bool fires)
    {
        var app = App("feature-failed").At("12:00").Fails("export").At("13:00").Fails("export").Fails("share").At(third).Fails("export");
        Assert.Equal(fires ? ["export"] : [], app.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void FeatureFailed_StartsAnewAfterASuccess_OfThatFeatureOnly()
    {
        var app = App("feature-failed").At("12:00").Times(2, user => user.Fails("export")).Times(2, user => user.Fails("share"));
        app.At("12:01").Does("feature_ok", ("feature", "export")).At("12:02").Fails("export").Fails("share");
        Assert.Equal(["share"], app.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void FeatureFailed_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var app = App("feature-failed").At("12:00").Fails("export").At("12:05").DoesAs("x", "feature_fail", ("feature", "export"));
        Assert.Empty(app.DoesAs("x", "feature_fail", ("feature", "export")).At("12:01").Fails("export").Decisions);
    }

    [Fact]
    public void FeatureFailed_TakesALateSuccessForWhatItIs()
    {
        var app = App("feature-failed").At("12:00").Times(2, user => user.Fails("export")).At("12:05").Sees("home");
        app.At("12:01").Does("feature_ok", ("feature", "export")).At("12:06").Fails("export");
        Assert.Empty(app.Decisions);
    }

    [Theory]
    [InlineData("7d 11:59:59.999", 1)]
    [InlineData("7d 12:00", 2)]
    public void FeatureFailed_ComesAgainForTheFeatureAfterAWeek(string again, int prompts)
    {
        var app = App("feature-failed").At("12:00").Times(3, user => user.Fails("export")).At(again).Times(3, user => user.Fails("export"));
        Assert.Equal(prompts, app.Prompts.Count);
    }

    [Theory]
    [InlineData("12:00:02.999", true)]
    [InlineData("12:00:03", false)]
    public void RageTaps_FiresAtTheFourthTapOnAnElementWithinThreeSeconds(string fourth, bool fires)
    {
        var app = App("rage-taps").At("12:00").Taps("buy").At("12:00:01").Taps("buy").Taps("menu").Taps("buy").At(fourth).Taps("buy");
        Assert.Equal(fires ? ["buy"] : [], app.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void RageTaps_OfTapsWithoutPause_ComeOnce()
    {
        var app = App("rage-taps").At("12:00").Times(12, user => user.Taps("buy"));
        Assert.Equal(["12:00:00 rage-taps"], app.Prompts);
        Assert.Equal(3, app.Decisions.Count);
    }

    [Fact]
    public void RageTaps_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var app = App("rage-taps").At("12:00:01").Times(2, user => user.Taps("buy")).DoesAs("x", "tap", ("element", "buy"));
        Assert.Empty(app.DoesAs("x", "tap", ("element", "buy")).At("12:00:00").Taps("buy").Decisions);
    }

    [Theory]
    [InlineData("12:59:59.999", 1)]
    [InlineData("13:00", 2)]
    public void RageTaps_ComeAgainForTheElementAfterAnHour(string again, int prompts)
    {
        var app = App("rage-taps").At("12:00").Times(4, user => user.Taps("buy")).At(again).Times(4, user => user.Taps("buy"));
        Assert.Equal(prompts, app.Prompts.Count);
    }

    [Theory]
    [InlineData("1d 11:59:59.999", true)]
    [InlineData("1d 12:00", false)]
    public void LevelLost_FiresAtTheFifthTimeWithinADay(string fifth, bool fires)
    {
        var app = App("level-lost").At("12:00").Loses(7).At("13:00").Times(3, user => user.Loses(7)).Loses(8).At(fifth).Loses(7);
        Assert.Equal(fires ? ["7"] : [], app.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void LevelLost_StartsAnewAfterAWin_OfThatLevelOnly()
    {
        var app = App("level-lost").At("12:00").Times(4, user => user.Loses(7)).Times(4, user => user.Loses(8)).At("12:01").Wins(7);
        Assert.Equal(["8"], app.At("12:02").Loses(7).Loses(8).Commands.Select(command => command.Instance));
    }

    [Fact]
    public void LevelLost_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var app = App("level-lost").At("12:05").Times(3, user => user.Loses(7)).DoesAs("x", "level_lost", ("level", 7));
        Assert.Empty(app.DoesAs("x", "level_lost", ("level", 7)).At("12:01").Loses(7).Decisions);
    }

    [Theory]
    [InlineData("1d 11:59:59.999", 1)]
    [InlineData("1d 12:00", 2)]
    public void LevelLost_ComesAgainForTheLevelAfterADay(string again, int prompts)
    {
        var app = App("level-lost").At("12:00").Times(5, user => user.Loses(7)).At(again).Times(5, user => user.Loses(7));
        Assert.Equal(prompts, app.Prompts.Count);
    }

    [Theory]
    [InlineData("1d 11:59:59.999", true)]
    [InlineData("1d 12:00", false)]
    public void CrashedAgain_FiresAtTheSecondCrashWithinADay(string second, bool fires) =>
        Assert.Equal(fires ? 1 : 0, App("crashed-again").At("12:00").Crashes().At(second).Crashes().Prompts.Count);

    [Fact]
    public void CrashedAgain_CountsADuplicateOnce_AndALateCrashForThoseAfterIt()
    {
        var app = App("crashed-again").At("12:05").DoesAs("x", "crash", ("version", "1.2")).DoesAs("x", "crash", ("version", "1.2"));
        Assert.Empty(app.At("12:01").Crashes().Prompts);
        Assert.Equal(["12:06:00 crashed-again"], app.At("12:06").Crashes().Prompts);
    }

    [Theory]
    [InlineData("7d 12:00:59.999", 1)]
    [InlineData("7d 12:01", 2)]
    public void CrashedAgain_ComesAgainAfterAWeek(string again, int prompts) =>
        Assert.Equal(prompts, App("crashed-again").At("12:01").Times(2, user => user.Crashes()).At("7d 12:00").Crashes().At(again).Crashes().Prompts.Count);

    [Theory]
    [InlineData("3d 11:59:59.999", true)]
    [InlineData("3d 12:00", false)]
    public void PaywallHesitation_FiresAtTheThirdTimeWithinThreeDays(string third, bool fires) =>
        Assert.Equal(fires ? 1 : 0, App("paywall-hesitation").At("12:00").MeetsPaywall().At("1d 12:00").MeetsPaywall().At(third).MeetsPaywall().Prompts.Count);

    [Fact]
    public void PaywallHesitation_IsOverWithASubscription()
    {
        var app = App("paywall-hesitation").At("12:00").Times(2, user => user.MeetsPaywall()).At("12:01").Does("subscribe", ("plan", "pro"), ("value", 9));
        Assert.Empty(app.At("12:02").MeetsPaywall().Decisions);
    }

    [Fact]
    public void PaywallHesitation_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var app = App("paywall-hesitation").At("12:05").MeetsPaywall().DoesAs("x", "paywall", ("place", "stats"));
        Assert.Empty(app.DoesAs("x", "paywall", ("place", "stats")).At("12:01").MeetsPaywall().Decisions);
    }

    [Theory]
    [InlineData("14d 11:59:59.999", 1)]
    [InlineData("14d 12:00", 2)]
    public void PaywallHesitation_ComesAgainAfterTwoWeeks(string again, int prompts)
    {
        var app = App("paywall-hesitation").At("12:00").Times(3, user => user.MeetsPaywall()).At(again).Times(3, user => user.MeetsPaywall());
        Assert.Equal(prompts, app.Prompts.Count);
    }

    [Fact]
    public void FirstWin_IsSaidOnce()
    {
        var app = App("first-win").At("12:05").DoesAs("x", "level_won", ("level", 1)).DoesAs("x", "level_won", ("level", 1));
        app.At("12:01").Wins(1).At("90d 12:00").Wins(2);
        Assert.Equal(["12:05:00 first-win"], app.Prompts);
        Assert.Equal(["already-in", "already-in"], app.Suppressed);
    }

    [Fact]
    public void FirstWin_ThatComesLate_IsSaidOnArrival() =>
        Assert.Equal(["12:05:00 first-win"], App("first-win").At("12:05").Sees("home").At("12:00").Wins(1).Prompts);

    [Fact]
    public void Fading_FiresWhenAQuietWeekFollowsBusyOnes()
    {
        var app = App("fading").At("12:00").Times(20, user => user.Sees("home")).Until("7d 11:59:59.999");
        Assert.Empty(app.Prompts);
        Assert.Equal(["7d 12:00:00 fading"], app.Until("7d 12:00").Prompts);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void Fading_IsLessThanATenthOfTheUsersOwnFourWeeks(int lastWeek, int prompts)
    {
        var app = App("fading").At("12:00").Times(20 - lastWeek, user => user.Sees("home")).At("3d 12:00").Times(lastWeek, user => user.Sees("home"));
        Assert.Equal(prompts, app.Until("7d 12:00").Prompts.Count);
    }

    [Fact]
    public void Fading_NeedsTwentyScreens_AndCountsADuplicateOnce_AndALateOneToo()
    {
        var app = App("fading").At("12:00").Times(18, user => user.Sees("home")).DoesAs("x", "screen").DoesAs("x", "screen");
        Assert.Empty(app.ForEver().Decisions);
        app = App("fading").At("12:05").Times(19, user => user.Sees("home")).At("12:01").Sees("home").ForEver();
        Assert.Equal(["7d 12:05:00 fading"], app.Prompts);
    }

    [Fact]
    public void Fading_ComesAgainAfterAMonth()
    {
        var app = App("fading").At("12:00").Times(20, user => user.Sees("home")).At("10d 12:00").Times(20, user => user.Sees("home")).ForEver();
        Assert.Equal(["7d 12:00:00 fading"], app.Prompts);
        app = App("fading").At("12:00").Times(20, user => user.Sees("home")).At("30d 12:00").Times(20, user => user.Sees("home")).ForEver();
        Assert.Equal(["7d 12:00:00 fading", "37d 12:00:00 fading"], app.Prompts);
    }
}

/// <summary>What users of the app do, in words.</summary>
internal static class AppActs
{
    public static EngineHarness SignsUp(this EngineHarness user) => user.Does("signup", ("plan", "free"));

    public static EngineHarness Steps(this EngineHarness user, string step) => user.Does("onboarding_step", ("step", step));

    public static EngineHarness Sees(this EngineHarness user, string screen) => user.Does("screen", ("name", screen));

    public static EngineHarness Taps(this EngineHarness user, string element) => user.Does("tap", ("screen", "home"), ("element", element));

    public static EngineHarness Fails(this EngineHarness user, string feature) => user.Does("feature_fail", ("feature", feature), ("code", "timeout"));

    public static EngineHarness Loses(this EngineHarness user, int level) => user.Does("level_lost", ("level", level));

    public static EngineHarness Wins(this EngineHarness user, int level) => user.Does("level_won", ("level", level));

    public static EngineHarness Crashes(this EngineHarness user) => user.Does("crash", ("version", "1.2"));

    public static EngineHarness MeetsPaywall(this EngineHarness user) => user.Does("paywall", ("place", "stats"));
}
