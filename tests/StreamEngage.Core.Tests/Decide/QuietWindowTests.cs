using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Rules;
using Xunit.Abstractions;

namespace StreamEngage.Decide;

public sealed class QuietWindowTests(ITestOutputHelper output)
{
    // Of a shape that was looked at before.
    private const int NearMinutes = 14 * 60;

    private static readonly EventTime _never = new(Limits.EventTimeMax);
    private static readonly QuietWindow _night = Window("22:00", "06:00");

    private static readonly QuietWindow[] _windows =
    [
        _night, Window("08:00", "08:00"), Window("00:00", "24:00"), Window("00:00", "24:00", Weekdays.Saturday | Weekdays.Sunday),
        Window("01:30", "02:30"), Window("02:30", "03:00"), Window("00:00", "00:30"), Window("23:30", "24:00"), Window("00:15", "00:00"),
        Window("21:00", "08:00", Weekdays.Monday | Weekdays.Saturday), Window("23:00", "01:00", Weekdays.Sunday), Window("09:00", "08:59"),
    ];

    /// <summary>Of every change of every zone the minutes where something happens; the first time a shape of change comes, those in between too.</summary>
    [Fact]
    public void AroundEveryChangeOfEveryZone_TheWindowsAreThoseOfAWalkByMinutes()
    {
        var shapes = new HashSet<(TimeSpan, DayOfWeek, TimeSpan, TimeSpan)>();
        var (changes, checks) = (0, 0L);
        foreach (var walk in ZoneWalk.All)
        {
            changes++;
            var isNew = shapes.Add(walk.Shape);
            foreach (var window in _windows) checks += Compare(walk, window, isNew);
        }
        output.WriteLine($"{ZoneWalk.ZonesCount} zones, {changes} changes of {shapes.Count} shapes, {checks} comparisons");
        Assert.True(ZoneWalk.ZonesCount > 300 && changes > 1_500, $"{ZoneWalk.ZonesCount} zones with {changes} changes: the zone database is not here");
    }

    private static long Compare(ZoneWalk walk, QuietWindow window, bool isNew)
    {
        var quiet = walk.Quiet(window);
        var nextLoud = new int[quiet.Length + 1];
        nextLoud[^1] = -1;
        for (var minute = quiet.Length - 1; minute >= 0; minute--) nextLoud[minute] = quiet[minute] ? nextLoud[minute + 1] : minute;
        var checks = 0L;
        for (var minute = ZoneWalk.First; minute < ZoneWalk.Last; minute++)
        {
            var fromChange = Math.Abs(minute - ZoneWalk.Change);
            var isBorder = quiet[minute] != quiet[minute - 1] || quiet[minute] != quiet[minute + 1] || fromChange < 2;
            var isLooked = isBorder || (isNew && (fromChange < 130 || minute % 31 == 0));
            if (!isLooked || (!isNew && fromChange > NearMinutes)) continue;
            checks++;
            Compare(walk, window, minute, quiet[minute], nextLoud[minute]);
        }
        return checks;
    }

    private static void Compare(ZoneWalk walk, QuietWindow window, int minute, bool isQuiet, int nextLoud)
    {
        var at = new EventTime(walk.At(minute));
        // What lies past the walk is not compared, except where nothing does.
        var isAlways = window.To - window.From == TimeSpan.FromDays(1) && window.Starts == Weekdays.Every;
        if (nextLoud < 0 && !isAlways && window.IsQuiet(at, walk.Zone) != isQuiet) Fail(walk, window, minute, $"is {(isQuiet ? "quiet" : "not quiet")}");
        if (nextLoud < 0 && !isAlways) return;
        var expected = nextLoud < 0 ? (EventTime?)null : new EventTime(walk.At(nextLoud));
        if (window.NextAllowed(at, walk.Zone, _never) != expected) Fail(walk, window, minute, $"is next allowed {expected}");
    }

    private static void Fail(ZoneWalk walk, QuietWindow window, int minute, string expected) => Assert.Fail(
        $"{walk.Zone.Id} {new EventTime(walk.At(minute))} (reads {walk.Reading(minute):yyyy-MM-dd HH:mm}) " +
        $"{window.From}-{window.To} {window.Starts} {expected}");

    [Theory]
    [InlineData("2026-03-07T22:00:00-05:00", "2026-03-08T09:00:00-04:00")]
    [InlineData("2026-10-31T22:00:00-04:00", "2026-11-01T09:00:00-05:00")]
    public void NineInNewYork_AskedTheEveningBeforeAChange_IsNine(string asked, string allowed) =>
        Assert.Equal(At(allowed), Window("21:00", "09:00").NextAllowed(At(asked), Zone("America/New_York"), _never));

