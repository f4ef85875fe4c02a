using StreamEngage.Detect;
using StreamEngage.Testing;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// What a history came to, beside what one engine makes of the same input that nothing ever happened to: what is visible, and how users stand.
/// </summary>
internal sealed class Audit
{
    private readonly SimulatedBroker _broker;
    private readonly InMemoryLaneStore _store;
    private readonly LaneTopics _topics;
    private readonly List<(LaneLog Log, Undisturbed Made)> _lanes;

    public Audit(CompiledRulebook rulebook, LaneTopics topics, SimulatedBroker broker, InMemoryLaneStore store, Func<LaneLog, LaneLog> placed)
    {
        (_broker, _store, _topics) = (broker, store, topics);
        _lanes = [.. Enumerable.Range(0, broker.Lanes).Select(lane => placed(broker.LogOf(lane))).Select(log => (log, Undisturbed.Of(rulebook, topics, log)))];
    }

    /// <summary>Prompts that were decided and, since their users opted out, not published.</summary>
    public int Withdrawn { get; private set; }

    /// <summary>Each lane with what it should have come to.</summary>
    public IEnumerable<(LaneLog Log, Undisturbed Made)> Lanes => _lanes;

    /// <summary>Null: each is there once, and users stand as they must.</summary>
    /// <param name="isAtLeastOnce">What is there twice is no problem.</param>
    public string? Problem(bool isAtLeastOnce)
    {
        var visible = _broker.Visible.Concat(_broker.VisibleMessages(_topics.Exchange)).Select(record => Undisturbed.KeyOf(record, _topics)).ToList();
        if (isAtLeastOnce) visible = [.. visible.Distinct()];
        var expected = _lanes.SelectMany(lane => lane.Made.Records.Select(one => (Key: Undisturbed.KeyOf(one.Record, _topics), one.MayBeWithdrawn))).ToList();
        var twice = visible.GroupBy(key => key).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        var seen = visible.ToHashSet();
        var missing = expected.Where(one => !seen.Contains(one.Key)).ToList();
        var lost = missing.Where(one => !one.MayBeWithdrawn).Select(one => one.Key).ToList();
        lost.AddRange(_lanes.Where(lane => lane.Made.Applied != lane.Log.Records)
            .Select(lane => $"the journal ends at record {lane.Made.Applied} of {lane.Log.Records}"));
        var phantom = visible.Except(expected.Select(one => one.Key)).ToList();
        var otherwise = _lanes.SelectMany(lane => Differing(lane.Log.Lane, lane.Made)).ToList();
        Withdrawn = missing.Count(one => one.MayBeWithdrawn);
        return twice.Count + lost.Count + phantom.Count + otherwise.Count == 0 ? null
            : $"duplicate: {Shown(twice)}; lost: {Shown(lost)}; phantom: {Shown(phantom)}; users who stand otherwise: {Shown(otherwise)}";
    }

    public static string Shown(List<string> keys) => keys.Count == 0 ? "none" : $"{keys.Count} ({string.Join(", ", keys.Take(3))})";

    /// <summary>Users of a lane whose stored records do not mean what they must.</summary>
    private IEnumerable<string> Differing(int lane, Undisturbed made)
    {
        var epoch = LaneHead.Decode(_store.HeadOf(lane).Span)!.Epoch;
        var rewriting = new StoredUsers(made.Reigns, made.Clock);
        foreach (var (user, record) in made.Users)
        {
            var stored = _store.LoadAsync(lane, [user], null, 0, default).GetAwaiter().GetResult().Records[0];
            if (!LaneEngine.IsOwn(stored.Span, epoch)) yield return $"{user} is not of epoch {epoch}";
            else if (!IsSame(rewriting.Rewritten(user, record.Span), rewriting.Rewritten(user, stored.Span))) yield return $"{user}";
        }
    }

    private static bool IsSame(byte[]? made, byte[]? stored) => made is not null && stored is not null && made.AsSpan().SequenceEqual(stored);
}
