using System.Diagnostics.Metrics;
using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Host.Serving.Metrics;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Ingest;
using StreamEngage.Steps;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Serving;

public sealed class MetricsPageTests : IDisposable
{
    private readonly Meter _meter = new("test");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void CounterGaugeAndHistogram_AreWrittenAsPrometheusReadsThem()
    {
        using var page = Page();
        var counter = _meter.CreateCounter<long>("shop.orders", "{order}", "Orders\nof a \\ shop.");
        _meter.CreateObservableGauge("shop.memory", () => 12.5, "By");
        var histogram = _meter.CreateHistogram("shop.wait", "ms", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] });
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a\"b"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "c"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "c"));
        histogram.Record(1);
        histogram.Record(1.5);
        histogram.Record(9);

        Assert.Equal("""
            # TYPE shop_memory_bytes gauge
            shop_memory_bytes 12.5
            # HELP shop_orders_total Orders\nof a \\ shop.
            # TYPE shop_orders_total counter
            shop_orders_total{kind="a\"b"} 2
            shop_orders_total{kind="c"} 4
            # TYPE shop_wait_milliseconds histogram
            shop_wait_milliseconds_bucket{le="1"} 1
            shop_wait_milliseconds_bucket{le="5"} 2
            shop_wait_milliseconds_bucket{le="+Inf"} 3
            shop_wait_milliseconds_sum 11.5
            shop_wait_milliseconds_count 3

            """.ReplaceLineEndings("\n"), page.Write());
    }

    [Fact]
    public void MillionValuesOfALabel_LeaveTheSeriesBoundedAndTheSumWhole()
    {
        using var page = Page();
        var counter = _meter.CreateCounter<long>("clicks");
        for (var user = 0; user < 1_000_000; user++) counter.Add(1, new KeyValuePair<string, object?>("user", user));

        var lines = page.Write().Split('\n').Where(line => line.StartsWith("clicks_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(ServeLimits.SeriesMax + 1, lines.Count);
        Assert.Contains($"clicks_total{{overflow=\"true\"}} {1_000_000 - ServeLimits.SeriesMax}", lines);
    }

    [Fact]
    public void MillionTriggersAndChannels_AddNoSeriesOfTheEngine()
    {
        using var engine = new EngineMeters(new(), new(), ["cart", "churn"], ["push"]);
        using var page = new MetricsPage(instrument => engine.All.Contains(instrument.Meter));
        for (var i = 0; i < 1_000_000; i++) engine.Emit.Published($"trigger-{i}", $"channel-{i}", PromptKind.Send);
        engine.Emit.Published("cart", "push", PromptKind.Cancel);

        Assert.Equal(
            [
                "streamengage_emit_prompts_total{trigger=\"cart\",channel=\"push\",kind=\"cancel\"} 1",
                "streamengage_emit_prompts_total{trigger=\"other\",channel=\"other\",kind=\"send\"} 1000000",
            ],
            page.Write().Split('\n').Where(line => line.StartsWith("streamengage_emit_prompts", StringComparison.Ordinal)));
    }

    [Fact]
    public void MoreTriggersThanAreShown_KeepTheFirstOfThem()
    {
        var labels = new ClosedLabels("trigger", Enumerable.Range(0, 1_000).Select(i => $"t{i:D3}"), ObserveLimits.TriggersShownMax);

        Assert.Equal(ObserveLimits.TriggersShownMax + 1, labels.Count);
        Assert.Equal("t255", labels["t255"].Value);
        Assert.Equal("other", labels["t256"].Value);
    }

    [Fact]
    public void NamesThatComeLater_TakeThePlacesThatAreLeft_AndNoneIsLost()
    {
        var labels = new ClosedLabels("trigger", ["old"], most: 3);
        labels.Add(["d", "c", "b", "old"]);

        Assert.Equal(["old", "b", "c", "other"], ((string[])["old", "b", "c", "d"]).Select(name => labels[name].Value));
        labels.Add(["a"]);
        Assert.Equal((4, "other"), (labels.Count, labels["a"].Value));
    }

    [Fact]
    public void LanesThatWent_AreNotShownAnyMore()
    {
        var board = new LaneBoard();
        using var engine = new EngineMeters(board, new(), [], []);
        using var page = new MetricsPage(instrument => engine.All.Contains(instrument.Meter));
        board.Show(new(1, LaneState.Running) { LagRecords = 5, LagMilliseconds = 70, Outbox = 2, CachedUsers = 9 });
        board.Show(new(2, LaneState.Parked) { LagRecords = 6, LagMilliseconds = 30, Outbox = 1, CachedUsers = 1 });

        var before = page.Write();
        Assert.Contains("streamengage_ingest_lag_records 11\n", before, StringComparison.Ordinal);
        Assert.Contains("streamengage_ingest_lag_time_milliseconds 70\n", before, StringComparison.Ordinal);
        Assert.Contains("streamengage_state_lanes{state=\"parked\"} 1\n", before, StringComparison.Ordinal);
        Assert.Contains("streamengage_emit_outbox_size 3\n", before, StringComparison.Ordinal);
        board.Remove(2);
        var after = page.Write();
        Assert.Contains("streamengage_state_lanes{state=\"parked\"} 0\n", after, StringComparison.Ordinal);
        Assert.Contains("streamengage_state_cached_users 9\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCallOfTheEngine_IsOnThePage()
    {
        using var engine = new EngineMeters(new(), new(), ["cart"], ["push"]);
        using var page = new MetricsPage(instrument => engine.All.Contains(instrument.Meter));
        EngineCalls.All(engine);

        Assert.Equal(EngineCalls.Series, page.Write().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#' && !line.Contains("_bucket", StringComparison.Ordinal)));
    }

    [Fact]
    public void CountingFromManyThreads_LosesNothing()
    {
        using var page = Page();
        var counter = _meter.CreateCounter<long>("clicks");
        Parallel.For(0, 100_000, i => counter.Add(1, new KeyValuePair<string, object?>("kind", (i % 7) switch { 0 => "a", 1 => "b", _ => "c" })));

        Assert.Equal(100_000, page.Write().Split('\n').Where(line => line.StartsWith("clicks", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[1])));
    }

    private MetricsPage Page() => new(instrument => instrument.Meter == _meter);
}

/// <summary>One call of each thing the engine can measure, and what must be on the page then.</summary>
internal static class EngineCalls
{
    public static void All(EngineMeters engine)
    {
        var millisecond = TimeSpan.FromMilliseconds(1);
        engine.Ingest.Consumed(10);
        engine.Ingest.Admitted(6);
        engine.Ingest.Late(1);
        engine.Ingest.Duplicate(1);
        engine.Ingest.Quarantined(Decoded.NotJson, 2);
        engine.Ingest.Rebalanced(RebalanceKind.Assigned, 4);
        engine.Ingest.KafkaFailed(KafkaFault.Poll);
        engine.State.Stepped(millisecond);
        engine.State.Replayed(3);
        engine.State.Loaded(millisecond);
        engine.State.Prepared(millisecond);
        engine.State.RedisFailed(RedisFault.Refused);
        engine.Detect.Candidates("cart", 5);
        engine.Detect.AbsenceFired(millisecond);
        engine.Decide.Decided(Verdict.Suppressed, Reason.LostArbitration, 4);
        engine.Decide.Decided(Verdict.Sent, Reason.None);
        engine.Emit.Published("cart", "push", PromptKind.Send);
        engine.Emit.Publication(PublishVerdict.Committed, millisecond);
        engine.Emit.Withheld(Withheld.KillSwitch);
        engine.Emit.Latency(millisecond);
    }

    public static IEnumerable<string> Series =>
    [
        "streamengage_decide_verdicts_total{verdict=\"sent\",reason=\"none\"} 1",
        "streamengage_decide_verdicts_total{verdict=\"suppressed\",reason=\"lost-arbitration\"} 4",
        "streamengage_detect_absence_lateness_milliseconds_sum 1",
        "streamengage_detect_absence_lateness_milliseconds_count 1",
        "streamengage_detect_candidates_total{trigger=\"cart\"} 5",
        "streamengage_emit_breaker_open 0",
        "streamengage_emit_killed 0",
        "streamengage_emit_latency_milliseconds_sum 1",
        "streamengage_emit_latency_milliseconds_count 1",
        "streamengage_emit_outbox_size 0",
        "streamengage_emit_prompts_total{trigger=\"cart\",channel=\"push\",kind=\"send\"} 1",
        "streamengage_emit_publications_total{verdict=\"committed\"} 1",
        "streamengage_emit_publish_duration_milliseconds_sum 1",
        "streamengage_emit_publish_duration_milliseconds_count 1",
        "streamengage_emit_withheld_total{why=\"kill-switch\"} 1",
        "streamengage_ingest_events_admitted_total 6",
        "streamengage_ingest_events_consumed_total 10",
        "streamengage_ingest_events_duplicate_total 1",
        "streamengage_ingest_events_late_total 1",
        "streamengage_ingest_events_quarantined_total{reason=\"not-json\"} 2",
        "streamengage_ingest_kafka_failures_total{kind=\"poll\"} 1",
        "streamengage_ingest_lag_records 0",
        "streamengage_ingest_lag_time_milliseconds 0",
        "streamengage_ingest_rebalances_total{kind=\"assigned\"} 4",
        "streamengage_state_cached_users 0",
        "streamengage_state_lanes{state=\"acquiring\"} 0",
        "streamengage_state_lanes{state=\"draining\"} 0",
        "streamengage_state_lanes{state=\"parked\"} 0",
        "streamengage_state_lanes{state=\"paused\"} 0",
        "streamengage_state_lanes{state=\"replaying\"} 0",
        "streamengage_state_lanes{state=\"running\"} 0",
        "streamengage_state_load_duration_milliseconds_sum 1",
        "streamengage_state_load_duration_milliseconds_count 1",
        "streamengage_state_prepare_duration_milliseconds_sum 1",
        "streamengage_state_prepare_duration_milliseconds_count 1",
        "streamengage_state_redis_failures_total{kind=\"refused\"} 1",
        "streamengage_state_step_duration_milliseconds_sum 1",
        "streamengage_state_step_duration_milliseconds_count 1",
        "streamengage_state_steps_replayed_total 3",
        "streamengage_state_steps_total 1",
    ];
}
