using StreamEngage.Detect;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>The engine has a bug, and some event meets it: a model that throws stands for it.</summary>
public sealed class EventFaultTests
{
    private const long Minute = 60_000;

    private const string Fragile = """
        model: fragile
        kind: linear
        link: identity
        features: {poison: {value: sum(view.poison) over 1ms, weight: 1}, added: {value: sum(cart_add.poison) over 1h, weight: 1}}
        """;

    private const string Views = Scene.Views + "\nif: score(\"fragile\") >= 0\n";

    private const string Cart = Scene.Cart + "\nif: score(\"fragile\") >= 0\n";

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 3)]
    [InlineData(200, 0)]
    [InlineData(200, 137)]
    [InlineData(200, 199)]
    [InlineData(450, 301)]
    public void TheEventIsQuarantined_AndTheStreamGoesOn(int events, int poison)
    {
        using var scene = NewScene();
        for (var i = 0; i < events; i++) scene.Click("view", $"u{i}", props: new { poison = i == poison ? 1 : 0 });
        scene.Input.RecordsAPoll = 1_000;
        scene.Run(10_000);
        Assert.Equal((LaneState.Running, (long)events), (scene.Status().State, scene.Lane().Applied![0]));
        Assert.Equal(events - 1, scene.PromptsOf("views"));
        Assert.Equal([("engine-fault", $"{poison}")], Refused(scene));
        var notice = Assert.Single(scene.Notices, notice => notice.Kind == NoticeKind.EventFailed);
        Assert.StartsWith($"clicks at {poison}: System.OverflowException", notice.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", notice.Detail, StringComparison.Ordinal);
        scene.MustBeOnce();
    }

    [Fact]
    public void ItsUser_IsAsIfItHadNotCome()
    {
        using var scene = NewScene();
        scene.Click("view");
        scene.Run(1_000);
        scene.Click("view", props: new { poison = 1 });
        scene.Run(3_000);
        scene.Click("view");
        scene.Run(3_000);
        Assert.Equal([1, 2], scene.Prompts.Select(prompt => prompt.GetProperty("sequence").GetInt64()));
        scene.MustBeOnce();
    }

    [Fact]
    public void AStoreThatIsWiped_PassesOverItAgain()
    {
        using var scene = NewScene();
        for (var i = 0; i < 30; i++) scene.Click("view", $"u{i}", props: new { poison = i is 11 or 12 ? 1 : 0 });
        scene.Run(10_000);
        Assert.Equal([("engine-fault", "11"), ("engine-fault", "12")], Refused(scene));
        // Also by an engine that has another idea of how much goes into a step.
        scene.Stop();
        scene.Memory.Wipe();
        scene.Settings = new() { BatchRecords = 3 };
        scene.Start();
        scene.Run(5_000);
        Assert.Equal((LaneState.Running, 28, 2), (scene.Status().State, scene.PromptsOf("views"), scene.Quarantine.Count));
        scene.MustBeOnce();
    }

    [Fact]
    public void AnOwnerWhoDiesWhileItSearches_LeavesTheNextOneToFindIt()
    {
        using var scene = NewScene();
        for (var i = 0; i < 200; i++) scene.Click("view", $"u{i}", props: new { poison = i == 50 ? 1 : 0 });
        scene.Input.RecordsAPoll = 1_000;
        for (var turn = 0; turn < 40; turn++)
        {
            scene.Run(10);
            if (turn % 8 != 7) continue;
            scene.Broker.Owner[0] = ("", ++scene.Broker.Generation);
            scene.Start();
            scene.Input.RecordsAPoll = 1_000;
        }
        scene.Run(10_000);
        Assert.Equal((LaneState.Running, 199, 1), (scene.Status().State, scene.PromptsOf("views"), scene.Quarantine.Count));
        scene.MustBeOnce();
    }

    [Fact]
    public void ATimerThatThrows_ParksTheLaneAndCostsNoEvent()
    {
        using var scene = NewScene();
        scene.Click("cart_add", props: new { poison = 1 });
        scene.Run(2_000);
        scene.Stop();
        scene.Run(6 * Minute);
        // The clock comes to the deadline with these.
        for (var i = 0; i < 5; i++) scene.Click("view", $"u{i}");
        scene.Start();
        scene.Run(5_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.Contains("OverflowException", scene.Status().Why, StringComparison.Ordinal);
        Assert.Empty(scene.Quarantine);
    }

    [Fact]
    public void WhereRecordsMoveTheClock_TheLaneParks()
    {
        using var scene = NewScene(new() { Ticks = false });
        scene.Click("view", props: new { poison = 1 });
        scene.Run(5_000);
        Assert.Equal((LaneState.Parked, 0), (scene.Status().State, scene.Quarantine.Count));
    }

    [Fact]
    public void MoreThanSomeTenAnHour_ParkTheLane()
    {
        using var scene = NewScene();
        for (var i = 0; i < 1_000; i++) scene.Click("view", $"u{i}", props: new { poison = i % 10 == 9 ? 1 : 0 });
        scene.Input.RecordsAPoll = 1_000;
        scene.Run(60_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.InRange(scene.Quarantine.Count, 10, FaultSearch.FaultsMax / 2);
    }

    [Theory]
    [InlineData(FaultSearch.FaultsMax - 1, 0, true)]
    [InlineData(FaultSearch.FaultsMax, 0, false)]
    [InlineData(FaultSearch.FaultsMax, 59, false)]
    [InlineData(FaultSearch.FaultsMax, 60, true)]
    public void FaultsOfAnHourAgo_DoNotCount(int faults, int minutesLater, bool goesOn)
    {
        var (search, now) = (new FaultSearch(), DateTimeOffset.UnixEpoch);
        var step = new LaneStep(new() { Number = 1, Applied = new([0, 0]), Source = default, Rulebook = "1" });
        step.Records.AddRange([new(0, 0, 0, 0, default), new(0, 0, 1, 0, default)]);
        for (var i = 0; i < faults; i++) Assert.Equal(FaultVerdict.Searching, search.Take(step, default, now));
        var verdict = search.Take(step, default, now.AddMinutes(minutesLater));
        Assert.Equal(goesOn ? FaultVerdict.Searching : FaultVerdict.NotOfARecord, verdict);
    }

    private static Scene NewScene(StepSettings? settings = null) =>
        new([Cart, Views, Fragile], settings: (settings ?? new()) with { RefusedShareMax = 1 }, scorerOf: _ => Throwing);

    private static Scorer Throwing { get; } = features => features[0] + features[1] == 0 ? 0 : throw new OverflowException("secret");

    private static List<(string?, string?)> Refused(Scene scene) =>
        [.. scene.Quarantine.Select(record => (Header(record, "reason"), Header(record, "offset")))];

    private static string? Header(OutgoingRecord record, string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
}
