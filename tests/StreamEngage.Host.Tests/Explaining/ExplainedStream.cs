using System.Text;
using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>A whole stream of many users, and the questions that can be asked about one.</summary>
internal sealed class ExplainedStream
{
    private static readonly EventTime _noFuture = new(Limits.EventTimeMax);

    private readonly Dictionary<string, Premise> _premises = new(StringComparer.Ordinal);

    private readonly IReadOnlyList<RulebookChange> _changes;

    public ExplainedStream(RulebookDefinition rules, IReadOnlyList<string> lines, params IReadOnlyList<RulebookChange> changes)
    {
        (Rules, Lines, _changes) = (rules, lines, changes);
        var run = new PipelineRun(StreamEngage.Detect.RulebookCompiler.Compile(rules)) { Decision = decision => Decisions.Add(decision) };
        Assert.Null(RulebookChange.Schedule(changes, run));
        var statistics = new StatisticsReading(rules, changes);
        foreach (var line in lines)
        {
            run.Offer(Encoding.UTF8.GetBytes(line), _noFuture);
            statistics.Offer(Row(line), _noFuture);
        }
        run.End(drain: true);
        Told = statistics.End();
    }

    public RulebookDefinition Rules { get; }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>What came of all users' prompts.</summary>
    public IReadOnlyList<StatisticsVersion>? Told { get; }

    /// <summary>Of a run over the whole stream.</summary>
    public List<DecisionRecord> Decisions { get; } = [];

    public static RulebookDefinition Read(params (string File, string Text)[] files)
    {
        var reading = RulebookFiles.Read(files.ToDictionary(file => file.File, file => file.Text));
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }

    public Premise Premise(string user)
    {
        if (_premises.TryGetValue(user, out var known)) return known;
        var names = new NameReading(Rules);
        foreach (var line in Lines) names.Offer(Row(line));
        var reading = new HistoryReading(user, Rules, names.NamesOf(user));
        foreach (var line in Lines) reading.Offer(Row(line), _noFuture);
        return _premises[user] = new(user, Rules, reading.End())
        {
            Told = Told,
            Next = [.. _changes.Select(change => change.Next)],
            ChangedAt = [.. _changes.Select(change => change.At)],
        };
    }

    private static FeedRow Row(string line) => new(0, Encoding.UTF8.GetBytes(line), default, null);

    /// <summary>The premise with every other user's events as they came, instead of their clock.</summary>
    public Premise WholePremise(string user) => new(user, Rules, [.. Lines.Select(line => Event(Encoding.UTF8.GetBytes(line)))]);

    /// <summary>Suppressed candidates, of every reason and trigger in turn, in an order that the seed gives.</summary>
    public List<DecisionRecord> Suppressed(Random random, int count)
    {
        var byReason = Decisions.Where(decision => decision.Verdict is Verdict.Suppressed or Verdict.Ghost)
            .GroupBy(decision => (decision.Reason, decision.Trigger))
            .Select(group => new Queue<DecisionRecord>(group.OrderBy(_ => random.Next()).Take(count))).ToList();
        var sample = new List<DecisionRecord>();
        while (sample.Count < count && byReason.Any(group => group.Count > 0))
            foreach (var group in byReason)
                if (group.TryDequeue(out var decision)) sample.Add(decision);
        return [.. sample.Take(count)];
    }

    private static UserEvent Event(byte[] line)
    {
        using var json = System.Text.Json.JsonDocument.Parse(line);
        return new(Text("id"), Text("type"), new(json.RootElement.GetProperty("at").GetInt64()), line);

        string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
    }
}
