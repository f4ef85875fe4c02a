using System.Text;
using StreamEngage.Steps.Observe;
using Xunit.Abstractions;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>One user sends more than all others together.</summary>
public sealed class UserRateTests(ITestOutputHelper output)
{
    private const string Overflowed = "too-many-of-user";

    private static readonly string[] _rules = [Scene.Cart, Scene.Views];
    private static readonly StepSettings _tenASecond = new() { UserRate = new(PerSecond: 10, Burst: 5) };

    private int _sent;

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public void ABurst_IsTakenUpToItsBoundAndTheFirstAboveItIsQuarantined(int burst, int above)
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        Send(scene, burst, scene.Now);
        scene.Run(5_000);
        Assert.Equal((5, above), (scene.PromptsOf("views"), scene.Quarantine.Count));
        scene.MustBeOnce();
    }

    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 2)]
    [InlineData(499, 4)]
    [InlineData(500, 5)]
    [InlineData(100_000, 5)]
    public void WhatFollowsABurst_IsTakenAsTheBucketLeaksByTheBrokersTime(int milliseconds, int taken)
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        var began = scene.Now;
        Send(scene, 5, began);
        Send(scene, 6, began + milliseconds);
        scene.Run(5_000);
        Assert.Equal(5 + taken, scene.PromptsOf("views"));
        scene.MustBeOnce();
    }

    [Fact]
    public void OfWhatOverflows_TheFirstOfEachBurstIsQuarantinedAndAllAreCounted()
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        var began = scene.Now;
        Send(scene, 300, began);
        Send(scene, 300, began + 400);
        Send(scene, 7, began + 60_000);
        scene.Run(5_000);
        Assert.Equal(5 + 4 + 5, scene.PromptsOf("views"));
        Assert.Equal([(Overflowed, "5"), (Overflowed, "605")], scene.Quarantine.Select(record => (Header(record, "reason"), Header(record, "offset"))));
        Assert.Equal(295 + 296 + 2, scene.Lane().Engine!.Intake.Overflowed);
        // It is no broken producer: the lane goes on.
        Assert.Equal(LaneState.Running, scene.Status().State);
        scene.MustBeOnce();
    }

    [Fact]
    public void AnOptOutOfAUserWhoOverflows_IsHeard()
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        Send(scene, 50, scene.Now);
        scene.Click("consent_update", "hot", props: new { purpose = "marketing", status = "denied" });
        scene.Run(60_000);
        Assert.True(scene.Lane().Engine!.Intake.Overflowed > 0);
        var before = scene.PromptsOf("views");
        scene.Click("view", "hot");
        scene.Run(1_000);
        Assert.Equal(before, scene.PromptsOf("views"));
        scene.Click("view", "other");
        scene.Run(1_000);
        Assert.Equal(before + 1, scene.PromptsOf("views"));
    }

    [Fact]
    public void ARecordStampedAnHourAhead_CostsItsUserNothingAfterwards()
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        var began = scene.Now;
        Send(scene, 1, began + 3_600_000);
        Send(scene, 5, began);
        Send(scene, 1, began + 99);
        Send(scene, 1, began + 200);
        scene.Run(1_000);
        Assert.Equal(1 + 4 + 1, scene.PromptsOf("views"));
    }

    [Fact]
    public void AStoreThatIsWiped_AndOtherSettings_RefuseWhatWasRefused()
    {
        using var scene = new Scene(_rules, settings: _tenASecond with { BatchRecords = 7 });
        Send(scene, 40, scene.Now);
        scene.Run(500);
        Send(scene, 40, scene.Now);
        scene.Run(500);
        var before = scene.PromptsOf("views");
        foreach (var rate in (UserRate?[])[null, new(1, 1), new(100_000, 1_000_000)])
        {
            scene.Stop();
            scene.Memory.Wipe();
            scene.Settings = scene.Settings with { UserRate = rate, BatchRecords = 11 };
            scene.Start();
            scene.Run(1_000);
            Assert.Equal((before, LaneState.Running), (scene.PromptsOf("views"), scene.Status().State));
            scene.MustBeOnce();
        }
    }

    [Fact]
    public void ABucketOutlivesItsOwner()
    {
        using var scene = new Scene(_rules, settings: _tenASecond);
        Send(scene, 5, scene.Now);
        scene.Run(100);
        scene.Broker.Owner[0] = ("", ++scene.Broker.Generation);
        scene.Start();
        var began = scene.Now;
        Send(scene, 20, began);
        scene.Run(5_000);
        Assert.InRange(scene.PromptsOf("views"), 5, 5 + 10);
        Assert.True(scene.Lane().Engine!.Intake.Overflowed > 0);
        scene.MustBeOnce();
    }

    [Fact]
    public void HotUser_OthersOfTheSameLaneKeepTheirTime()
    {
        var quiet = Slowest(burst: 1, _tenASecond);
        var loud = Slowest(burst: 600, _tenASecond);
        var unbounded = Slowest(burst: 600, new());
        output.WriteLine($"slowest prompt of another user of the lane: {quiet} ms, beside a hot user {loud} ms, without a bound {unbounded} ms");
        Assert.InRange(loud, 0, 2 * quiet);
        Assert.True(unbounded > 2 * quiet, $"without a bound {unbounded} ms: the test shows nothing");
    }

    private long Slowest(int burst, StepSettings settings)
    {
        using var scene = new Scene(_rules, settings: settings with { BatchRecords = 20 });
        scene.Input.RecordsAPoll = 2_000;
        var slowest = 0L;
        for (var i = 0; i < 20; i++)
        {
            Send(scene, burst, scene.Now);
            // Also while what came before is being published: that is the slowest there is without a burst.
            scene.Run(1 + 5 * (i % 10));
            var user = Encoding.UTF8.GetBytes($"other-{i}");
            scene.Click("view", $"other-{i}");
            slowest = Math.Max(slowest, scene.Until(
                () => scene.Broker.Visible.Any(record => record.Key.Span.SequenceEqual(user)), 60_000));
        }
        return slowest;
    }

    private void Send(Scene scene, int events, long timestamp)
    {
        for (var i = 0; i < events; i++)
            scene.Raw(Encoding.UTF8.GetBytes($$"""{"id":"h{{_sent++}}","user":"hot","type":"view","at":{{scene.Now}}}"""), timestamp: timestamp);
    }

    private static string? Header(OutgoingRecord record, string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
}
