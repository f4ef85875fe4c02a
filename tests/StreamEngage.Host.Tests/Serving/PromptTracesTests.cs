using System.Diagnostics;
using StreamEngage.Emit;
using StreamEngage.Steps;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Serving;

public sealed class PromptTracesTests : IDisposable
{
    private const long DecidedAt = 1_767_225_600_000;

    private static readonly LaneTopics Topics = new(["clicks"], "exchange", new Dictionary<string, string> { ["push"] = "prompts.push" }, "quarantine", null);

    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public PromptTracesTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == PromptTraces.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (_spans) _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public void ACommandThatIsCommitted_IsASpanFromItsDecisionToTheCommit_WithItsEventAndNothingOfItsUser()
    {
        using var traces = new PromptTraces(1);
        var id = Id(7);

        Publish(traces, DecidedAt + 420, Prompt(id, PromptKind.Send));

        var span = Assert.Single(SpansOf(id));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(DecidedAt).UtcDateTime, span.StartTimeUtc);
        Assert.Equal(TimeSpan.FromMilliseconds(420), span.Duration);
        Assert.Equal("e2", span.GetTagItem("streamengage.event.id"));
        Assert.Equal(("send", "cart", "push"), (span.GetTagItem("streamengage.prompt.kind"), span.GetTagItem("streamengage.trigger"),
            span.GetTagItem("streamengage.channel")));
        Assert.DoesNotContain("ann", string.Join(' ', span.TagObjects.Select(tag => $"{tag.Value}")), StringComparison.Ordinal);
    }

    [Fact]
    public void AShareOfPrompts_IsSampledByTheirIds_AndACancelWithItsPrompt()
    {
        using var traces = new PromptTraces(0.25);
        var ids = Enumerable.Range(0, 4_096).Select(i => Id((uint)i << 20)).ToList();

        Publish(traces, DecidedAt, [.. ids.Select(id => Prompt(id, PromptKind.Send))]);
        var sampled = ids.Where(id => SpansOf(id).Count > 0).ToList();
        Publish(traces, DecidedAt, [.. ids.Select(id => Prompt(id, PromptKind.Cancel))]);

        Assert.Equal(1_025, sampled.Count, 2.0);
        Assert.All(ids, id => Assert.Equal(sampled.Contains(id) ? 2 : 0, SpansOf(id).Count));
    }

    [Fact]
    public void NoShare_MakesNoSpan()
    {
        using var traces = new PromptTraces(0);

        Publish(traces, DecidedAt, Prompt(Id(9), PromptKind.Send));

        Assert.Empty(SpansOf(Id(9)));
    }

    public void Dispose() => _listener.Dispose();

    private List<Activity> SpansOf(string id)
    {
        lock (_spans) return [.. _spans.Where(span => id.Equals(span.GetTagItem("streamengage.prompt.id")))];
    }

    private static void Publish(PromptTraces traces, long at, params PromptCommand[] prompts)
    {
        var (board, control) = (new LaneBoard(), new EngineControl());
        using var meters = new EngineMeters(board, control, ["cart"], ["push"]);
        var clock = new StoppedClock(at);
        var watch = new LaneWatch(board, meters, control, Topics, clock) { Pulse = new(clock), Notice = _ => { }, Traces = traces };
        var writer = new OutboxWriter(Topics);
        watch.Published([.. prompts.Select((prompt, number) => OutboxWriter.Read(writer.Prompt(prompt, number))!.Value)]);
    }

    private static string Id(uint head) => $"{head:x8}000000000000000000abcdef";

    private static PromptCommand Prompt(string id, PromptKind kind) => new()
    {
        PromptId = id, Kind = kind, User = "ann", Channel = "push", Trigger = "cart", Version = 1, Instance = "", DecidedAt = new(DecidedAt),
        NotBefore = default, NotAfter = default, CollapseKey = "", Priority = 1, Sequence = 1, Data = [], ConsentPurpose = "marketing", Reasons = [],
        Causes = ["e1", "e2"],
    };

    private sealed class StoppedClock(long at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(at);
    }
}
