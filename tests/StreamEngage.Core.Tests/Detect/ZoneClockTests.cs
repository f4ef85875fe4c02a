using System.Globalization;
using StreamEngage.Decide;
using StreamEngage.Detect.Expressions;

namespace StreamEngage.Detect;

public sealed class ZoneClockTests
{
    [Fact]
    public void ADayBegins_AtItsFirstInstant_InEveryZoneAroundEveryChange()
    {
        foreach (var walk in ZoneWalk.All)
        {
            var day = walk.Reading(ZoneWalk.Change).Date;
            var first = Enumerable.Range(ZoneWalk.First, walk.Minutes - ZoneWalk.First).First(minute => walk.Reading(minute).Date == day);
            for (var minute = ZoneWalk.Change - 2; minute < ZoneWalk.Change + 120; minute += 40)
            {
                if (walk.Reading(minute).Date != day) continue;
                var start = ZoneClock.StartOfDay(walk.Zone, walk.At(minute));
                if (start != walk.At(first)) Assert.Fail($"{walk.Zone.Id} {day:yyyy-MM-dd}: {start - walk.At(first)} ms after its first instant");
            }
        }
    }

    [Theory]
    [InlineData("2026-06-15T00:00:00+09:00", "2026-06-15T00:00:00+09:00")]
    [InlineData("2026-06-21T23:59:59.999+09:00", "2026-06-15T00:00:00+09:00")]
    [InlineData("2026-06-14T23:59:59.999+09:00", "2026-06-08T00:00:00+09:00")]
    public void AWeek_BeginsOnMonday(string at, string start) => Assert.Equal(Ms(start), ZoneClock.StartOfWeek(Zone("Asia/Seoul"), Ms(at)));

    [Fact]
    public void TheDayOfAChange_HasTwentyThreeOrTwentyFiveHours()
    {
        Assert.Equal(23, HoursOfTheDay(Ms("2026-03-29T12:00:00+02:00")));
        Assert.Equal(24, HoursOfTheDay(Ms("2026-03-30T12:00:00+02:00")));
        Assert.Equal(25, HoursOfTheDay(Ms("2026-10-25T12:00:00+01:00")));
    }

    [Fact]
    public void ATimeInAGap_MovesForwardByTheGap_AndARepeatedOneIsTheFirst()
    {
        var zone = Zone("America/New_York");
        Assert.Equal(Ms("2026-03-08T03:30:00-04:00"), ZoneClock.InstantOf(zone, new(2026, 3, 8, 2, 30, 0)));
        Assert.Equal(Ms("2026-11-01T01:30:00-04:00"), ZoneClock.InstantOf(zone, new(2026, 11, 1, 1, 30, 0)));
    }

    [Fact]
    public void AZoneThatMovedItsStandardTime_HasGapsAndRepeatsToo()
    {
        Assert.Equal(Ms("2018-05-05T00:15:00+09:00"), ZoneClock.InstantOf(Zone("Asia/Pyongyang"), new(2018, 5, 4, 23, 45, 0)));
        Assert.Equal(Ms("2015-08-14T23:45:00+09:00"), ZoneClock.InstantOf(Zone("Asia/Pyongyang"), new(2015, 8, 14, 23, 45, 0)));
    }

    private static double HoursOfTheDay(long at) =>
        (ZoneClock.NextMidnight(Zone("Europe/Berlin"), at) - ZoneClock.StartOfDay(Zone("Europe/Berlin"), at)) / 3_600_000.0;

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static long Ms(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
