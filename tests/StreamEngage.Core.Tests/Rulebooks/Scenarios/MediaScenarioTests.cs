using StreamEngage.Testing;
using static StreamEngage.Tests.Rulebooks.Scenarios.ReadyMade;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What a video service says to those who watch.</summary>
public sealed class MediaScenarioTests
{
    [Theory]
    [InlineData("17:59:59.999", true)]
    [InlineData("18:00", false)]
    public void GenreBinge_FiresAtTheThirdOfAGenreWithinSixHours(string third, bool fires)
    {
        var tv = Media("genre-binge").At("12:00").Finishes("crime").At("14:00").Finishes("crime").Finishes("drama").At(third).Finishes("crime");
        Assert.Equal(fires ? ["crime"] : [], tv.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void GenreBinge_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var tv = Media("genre-binge").At("12:00").Finishes("crime").At("12:05");
        tv.DoesAs("x", "complete", ("genre", "crime")).DoesAs("x", "complete", ("genre", "crime")).At("12:03").Finishes("crime");
        Assert.Empty(tv.Decisions);
    }

    [Theory]
    [InlineData("3d 11:59:59.999", 1)]
    [InlineData("3d 12:00", 2)]
    public void GenreBinge_ComesAgainForTheGenreAfterThreeDays(string again, int prompts)
    {
        var tv = Media("genre-binge").At("12:00").Times(3, user => user.Finishes("crime")).At(again).Times(3, user => user.Finishes("crime"));
        Assert.Equal(prompts, tv.Prompts.Count);
        Assert.Equal(2, tv.Decisions.Count);
    }

    [Theory]
    [InlineData("1d 12:00", false)]
    [InlineData("1d 12:00:00.001", true)]
    public void StoppedMidway_FiresADayLaterUnlessTakenUpAgain(string taken, bool fires)
    {
        var tv = Media("stopped-midway").At("12:00").Stops("i1", 0.5).At(taken).Plays("i1").ForEver();
        Assert.Equal(fires ? ["1d 12:00:00 stopped-midway"] : [], tv.Prompts);
    }

    [Theory]
    [InlineData(0.19, false)]
    [InlineData(0.2, true)]
    [InlineData(0.9, true)]
    [InlineData(0.91, false)]
    public void StoppedMidway_IsNeitherTheBeginningNorTheCredits(double share, bool fires) =>
        Assert.Equal(fires ? 1 : 0, Media("stopped-midway").At("12:00").Stops("i1", share).ForEver().Prompts.Count);

    [Fact]
    public void StoppedMidway_IsNotCancelledByAnotherItem_NorMovedByADuplicate()
    {
        var tv = Media("stopped-midway").At("12:00").DoesAs("x", "stop", ("item", "i1"), ("share", 0.5)).At("12:05").Plays("i2");
        Assert.Equal(["1d 12:00:00 stopped-midway"], tv.DoesAs("x", "stop", ("item", "i1"), ("share", 0.5)).ForEver().Prompts);
    }

    [Fact]
    public void StoppedMidway_IsTakenBackByALatePlay()
    {
        var tv = Media("stopped-midway").At("12:00").Stops("i1", 0.5).At("1d 12:05").Plays("i2").At("1d 11:59").Plays("i1").ForEver();
        Assert.Equal(["1d 12:00:00 stopped-midway", "1d 12:05:00 cancel stopped-midway"], tv.Prompts);
    }

    [Theory]
    [InlineData("7d 11:59:59.999", 1)]
    [InlineData("7d 12:00", 2)]
    public void StoppedMidway_ComesAgainForTheItemAfterAWeek(string again, int prompts) =>
        Assert.Equal(prompts, Media("stopped-midway").At("12:00").Stops("i1", 0.5).At(again).Stops("i1", 0.5).ForEver().Prompts.Count);

    [Theory]
    [InlineData("12:04:59.999", true)]
    [InlineData("12:05", false)]
    public void PlaybackTrouble_FiresAtTheThirdFreezeWithinFiveMinutes(string third, bool fires)
    {
        var tv = Media("playback-trouble").At("12:00").Freezes("i1").At("12:01").Freezes("i1").Freezes("i1", 499).Freezes("i2").At(third).Freezes("i1", 500);
        Assert.Equal(fires ? ["i1"] : [], tv.Commands.Select(command => command.Instance));
    }

    [Fact]
    public void PlaybackTrouble_SaysHowLongItFroze()
    {
        var tv = Media("playback-trouble").At("12:00").Freezes("i1", 1200).Freezes("i2", 9000).Freezes("i1", 1500).Freezes("i1", 2000);
        Assert.Equal(5, tv.Commands.Single().Data[0].Value.Number);
    }

    [Fact]
    public void PlaybackTrouble_IsOverWhenTheItemIs()
    {
        var tv = Media("playback-trouble").At("12:00").Times(2, user => user.Freezes("i1")).At("12:01").Stops("i1", 0.1);
        Assert.Empty(tv.At("12:02").Freezes("i1").Decisions);
    }

    [Fact]
    public void PlaybackTrouble_LeavesOutALateOneFromBeforeTheLast_AndADuplicate()
    {
        var tv = Media("playback-trouble").At("12:00").Freezes("i1").At("12:02").DoesAs("x", "rebuffer", ("item", "i1"), ("ms", 900));
        Assert.Empty(tv.DoesAs("x", "rebuffer", ("item", "i1"), ("ms", 900)).At("12:01").Freezes("i1").Decisions);
    }

    [Theory]
    [InlineData("12:29:59.999", 1)]
    [InlineData("12:30", 2)]
    public void PlaybackTrouble_ComesAgainAfterHalfAnHour(string again, int prompts)
    {
        var tv = Media("playback-trouble").At("12:00").Times(3, user => user.Freezes("i1")).At(again).Times(3, user => user.Freezes("i1"));
        Assert.Equal(prompts, tv.Prompts.Count);
    }

    [Theory]
    [InlineData("12:59:59.999", true)]
    [InlineData("13:00", false)]
    public void PlaybackFailed_FiresAtTheSecondErrorWithinAnHour(string second, bool fires)
    {
        var tv = Media("playback-failed").At("12:00").Errs().At(second).Errs();
        Assert.Equal(fires ? 1 : 0, tv.Prompts.Count);
    }

    [Fact]
    public void PlaybackFailed_CountsADuplicateOnce_AndALateErrorByItsOwnTime()
    {
        var tv = Media("playback-failed").At("12:05").DoesAs("x", "play_error", ("code", "drm")).DoesAs("x", "play_error", ("code", "drm"));
        Assert.Empty(tv.Prompts);
        Assert.Empty(tv.At("12:01").Errs().Prompts);
        Assert.Equal(["12:06:00 playback-failed"], tv.At("12:06").Errs().Prompts);
    }

    [Theory]
    [InlineData("18:00:59.999", 1)]
    [InlineData("18:01", 2)]
    public void PlaybackFailed_ComesAgainAfterSixHours(string again, int prompts)
    {
        var tv = Media("playback-failed").At("12:00").Errs().At("12:01").Errs().At("18:00").Errs().At(again).Errs();
        Assert.Equal(prompts, tv.Prompts.Count);
    }

    [Theory]
    [InlineData("14:00", false)]
    [InlineData("14:00:00.001", true)]
    public void TrailerInterest_FiresTwoHoursLaterUnlessStarted(string started, bool fires)
    {
        var tv = Media("trailer-interest").At("12:00").SeesTrailer("i1").At("13:00").SeesTrailer("i1").Plays("i2").At(started).Plays("i1").ForEver();
        Assert.Equal(fires ? ["14:00:00 trailer-interest"] : [], tv.Prompts);
    }

    [Fact]
    public void TrailerInterest_IsCancelledByTheList_AndTakenBackByALatePlay()
    {
        Assert.Empty(Media("trailer-interest").At("12:00").SeesTrailer("i1").At("12:01").Does("list_add", ("item", "i1")).ForEver().Decisions);
        var tv = Media("trailer-interest").At("12:00").SeesTrailer("i1").At("14:05").Plays("i2").At("13:59").Plays("i1").ForEver();
        Assert.Equal(["14:00:00 trailer-interest", "14:05:00 cancel trailer-interest"], tv.Prompts);
    }

    [Theory]
    [InlineData("7d 11:59:59.999", 1)]
    [InlineData("7d 12:00", 2)]
    public void TrailerInterest_ComesAgainForTheItemAfterAWeek(string again, int prompts) =>
        Assert.Equal(prompts, Media("trailer-interest").At("12:00").SeesTrailer("i1").At(again).SeesTrailer("i1").ForEver().Prompts.Count);

    [Fact]
    public void TrailerInterest_OfADuplicate_IsOne()
    {
        var tv = Media("trailer-interest").At("12:00").DoesAs("x", "trailer", ("item", "i1")).At("15:00").DoesAs("x", "trailer", ("item", "i1"));
        Assert.Single(tv.ForEver().Decisions);
    }

    [Theory]
    [InlineData("7d 12:00", false)]
    [InlineData("7d 12:00:00.001", true)]
    public void ListForgotten_FiresAWeekLaterUnlessStarted(string started, bool fires)
    {
        var tv = Media("list-forgotten").At("12:00").Does("list_add", ("item", "i1")).Does("list_add", ("item", "i2"));
        tv.At("1d 12:00").Does("list_remove", ("item", "i2")).At(started).Plays("i1").ForEver();
        Assert.Equal(fires ? ["7d 12:00:00 list-forgotten"] : [], tv.Prompts);
    }

    [Fact]
    public void ListForgotten_IsTakenBackByALatePlay_AndIsOneForADuplicate()
    {
        var tv = Media("list-forgotten").At("12:00").DoesAs("x", "list_add", ("item", "i1")).DoesAs("x", "list_add", ("item", "i1"));
        tv.At("7d 12:05").Plays("i2").At("7d 11:59").Plays("i1").ForEver();
        Assert.Equal(["7d 12:00:00 list-forgotten", "7d 12:05:00 cancel list-forgotten"], tv.Prompts);
    }

    [Theory]
    [InlineData("30d 11:59:59.999", 1)]
    [InlineData("30d 12:00", 2)]
    public void ListForgotten_ComesAgainForTheItemAfterAMonth(string again, int prompts)
    {
        var tv = Media("list-forgotten").At("12:00").Does("list_add", ("item", "i1")).At(again).Does("list_add", ("item", "i1"));
        Assert.Equal(prompts, tv.ForEver().Prompts.Count);
    }

    [Theory]
    [InlineData("12:09:59.999", true)]
    [InlineData("12:10", false)]
    public void SearchMiss_FiresAtTheSecondWithinTenMinutes(string second, bool fires) =>
        Assert.Equal(fires ? 1 : 0, Media("search-miss").At("12:00").Searches(0).Searches(3).At(second).Searches(0).Prompts.Count);

    [Fact]
    public void SearchMiss_IsOverWithAPlay_AndCountsADuplicateOnce()
    {
        Assert.Empty(Media("search-miss").At("12:00").Searches(0).At("12:01").Plays("i1").At("12:02").Searches(0).Decisions);
        var tv = Media("search-miss").At("12:00").DoesAs("x", "search", ("results", 0)).DoesAs("x", "search", ("results", 0));
        Assert.Empty(tv.At("11:59").Searches(0).Decisions);
    }

    [Theory]
    [InlineData("12:59:59.999", 1)]
    [InlineData("13:00", 2)]
    public void SearchMiss_ComesAgainAfterAnHour(string again, int prompts)
    {
        var tv = Media("search-miss").At("12:00").Times(2, user => user.Searches(0)).At(again).Times(2, user => user.Searches(0));
        Assert.Equal(prompts, tv.Prompts.Count);
    }

    [Theory]
    [InlineData("14:50", "14:59:59.999", false)]
    [InlineData("14:50", "15:00", true)]
    [InlineData("18:50", "18:59:59.999", true)]
    [InlineData("18:50", "19:00", false)]
    public void LateNight_IsByTheClockOfTheUser(string finished, string played, bool fires)
    {
        var tv = Media("late-night").At("12:00").Does("profile_update", ("time_zone", "Asia/Seoul"));
        tv.At(finished).Times(2, user => user.Finishes("crime")).At(played).Plays("i1");
        Assert.Equal(fires ? 1 : 0, tv.Prompts.Count);
    }

    [Theory]
    [InlineData("23:59:59.999", false)]
    [InlineData("1d 00:00", true)]
    public void LateNight_NeedsTwoFinishedInFourHours(string first, bool fires)
    {
        var tv = Media("late-night").At(first).Finishes("crime").At("1d 00:30").Finishes("crime").At("1d 03:59:59.999").Plays("i1");
        Assert.Equal(fires ? 1 : 0, tv.Prompts.Count);
    }

    [Theory]
    [InlineData("2d 00:59:59.999", 1)]
    [InlineData("2d 01:00", 2)]
    public void LateNight_ComesAgainAfterADay(string again, int prompts)
    {
        var tv = Media("late-night").At("1d 00:30").Times(2, user => user.Finishes("crime")).At("1d 01:00");
        tv.DoesAs("x", "play", ("item", "i1")).DoesAs("x", "play", ("item", "i1")).At("2d 00:30").Times(2, user => user.Finishes("crime"));
        Assert.Equal(prompts, tv.At(again).Plays("i1").Prompts.Count);
    }

    [Fact]
    public void WatchingLess_FiresWhenALowWeekFollowsBusyOnes()
    {
        var tv = Media("watching-less").At("12:00").Times(8, user => user.Plays("i1")).Until("7d 11:59:59.999");
        Assert.Empty(tv.Prompts);
        Assert.Equal(["7d 12:00:00 watching-less"], tv.Until("7d 12:00").Prompts);
    }

    [Fact]
    public void WatchingLess_NeedsEightPlays_AndCountsADuplicateOnce()
    {
        var tv = Media("watching-less").At("12:00").Times(6, user => user.Plays("i1"));
        Assert.Empty(tv.DoesAs("x", "play", ("item", "i1")).DoesAs("x", "play", ("item", "i1")).ForEver().Decisions);
    }

    [Theory]
    [InlineData("7d 12:00", 0)]
    [InlineData("7d 12:00:00.001", 1)]
    public void WatchingLess_IsPutOffByOnePlayInTime(string last, int prompts)
    {
        var tv = Media("watching-less").At("12:00").Times(8, user => user.Plays("i1")).At(last).Plays("i1").At("7d 12:05").Searches();
        Assert.Equal(prompts, tv.Prompts.Count);
    }

    [Fact]
    public void WatchingLess_ComesAgainAfterAMonth()
    {
        var tv = Media("watching-less").At("12:00").Times(8, user => user.Plays("i1")).At("10d 12:00").Times(8, user => user.Plays("i1"));
        Assert.Single(tv.ForEver().Prompts);
        tv = Media("watching-less").At("12:00").Times(8, user => user.Plays("i1")).At("30d 12:00").Times(8, user => user.Plays("i1"));
        Assert.Equal(["7d 12:00:00 watching-less", "37d 12:00:00 watching-less"], tv.ForEver().Prompts);
    }
}

/// <summary>What viewers do, in words.</summary>
internal static class ViewerActs
{
    public static EngineHarness Plays(this EngineHarness user, string item) => user.Does("play", ("item", item), ("genre", "crime"));

    public static EngineHarness Stops(this EngineHarness user, string item, double share) => user.Does("stop", ("item", item), ("share", share));

    public static EngineHarness Finishes(this EngineHarness user, string genre) => user.Does("complete", ("item", "i1"), ("genre", genre));

    public static EngineHarness Freezes(this EngineHarness user, string item, int ms = 900) => user.Does("rebuffer", ("item", item), ("ms", ms));

    public static EngineHarness Errs(this EngineHarness user) => user.Does("play_error", ("item", "i1"), ("code", "drm"));

    public static EngineHarness SeesTrailer(this EngineHarness user, string item) => user.Does("trailer", ("item", item), ("genre", "crime"));
}
