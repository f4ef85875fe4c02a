using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Host.Replaying;

/// <summary>Makes lanes again from input and journal, and compares what comes of it with the journal, the channel topics and the store.</summary>
internal sealed class Replay(ReplaySource source, ReplayRules rules, LaneTopics topics, Partitioner partitioner, ReplayOrder order)
{
    private const int UsersAtOnce = 500;
    private const int PromptsAtOnce = 1_000;

    private readonly Dictionary<string, ulong> _made = new(StringComparer.Ordinal);
    private readonly HashSet<string> _due = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _topics = new(StringComparer.Ordinal);
    private int _done;

    /// <summary>All that was asked for.</summary>
    public async Task<Replayed> RunAsync(CancellationToken stop)
    {
        var lanes = new List<ReplayedLane>();
        foreach (var lane in order.Which)
        {
            lanes.Add(await LaneAsync(lane, stop));
            _done++;
        }
        return new(lanes, order.Only is null && lanes.TrueForAll(made => made.Problem is null) ? await PromptsAsync(stop) : null);
    }

    /// <summary>One lane. Lanes may follow each other, not run at once.</summary>
    private async Task<ReplayedLane> LaneAsync(int lane, CancellationToken stop)
    {
        order.Moved(new((_done, order.Which.Count), default, 0));
        if (await source.Lanes.GoneAsync(lane, stop) is { } gone) return new(lane) { Problem = gone };
        var journal = await source.Lanes.JournalAsync(lane, stop);
        var steps = journal.SelectMany(record => record.Steps).DistinctBy(step => step.Number).OrderBy(step => step.Number).ToList();
        var records = steps.Count == 0 ? 0 : Enumerable.Range(0, topics.Read.Count).Sum(topic => steps[^1].Applied[topic]);
        var replay = new LaneReplay(rules, topics, lane, partitioner)
        {
            Taken = taken => order.Moved(new((_done, order.Which.Count), (taken, records), 0)),
        };
        var problem = await replay.RunAsync(steps, (topic, until) => source.Lanes.Read(lane, topic, until), stop);
        var settled = journal.SelectMany(record => record.Settled)
            .Where(key => !OutboxWriter.IsStep(key) && !OutboxWriter.IsDecision(key)).ToHashSet(StringComparer.Ordinal);
        var withdrawn = settled.Where(OutboxWriter.IsWithdrawn).Select(OutboxWriter.OfWithdrawn).ToHashSet(StringComparer.Ordinal);
        settled.RemoveWhere(OutboxWriter.IsWithdrawn);
        Keep(replay.Made, settled, withdrawn);
        var shown = new ReplayedLane(lane)
        {
            Problem = problem,
            Records = replay.Records,
            Steps = replay.Steps,
            Made = replay.Made.Count,
            Waiting = replay.Made.Keys.Count(key => !settled.Contains(key)),
            Withdrawn = withdrawn.Count + replay.Withdrawn,
            Phantom = problem is null ? [.. settled.Where(key => !replay.Made.ContainsKey(key)).Order(StringComparer.Ordinal)] : [],
        };
        if (problem is null) await CompareUsersAsync(shown, replay, stop);
        return shown;
    }

    /// <summary>After all lanes: what the channel topics hold.</summary>
    private async Task<PublishedPrompts> PromptsAsync(CancellationToken stop)
    {
        var (seen, repeated) = (new HashSet<string>(StringComparer.Ordinal), 0);
        var (phantom, other) = (new List<string>(), new List<string>());
        await foreach (var (key, value) in source.Prompts(_topics, stop))
        {
            if (seen.Count % PromptsAtOnce == 0) order.Moved(new((_done, order.Which.Count), default, seen.Count));
            if (!seen.Add(key)) repeated++;
            else if (!_made.TryGetValue(key, out var hash)) phantom.Add(key);
            else if (hash != Hash64.Of(value.Span)) other.Add(key);
        }
        return new(seen.Count, [.. _due.Where(key => !seen.Contains(key)).Order(StringComparer.Ordinal)], phantom, other, repeated);
    }

    private void Keep(Dictionary<string, OutgoingRecord> made, HashSet<string> settled, HashSet<string> withdrawn)
    {
        foreach (var (key, record) in made)
        {
            if (!record.Headers.Any(header => header.Key == OutboxWriter.TriggerHeader)) continue;
            _made[key] = Hash64.Of(record.Value.Span);
            _topics.Add(record.Topic);
            if (settled.Contains(key) && !withdrawn.Contains(key)) _due.Add(key);
        }
    }

    private async Task CompareUsersAsync(ReplayedLane shown, LaneReplay replay, CancellationToken stop)
    {
        var head = await source.HeadAsync(shown.Lane, stop);
        if (head is null && replay.Steps == 0) return;
        if (head?.Number != replay.Steps)
        {
            shown.NotCompared = head is null || head.Number < replay.Steps
                ? $"the store stands at step {head?.Number ?? 0} and the journal at {replay.Steps}: "
                    + "an owner of the lane will replay the difference, so users were not compared"
                : $"the store is {head.Number - replay.Steps} steps ahead of the journal, so users were not compared: stop the engine";
            return;
        }
        var rewriting = new StoredUsers(replay.Reigns, replay.Clock);
        foreach (var users in replay.Users.Keys.Chunk(UsersAtOnce))
        {
            var stored = await source.UsersAsync(shown.Lane, users, stop);
            for (var i = 0; i < users.Length; i++)
                if (!LaneEngine.IsOwn(stored[i].Span, head.Epoch) || !IsSame(rewriting, users[i], replay.Users[users[i]], stored[i]))
                    shown.Differing.Add(users[i].ToString());
            shown.Users += users.Length;
        }
    }

    /// <summary>Both are read and written once more: what means the same may be stored in another order.</summary>
    private static bool IsSame(StoredUsers rewriting, Utf8Text user, ReadOnlyMemory<byte> made, ReadOnlyMemory<byte> stored)
    {
        var again = rewriting.Rewritten(user, made.Span);
        return again is not null && rewriting.Rewritten(user, stored.Span) is { } other && again.AsSpan().SequenceEqual(other);
    }
}
