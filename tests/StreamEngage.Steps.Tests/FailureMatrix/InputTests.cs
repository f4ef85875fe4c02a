using System.Globalization;
using System.Text;
using StreamEngage.Ingest;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What comes in is broken, hostile or out of order, and clocks are wrong.</summary>
public sealed class InputTests
{
    private const long Minute = 60_000;

    private static readonly string[] _rules = [Scene.Cart, Scene.Views];

    [Fact]
    public void Poison_IsQuarantinedOnceEachAndTheStreamGoesOn()
    {
        using var scene = new Scene(_rules);
        var big = new byte[20_000_000];
        Array.Fill(big, (byte)'x');
        byte[][] poison =
        [
            [], [0], [0xff, 0xfe, 0x00, 0xd8], [0, 0, 0, 0, 7, 1, 2, 3], "{"u8.ToArray(), "null"u8.ToArray(), "[]"u8.ToArray(),
            """{"id":"a","user":"u","type":"view","at":1e999}"""u8.ToArray(), """{"id":"a","user":"u","type":"view","at":"soon"}"""u8.ToArray(),
            """{"id":"","user":"u","type":"view","at":1}"""u8.ToArray(), """{"id":"a","user":7.5,"type":"view","at":1}"""u8.ToArray(),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)), big,
        ];
        foreach (var record in poison)
        {
            scene.Raw(record);
            scene.Click("view");
        }
        scene.Run(5_000);
        Assert.Equal(poison.Length, scene.PromptsOf("views"));
        Assert.Equal(Enumerable.Range(0, poison.Length).Select(i => $"{2 * i}"), scene.Quarantine.Select(record => HeaderOf(record, "offset")));
        Assert.Equal(poison[^2], scene.Quarantine[^2].Value.ToArray());
        Assert.Equal($"the first {OutboxWriter.RefusedBytesMax} of 20000000 bytes", HeaderOf(scene.Quarantine[^1], OutboxWriter.CutHeader));
        scene.MustBeOnce();
    }

    [Theory]
    [InlineData(OutboxWriter.RefusedBytesMax, false)]
    [InlineData(OutboxWriter.RefusedBytesMax + 1, true)]
    public void RefusedRecord_IsCutToWhatATopicTakesAndSaysSo(int bytes, bool isCut)
    {
        const int TopicTakes = 1_000_000;
        var topic = new string('t', 249);
        var writer = new OutboxWriter(new([topic], topic, new Dictionary<string, string>(), topic, null));
        var entry = writer.Refused(new(int.MaxValue, 0, long.MaxValue, 0, new byte[bytes]), Decoded.NotJson, long.MaxValue);
        var record = OutboxWriter.Read(entry)!.Value;
        Assert.Equal(isCut ? OutboxWriter.RefusedBytesMax : bytes, record.Value.Length);
        Assert.Equal(isCut, HeaderOf(record, OutboxWriter.CutHeader) is not null);
        Assert.True(record.Value.Length + record.Headers.Sum(header => header.Key.Length + header.Value.Length + 20) < TopicTakes);
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public void MoreThanAFifthOfAMinuteRefused_ParksTheLane(int refused, bool isParked)
    {
        using var scene = Refusing(refused, of: 100);
        Assert.Equal(isParked ? LaneState.Parked : LaneState.Running, scene.Status().State);
        Assert.Equal(isParked, scene.Notices.Exists(notice => notice.Kind == NoticeKind.QuarantineRateHigh));
        // What a person has to look at has left.
        Assert.Equal(refused, scene.Quarantine.Count);
        if (!isParked) return;
        Assert.Contains("21 of 100 records within a minute were refused", scene.Status().Why, StringComparison.Ordinal);
        Assert.Contains("restart this instance", scene.Status().Why, StringComparison.Ordinal);
        scene.Click("view");
        scene.Run(Minute);
        Assert.Equal(100, scene.Lane().Applied![0]);
        scene.Stop();
        scene.Start();
        scene.Run(5_000);
        Assert.Equal((LaneState.Running, 101L), (scene.Status().State, scene.Lane().Applied![0]));
        scene.MustBeOnce();
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void AShareOfFewRecords_ParksNoLane(int records, bool isParked)
    {
        using var scene = Refusing(records, of: records);
        Assert.Equal(isParked, scene.Status().State == LaneState.Parked);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public void RefusalsOfAMinuteAgo_DoNotCount(int secondsLater, bool isHigh)
    {
        var rate = new RefusalRate(0.2, 100);
        var begin = DateTimeOffset.FromUnixTimeSeconds(1_000_000);
        rate.Add(50, 31, begin);
        rate.Add(50, 0, begin.AddSeconds(secondsLater));
        rate.Add(50, 0, begin.AddSeconds(secondsLater - 1));
        Assert.Equal(isHigh, rate.IsHigh);
    }

    [Fact]
    public void ShareOfOne_ParksNoLane()
    {
        using var scene = Refusing(500, of: 500, new() { RefusedShareMax = 1 });
        Assert.Equal(LaneState.Running, scene.Status().State);
    }

    [Fact]
    public void ARuleWhoseNumberIsNone_IsSilentAndTheOthersGoOn()
    {
        const string Ratio = """
            trigger: ratio
            on: {event: view, where: "event.spent / event.visits >= 0"}
            decide: {channels: [push], reentry: always}
            """;
        using var scene = new Scene([Ratio, Scene.Views]);
        scene.Click("view", props: new { spent = 0, visits = 0 });
        scene.Click("view", props: new { spent = 1, visits = 0 });
        scene.Click("view", props: new { spent = -1, visits = 0 });
        scene.Raw($$$"""{"id":"huge","user":"u1","type":"view","at":{{{scene.Now}}},"props":{"spent":1e999,"visits":1e-999}}""");
        scene.Click("view", props: new { spent = 4, visits = 2 });
        scene.Run(2_000);
        // Of two candidates of one event one is sent.
        Assert.Equal((1, 4), (scene.PromptsOf("ratio"), scene.PromptsOf("views")));
        Assert.Equal(LaneState.Running, scene.Status().State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void WallClockSetByAnHour_FiresNothingEarlyAndNothingLate(int hours)
    {
        using var scene = new Scene(_rules);
        var added = scene.Now;
        scene.Click("cart_add");
        scene.Run(Minute);
        scene.World.Skew = hours * 60 * Minute;
        scene.Run(added + 5 * Minute - scene.Now - 1);
        Assert.Empty(scene.Prompts);
        var waited = scene.Until(() => scene.Prompts.Count == 1, 1_000);
        Assert.InRange(waited, 0, 1_000);
        scene.World.Skew = 0;
        scene.Click("view");
        scene.Until(() => scene.Prompts.Count == 2, 1_000);
    }

    [Fact]
    public void RecordStampedAnHourAhead_FiresNothingEarly()
    {
        using var scene = new Scene(_rules, settings: new() { BatchRecords = 1 });
        scene.Click("cart_add");
        scene.Run(1_000);
        for (var i = 0; i < 200; i++) scene.Raw(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"id":"v{{i}}","user":"u2","type":"look","at":{{scene.Now}}}""")),
            timestamp: scene.Now + 60 * Minute);
        scene.Run(2 * Minute);
        Assert.Equal(200 + 1, scene.Lane().Applied![0]);
        Assert.Equal(0, scene.PromptsOf("cart"));
        scene.Run(3 * Minute + 1_000);
        Assert.Equal(1, scene.PromptsOf("cart"));
    }

    private static Scene Refusing(int refused, int of, StepSettings? settings = null)
    {
        var scene = new Scene(_rules, settings: settings);
        for (var i = 0; i < of; i++)
        {
            if (i < refused) scene.Raw("no event");
            else scene.Click("purchase", $"u{i}");
        }
        scene.Run(5_000);
        return scene;
    }

    private static string? HeaderOf(OutgoingRecord record, string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
}
