using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>What must not show in what comes out: the size of batches, the number of lanes, and where a run was stopped and resumed.</summary>
public sealed class InvarianceTests
{
    private const int Cases = 400;

    private static readonly EventTime Ever = new(Limits.EventTimeMax);

    public static TheoryData<int, int> Splits => new() { { 1, 1 }, { 1, 7 }, { 2, 200 }, { 7, 1 }, { 7, 7 }, { 64, 200 } };

    [Theory]
    [MemberData(nameof(Splits))]
    public void LanesAndBatches_GiveTheSameBytes(int lanes, int batch)
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var found = RandomCase.Of(seed, CaseFeatures.Settled);
            var whole = EmbeddedRun.Of(found.Rulebook, found.Events).Text;
            var split = EmbeddedRun.Of(found.Rulebook, found.Events, lanes, batch).Text;
            Assert.True(whole == split, $"seed {seed}, {lanes} lanes, batches of {batch}");
        }
    }

    [Fact]
    public void StopAndResumeAtEveryPoint_GivesTheSameBytes()
    {
        for (var seed = 1; seed <= Cases / 8; seed++)
        {
            var found = RandomCase.Of(seed, CaseFeatures.Settled);
            var whole = EmbeddedRun.Of(found.Rulebook, found.Events).Text;
            for (var stop = 0; stop <= found.Events.Count; stop++)
                Assert.True(whole == Resumed(found, stop).Text, $"seed {seed}, stopped after {stop} events");
        }
    }

    [Fact]
    public void StopAndResumeAfterEveryEvent_GivesTheSameBytes()
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var found = RandomCase.Of(seed, CaseFeatures.Settled);
            var stops = Enumerable.Range(1, found.Events.Count).ToArray();
            Assert.True(EmbeddedRun.Of(found.Rulebook, found.Events).Text == Resumed(found, stops).Text, $"seed {seed}");
        }
    }

    /// <summary>
    /// Lines of all parts put in order again: a deadline that a late event armed behind the clock may decide before the part's last line.
    /// </summary>
    private static EmbeddedRun Resumed(RandomCase found, params int[] stops)
    {
        var compiled = RulebookCompiler.Compile(found.Rulebook);
        var (prompts, decisions) = (new List<PromptCommand>(), new List<DecisionRecord>());
        PipelineRun New(int lanes) => new(compiled, lanes) { Prompt = prompts.Add, Decision = decisions.Add };
        var run = New(1);
        for (var i = 0; i <= found.Events.Count; i++)
        {
            if (stops.Contains(i)) run = Resume(run, New(1 + i % 3));
            if (i < found.Events.Count) run.Offer(EmbeddedRun.LineOf(found.Events[i]), Ever);
        }
        run.End(drain: true);
        return new(
            [.. prompts.OrderBy(p => p.DecidedAt).ThenBy(p => p.User, StringComparer.Ordinal)
                .ThenBy(p => p.Trigger, StringComparer.Ordinal).ThenBy(p => p.Instance, StringComparer.Ordinal)],
            [.. decisions.OrderBy(d => d.At).ThenBy(d => d.User, StringComparer.Ordinal)
                .ThenBy(d => d.Trigger, StringComparer.Ordinal).ThenBy(d => d.Instance, StringComparer.Ordinal)]);
    }

    private static PipelineRun Resume(PipelineRun from, PipelineRun to)
    {
        var store = new InMemoryStateStore();
        var source = new RecordWriter();
        from.Suspend();
        from.Save(store, source);
        Assert.Null(to.Load(store, source.Written));
        return to;
    }
}
