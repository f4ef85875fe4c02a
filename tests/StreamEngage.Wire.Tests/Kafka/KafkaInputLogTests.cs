using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

public sealed class KafkaInputLogTests
{
    private static readonly InputPosition Start = new([0, 0]);

    [KafkaClientFact]
    public async Task AnAssignedLane_StandsStillUntilItIsSought()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 2);
        await cluster.ProduceAsync(0, 0, "a", "b", "c");
        await cluster.ProduceAsync(1, 0, "x", "y");
        await cluster.ProduceAsync(0, 1, "other");
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = new Listener(input);

        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.SetEquals([0, 1])), cluster.Said);
        await heard.PollForAsync(500);
        Assert.Empty(heard.Records);
        Assert.Empty(heard.Ends);

        Assert.Equal(Start, await input.BeginningAsync(0, default));
        input.Seek(0, new([1, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Ends.SetEquals([(0, 0), (0, 1)])), cluster.Said);
        Assert.Equal(["b", "c"], heard.Values(0, 0));
        Assert.Equal(["x", "y"], heard.Values(0, 1));
        Assert.Equal(4, heard.Records.Count);
    }

    [KafkaClientFact]
    public async Task APausedLane_IsSilentAndLosesNothing()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 2);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 2);

        input.Pause(0);
        await cluster.ProduceAsync(0, 0, "held");
        await cluster.ProduceAsync(0, 1, "free");
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count > 0), cluster.Said);
        await heard.PollForAsync(500);
        Assert.Equal(["free"], heard.Records.Select(record => Encoding.UTF8.GetString(record.Value.Span)));

        input.Resume(0);
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 2), cluster.Said);
        input.Pause(0);
        input.Resume(0);
        await cluster.ProduceAsync(0, 0, "after");
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 3), cluster.Said);
        Assert.Equal(["held", "after"], heard.Values(0, 0));
    }

    [KafkaClientFact]
    public async Task SeekingBack_BringsTheSameRecordsAgain()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        var values = Enumerable.Range(0, 50).Select(n => $"v{n}").ToArray();
        await cluster.ProduceAsync(0, 0, values);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1);
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 50), cluster.Said);
        var first = heard.Values(0, 0).ToList();

        heard.Records.Clear();
        input.Seek(0, new([20, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 30), cluster.Said);
        Assert.Equal(first.Skip(20), heard.Values(0, 0));
        await heard.PollForAsync(200);
        Assert.Equal(30, heard.Records.Count);
    }

    [KafkaClientFact]
    public async Task ASeekWhileTheClientStillAsksForTheEnd_PassesOverNothing()
    {
        // More than a fetch brings, so that the lane is still reading when a client that was overtaken jumps to the end, half a second later.
        const int Records = 10;
        using var cluster = await TestCluster.MockedAsync(lanes: 2);
        var values = Enumerable.Range(0, Records).Select(n => new string((char)('a' + n), 400_000)).ToArray();
        for (var lane = 0; lane < 2; lane++) await cluster.ProduceAsync(0, lane, values);
        await using var input = new KafkaInputLog(cluster.Instance());
        // A client that knows the partitions already asks at once when it gets them again.
        var heard = await ReadingAsync(input, 2, new([Records, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Ends.Count == 4), cluster.Said);
        cluster.Mock!.Slow(1, 300);
        cluster.Mock.Refuse(MockRequest.Heartbeat, ErrorCode.UnknownMemberId);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 0), cluster.Said);
        heard.Ends.Clear();
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 2), cluster.Said);
        for (var lane = 0; lane < 2; lane++) input.Seek(lane, new([0, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Ends.Count == 4), cluster.Said);
        for (var lane = 0; lane < 2; lane++)
            Assert.Equal(Enumerable.Range(0, Records), heard.Records.Where(record => record.Lane == lane).Select(record => (int)record.Offset));
    }

    [KafkaClientFact]
    public async Task AnEnd_IsToldAgainAfterMoreRecords()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1);
        Assert.True(await heard.PollUntilAsync(() => heard.Ends.SetEquals([(0, 0), (0, 1)])), cluster.Said);
        await cluster.ProduceAsync(1, 0, "more");
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 1 && heard.Ends.Contains((0, 1))), cluster.Said);
    }

    [KafkaClientFact]
    public async Task BytesThatAreNoEvent_PassAsTheyAre()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        byte[]?[] poison = [[0, 0, 0, 0, 9, 255], [0xC3, 0x01], [], null, new byte[900_000]];
        using (var producer = new ProducerBuilder<Null, byte[]?>(new ProducerConfig { BootstrapServers = cluster.Settings.Brokers }).Build())
            foreach (var value in poison) await producer.ProduceAsync(new TopicPartition(cluster.Settings.Topics[0], 0), new() { Value = value });
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1, new([0, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == poison.Length), cluster.Said);
        Assert.Equal(poison.Select(value => value ?? []), heard.Records.Select(record => record.Value.ToArray()));
        Assert.All(heard.Records, record => Assert.InRange(record.Timestamp, 1, long.MaxValue));
    }

    [KafkaClientFact]
    public async Task ManyRecords_ComeInFullPollsWithoutAStall()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        await cluster.ProduceAsync(0, 0, [.. Enumerable.Range(0, 20_000).Select(n => $"value {n}")]);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1, new([0, 0]));
        var watch = Stopwatch.StartNew();
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 20_000), cluster.Said);
        Assert.Equal(Enumerable.Range(0, 20_000).Select(n => (long)n), heard.Records.Select(record => record.Offset));
        // A stall of the client is a second each; the machine may be slow, but not for that many.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    [KafkaClientFact]
    public async Task APoll_EndsWhenStopped()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        await using var input = new KafkaInputLog(cluster.Instance());
        using var stop = new CancellationTokenSource(200);
        var watch = Stopwatch.StartNew();
        var polled = await input.PollAsync(TimeSpan.FromSeconds(60), 10, stop.Token);
        Assert.Empty(polled.Records);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    [KafkaClientFact]
    public async Task APlaceThatTheLogDoesNotHave_IsToldAsGone()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        await cluster.ProduceAsync(0, 0, "only");
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1, new([1_000, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Happened.Contains("gone 0")), cluster.Said);
        input.Seek(0, new([0, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Records.Count == 1), cluster.Said);
    }

    [KafkaClientFact]
    public async Task ASecondInstance_GetsLanesAfterTheFirstHasDrained()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 4);
        await using var first = new KafkaInputLog(cluster.Instance("one"));
        var heardByFirst = await ReadingAsync(first, 4);
        List<int> drained = [];
        first.Revoking = async lanes =>
        {
            await Task.Delay(300);
            Assert.NotNull(first.Claim(lanes)());
            drained.AddRange(lanes);
        };
        Assert.NotNull(first.Claim([0, 1, 2, 3])());
        Assert.Null(first.Claim([0, 4])());

        var second = new KafkaInputLog(cluster.Instance("two"));
        var heardBySecond = new Listener(second);
        await BothUntilAsync(heardByFirst, heardBySecond, () => heardBySecond.Lanes.Count == 2 && heardByFirst.Lanes.Count == 2);
        Assert.True(heardBySecond.Lanes.Count == 2, cluster.Said);
        Assert.Equal(heardBySecond.Lanes.Order(), drained.Order());
        Assert.Equal([0, 1, 2, 3], heardByFirst.Lanes.Concat(heardBySecond.Lanes).Order());
        Assert.Null(first.Claim(drained)());
        Assert.NotNull(first.Claim(heardByFirst.Lanes)());

        await second.DisposeAsync();
        Assert.True(await heardByFirst.PollUntilAsync(() => heardByFirst.Lanes.Count == 4), cluster.Said);
        Assert.DoesNotContain(heardByFirst.Happened, what => what.StartsWith("lost", StringComparison.Ordinal));
    }

    [KafkaClientFact]
    public async Task AMemberThatIsThrownOut_LosesItsLanesWithoutADrain()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 2);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 2);
        input.Revoking = _ => throw new InvalidOperationException("nobody may be asked");
        cluster.Mock!.Refuse(MockRequest.Heartbeat, ErrorCode.UnknownMemberId);
        Assert.True(await heard.PollUntilAsync(() => heard.Happened.Contains("lost 0") && heard.Happened.Contains("lost 1")), cluster.Said);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 2), cluster.Said);
    }

    [KafkaClientFact]
    public async Task ADrainThatFails_IsToldToWhoeverPolls()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 2);
        await using var first = new KafkaInputLog(cluster.Instance("one"));
        var heard = await ReadingAsync(first, 2);
        first.Revoking = _ => throw new InvalidOperationException("a bug");
        await using var second = new KafkaInputLog(cluster.Instance("two"));
        var other = new Listener(second);
        await Assert.ThrowsAsync<InvalidOperationException>(() => BothUntilAsync(heard, other, () => false));
    }

    [KafkaClientFact]
    public async Task BrokersThatAreGone_StopNoPoll()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 1);
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = await ReadingAsync(input, 1);
        cluster.Mock!.Down(1);
        await heard.PollForAsync(2_000);
        cluster.Mock.Up(1);
        await cluster.ProduceAsync(0, 0, "back");
        Assert.True(await heard.PollUntilAsync(() => heard.Values(0, 0).Contains("back")), cluster.Said);
        Assert.Contains("Transport", cluster.Said, StringComparison.Ordinal);
    }

    private static async Task<Listener> ReadingAsync(KafkaInputLog input, int lanes, InputPosition? from = null)
    {
        var heard = new Listener(input);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == lanes), "no lanes came");
        foreach (var lane in heard.Lanes) input.Seek(lane, from ?? Start);
        return heard;
    }

    private static async Task BothUntilAsync(Listener one, Listener two, Func<bool> isTrue)
    {
        var end = DateTime.UtcNow.AddSeconds(60);
        while (!isTrue() && DateTime.UtcNow < end) await Task.WhenAll(one.PollAsync(50), two.PollAsync(50));
    }
}
