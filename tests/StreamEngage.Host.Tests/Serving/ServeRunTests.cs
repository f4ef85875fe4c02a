using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Metrics;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Serving;

public sealed class ServeRunTests
{
    [Fact]
    public async Task LivingEngineWithRunningLanes_IsAliveAndReady()
    {
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Board.Show(new(3, LaneState.Running) { Step = 7, Applied = "12,13", IsCaughtUp = true, Rulebook = "v1" });

        Assert.Equal(200, (await engine.GetAsync(engine.Observe, "/healthz")).Status);
        var (status, text) = await engine.GetAsync(engine.Observe, "/readyz");
        Assert.Equal(200, status);
        const string lane = """
            {"lane":3,"state":"running","why":null,"step":7,"applied":"12,13","journal":0,"caughtUp":true,"lagRecords":0,"lagMilliseconds":0,
            """ + "\"outbox\":0,\"cachedUsers\":0,\"rulebook\":\"v1\"}";
        Assert.Equal($$"""{"ready":true,"stopping":false,"states":{"running":1},"lanes":[{{lane}}]}""", text);
    }

    [Fact]
    public async Task EngineWithAPausedLane_IsAliveButNotReadyAndSaysWhy()
    {
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Board.Show(new(3, LaneState.Running));
        engine.Parts.Board.Show(new(4, LaneState.Paused) { Why = "the store is away" });

        Assert.Equal(200, (await engine.GetAsync(engine.Observe, "/healthz")).Status);
        var (status, text) = await engine.GetAsync(engine.Observe, "/readyz");
        Assert.Equal(503, status);
        Assert.Contains("\"states\":{\"running\":1,\"paused\":1}", text, StringComparison.Ordinal);
        Assert.Contains("\"why\":\"the store is away\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LoopThatStandsStill_IsNotAlive()
    {
        var time = new StillClock();
        var pulse = new LoopPulse(time);
        var health = new Health(new(), pulse);

        time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.True(health.IsAlive);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.False(health.IsAlive);
        Assert.False(health.IsReady);
        pulse.Beat();
        Assert.True(health.IsReady);
    }

    [Fact]
    public async Task MetricsPage_HasTheEngineAndTheRuntimeAndNothingElseAnswers()
    {
        await using var engine = await ServedEngine.StartAsync();
        EngineCalls.All(engine.Parts.Meters);

        var (status, text) = await engine.GetAsync(engine.Observe, "/metrics");
        Assert.Equal(200, status);
        Assert.Contains("streamengage_emit_prompts_total{trigger=\"cart-abandonment\",channel=\"push\"",
            await PageAfterPromptAsync(engine), StringComparison.Ordinal);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", text, StringComparison.Ordinal);
        Assert.Equal(404, (await engine.GetAsync(engine.Observe, "/lanes", ServedEngine.Operator)).Status);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", MetricsPage.ContentType);
    }

    private static async Task<string> PageAfterPromptAsync(ServedEngine engine)
    {
        engine.Parts.Meters.Emit.Published("cart-abandonment", "push", Emit.PromptKind.Send);
        return (await engine.GetAsync(engine.Observe, "/metrics")).Text;
    }

    [Fact]
    public async Task Stop_LetsTheEngineFinishAndEndsWell()
    {
        var finished = false;
        await using var engine = await ServedEngine.StartAsync(async stop =>
        {
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(200, CancellationToken.None);
            finished = true;
        });

        Assert.True(await engine.StopAsync());
        Assert.True(finished);
        Assert.Contains("1006 Stopping on SIGTERM: steps and publications under way are finished first", engine.Log);
    }

    [Fact]
    public async Task EngineThatDoesNotFinish_IsLeftBehindWithinFiveSeconds()
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var engine = await ServedEngine.StartAsync(async _ => await Task.Delay(Timeout.Infinite, CancellationToken.None));

        Assert.False(await engine.StopAsync());
        Assert.Contains("1008 Not everything was finished within 4000 ms; what is left is taken over where it stands", engine.Log);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 4, 20);
    }

    [Fact]
    public async Task EngineThatFails_EndsTheRun()
    {
        await using var engine = await ServedEngine.StartAsync(_ => Task.FromException(new InvalidOperationException("broken")));

        Assert.False(await engine.EndedAsync());
        Assert.Contains("1009 The engine ended by an error", engine.Log);
    }

    [Fact]
    public void SecondSignal_EndsAtOnce()
    {
        var ended = 0;
        using var signals = new StopSignals(() => ended++);

        signals.Receive("SIGTERM");
        Assert.True(signals.Token.IsCancellationRequested);
        Assert.Equal((0, "SIGTERM"), (ended, signals.Name));
        signals.Receive("SIGINT");
        Assert.Equal((1, "SIGTERM"), (ended, signals.Name));
    }

    [Fact]
    public void EveryKindOfNotice_HasALineInTheBlockOfItsStage()
    {
        var log = new KeptLog();
        foreach (var kind in Enum.GetValues<NoticeKind>()) NoticeLog.Write(log, new(kind, 3, "why"));

        Assert.Equal(Enum.GetValues<NoticeKind>().Length, log.Lines.Select(line => line[..4]).Distinct().Count());
        Assert.All(log.Lines, line => Assert.InRange(int.Parse(line[..4], System.Globalization.CultureInfo.InvariantCulture), 1_100, 1_599));
        Assert.All(log.Lines, line => Assert.EndsWith("why", line, StringComparison.Ordinal));
    }

    [Fact]
    public void UsersHash_DependsOnTheKeyAndShowsNoUser()
    {
        var (one, other) = (new UserHash(new(new string('a', 32))), new UserHash(new(new string('b', 32))));

        Assert.Equal(16, one.Of("ann").Length);
        Assert.Equal(one.Of("ann"), new UserHash(new(new string('a', 32))).Of("ann"));
        Assert.NotEqual(one.Of("ann"), other.Of("ann"));
        Assert.NotEqual(new UserHash(null).Of("ann"), new UserHash(null).Of("ann"));
    }

    private sealed class StillClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