    [Theory]
    [InlineData("2026-06-10T21:59:59.999+09:00", false)]
    [InlineData("2026-06-10T22:00:00+09:00", true)]
    [InlineData("2026-06-10T23:00:00+09:00", true)]
    [InlineData("2026-06-11T02:00:00+09:00", true)]
    [InlineData("2026-06-11T05:59:59.999+09:00", true)]
    [InlineData("2026-06-11T06:00:00+09:00", false)]
    public void AWindowOverMidnight_ContainsBothSidesOfIt(string at, bool isQuiet) => Assert.Equal(isQuiet, _night.IsQuiet(At(at), Zone("Asia/Seoul")));

    [Theory]
    [InlineData("2026-06-08T21:00:00+02:00", true)]
    [InlineData("2026-06-09T07:59:00+02:00", true)]
    [InlineData("2026-06-09T08:00:00+02:00", false)]
    [InlineData("2026-06-09T21:00:00+02:00", false)]
    [InlineData("2026-06-08T07:00:00+02:00", false)]
    public void MondayNineInTheEvening_IsMonday_AndItsMorningIsTuesday(string at, bool isQuiet) =>
        Assert.Equal(isQuiet, Window("21:00", "08:00", Weekdays.Monday).IsQuiet(At(at), Zone("Europe/Berlin")));

    [Fact]
    public void AnAllowedInstant_IsItsOwnAnswer() =>
        Assert.Equal(At("2026-06-10T12:00:00Z"), _night.NextAllowed(At("2026-06-10T12:00:00Z"), TimeZoneInfo.Utc, _never));

    [Theory]
    [InlineData("2026-06-11T06:00:00.001Z", true)]
    [InlineData("2026-06-11T06:00:00Z", false)]
    public void AnEndThatIsNotBeforeTheExpiry_IsNone(string notAfter, bool isAllowed) =>
        Assert.Equal(isAllowed, _night.NextAllowed(At("2026-06-10T23:00:00Z"), TimeZoneInfo.Utc, At(notAfter)) is not null);

    [Fact]
    public void AllOfEveryDay_IsNeverAllowed() => Assert.Null(Window("00:00", "24:00").NextAllowed(At("2026-06-10T23:00:00Z"), TimeZoneInfo.Utc, _never));

    [Fact]
    public void AWholeWeekend_EndsOnMonday() => Assert.Equal(
        At("2026-06-15T00:00:00+09:00"),
        Window("00:00", "24:00", Weekdays.Saturday | Weekdays.Sunday).NextAllowed(At("2026-06-13T05:00:00+09:00"), Zone("Asia/Seoul"), _never));

    [Fact]
    public void AWindowThatEndsWhereTheNextBegins_IsHeldThroughBoth() =>
        Assert.Null(Window("12:00", "12:00").NextAllowed(At("2026-06-13T05:00:00Z"), TimeZoneInfo.Utc, At("2026-06-13T05:00:00Z")));

    [Fact]
    public void ARepeatedHourAfterTheEnd_IsNotQuietAgain()
    {
        var window = Window("22:00", "01:30");
        Assert.True(window.IsQuiet(At("2026-11-01T01:29:00-04:00"), Zone("America/New_York")));
        Assert.False(window.IsQuiet(At("2026-11-01T01:15:00-05:00"), Zone("America/New_York")));
    }

    [Fact]
    public void OfSeveralZones_TheMostRestrictiveCounts()
    {
        TimeZoneInfo[] zones = [Zone("Asia/Seoul"), Zone("Europe/Berlin")];
        // 22:00 to 06:00 is 13:00 to 21:00 UTC in Seoul and 20:00 to 04:00 UTC in Berlin in summer: they meet.
        Assert.Equal(At("2026-06-11T04:00:00Z"), _night.NextAllowed(At("2026-06-10T14:00:00Z"), zones, _never));
        Assert.True(_night.IsQuiet(At("2026-06-10T14:00:00Z"), zones));
        Assert.False(_night.IsQuiet(At("2026-06-10T12:00:00Z"), zones));
    }

    [Fact]
    public void ZonesThatLeaveNoMinute_AreNeverAllowed()
    {
        TimeZoneInfo[] zones = [Zone("Asia/Seoul"), Zone("Europe/Berlin"), Zone("America/Los_Angeles"), Zone("America/New_York"), Zone("Pacific/Auckland")];
        Assert.Null(Window("18:00", "09:00").NextAllowed(At("2026-06-10T14:00:00Z"), zones, _never));
    }

    [Theory]
    [InlineData(-1, 60)]
    [InlineData(1440, 60)]
    [InlineData(60, 1441)]
    public void TimesThatNoDayHas_AreRefused(int from, int to) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuietWindow(TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(to)));

    private static QuietWindow Window(string from, string to, Weekdays starts = Weekdays.Every) => new(Of(from), Of(to), starts);

    private static TimeSpan Of(string time) =>
        time == "24:00" ? TimeSpan.FromDays(1) : TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture).ToTimeSpan();

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static EventTime At(string time) => new(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
}
