using System.Runtime.CompilerServices;
using System.Text;
using StreamEngage.Emit;
using StreamEngage.Host.Replaying;
using StreamEngage.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Host.Explaining;

/// <summary>Reads what the topics tell of one user, by making the user's lane again. It writes nothing.</summary>
internal sealed class ServedReading(LaneSource source, ReplayRules rules, LaneTopics topics, Partitioner partitioner)
{
    private long _read;

    /// <summary>Hears how many records of how many are read.</summary>
    public Action<long, long> Progress { get; init; } = (_, _) => { };

    /// <summary>Records of the lane that are read at most.</summary>
    public long RecordsMax { get; init; } = ExplainLimits.LaneRecordsMax;

    /// <summary>The partition of the decision topic that has the user's decisions; null where there is no such topic.</summary>
    public LaneRecords? Decisions { get; init; }

    public async Task<ServedUser> ReadAsync(string user, int lane, CancellationToken stop)
    {
        var served = new ServedUser(user, lane)
        {
            Rules = (rules.Text.Version, rules.Compiled.Definition),
            Published = Decisions is null ? null : await PublishedAsync(Decisions, user, stop),
        };
        var records = await source.CountAsync(lane, stop);
        if (records > RecordsMax)
            return served with { Problem = $"lane {lane} has {records} records, more than the {RecordsMax} that are read of one" };
        if (await source.GoneAsync(lane, stop) is { } gone) return served with { Problem = gone };
        try
        {
            return await MadeAgainAsync(served, await source.JournalAsync(lane, stop), records, stop);
        }
        catch (JournalTooLongException tooLong)
        {
            return served with { Problem = tooLong.Message };
        }
    }

    /// <summary>Again from the beginning as long as events tell of further ids of the user.</summary>
    private async Task<ServedUser> MadeAgainAsync(ServedUser served, IReadOnlyList<JournalRecord> journal, long records, CancellationToken stop)
    {
        var names = new HashSet<string> { served.User };
        var steps = journal.SelectMany(record => record.Steps).DistinctBy(step => step.Number).OrderBy(step => step.Number).ToList();
        while (true)
        {
            var history = new LaneHistory(served.User, names) { EventsMax = ExplainLimits.EventsMax, VersionsMax = ExplainLimits.VersionsMax };
            var replay = new LaneReplay(rules, topics, served.Lane, partitioner, history);
            _read = 0;
            var problem = await replay.RunAsync(steps, (topic, until) => CountedAsync(served.Lane, topic, until, records), stop);
            if (problem is not null) history.End();
            if (problem is not null || history.Joined.Count == 0)
                return served with
                {
                    History = history,
                    Problem = problem,
                    Settled = journal.SelectMany(record => record.Settled).Where(key => !OutboxWriter.IsStep(key)).ToHashSet(StringComparer.Ordinal),
                };
            names.UnionWith(history.Joined);
            source.Rewind();
        }
    }

    private async IAsyncEnumerable<InputRecord> CountedAsync(
        int lane, int topic, long until, long records, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await foreach (var record in source.Read(lane, topic, until))
        {
            stop.ThrowIfCancellationRequested();
            _read++;
            Progress(_read, records);
            yield return record;
        }
    }

    private static async Task<IReadOnlyList<DecisionRecord>> PublishedAsync(LaneRecords decisions, string user, CancellationToken stop)
    {
        var found = new List<DecisionRecord>();
        var mark = Encoding.UTF8.GetBytes(user);
        await foreach (var (_, line) in decisions.AllAsync(stop))
            if (MayBeOf(line.Span, mark) && found.Count < ExplainLimits.EventsMax && RecordedDecisions.Read(line, user) is { } decision) found.Add(decision);
        // At-least-once brings some twice.
        return [.. found.DistinctBy(RecordedDecisions.Line)];
    }

    private static bool MayBeOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> mark) => line.IndexOf(mark) >= 0 || line.Contains((byte)'\\');
}
