using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Host.Explaining;
using StreamEngage.Tests.Naive.Cases;
using Xunit.Abstractions;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>An engine that is fed what a lane brought to one user decides what the lane decided.</summary>
public sealed class ServedUserTests(ITestOutputHelper output)
{
    [Fact]
    public async Task OfARandomLane_EachUsersDecisions_AreMadeAgain()
    {
        var count = 0;
        foreach (var (recorded, again, where) in await UsersAsync(1, 100, changes: false))
        {
            Assert.True(recorded.SequenceEqual(again), Differing(recorded, again, where));
            count += recorded.Count;
        }
        output.WriteLine($"{count} decisions");
        Assert.True(count > 500);
    }

    /// <summary>
    /// A lane that is under a new rulebook does not look at users to whom nothing happens: where such a one enters a new segment by time passing, a run decides
    /// and the lane does not.
    /// </summary>
    [Fact]
    public async Task OfALaneWhoseRulebookChanges_EachUsersDecisions_AreMadeAgain()
    {
        var (count, more) = (0, 0);
        foreach (var (recorded, again, where) in await UsersAsync(5_201, 60, changes: true))
        {
            var extra = again.Except(recorded).ToList();
            Assert.True(recorded.SequenceEqual(again.Except(extra)) && extra.TrueForAll(IsMadeByTime), Differing(recorded, again, where));
            (count, more) = (count + recorded.Count, more + extra.Count);
        }
        output.WriteLine($"{count} decisions, and {more} that time alone made");
        Assert.InRange(more, 0, count / 50);
    }

    private static async Task<List<(List<string> Recorded, List<string> Again, string Where)>> UsersAsync(int from, int count, bool changes)
    {
        var users = new List<(List<string> Recorded, List<string> Again, string Where)>();
        for (var seed = from; seed < from + count; seed++)
        {
            var lane = new MadeAgainLane(seed, CaseFeatures.Settled, changes);
            foreach (var user in lane.Users)
            {
                var served = await lane.OfAsync(user);
                var again = Course.Of(served.PremiseUnder(served.Rulebooks.Count - 1), drain: false).Decisions;
                users.Add((Lines(served.Decisions.Select(made => made.Decision)), Lines(again), $"seed {seed}, user {user}"));
            }
        }
        return users;
    }

    private static bool IsMadeByTime(string line) => line.Contains("\"causes\":[]", StringComparison.Ordinal);

    private static string Differing(List<string> recorded, List<string> again, string where) =>
        $"{where}:\n{string.Join('\n', recorded)}\nagain:\n{string.Join('\n', again)}";

    /// <summary>What a change ends is told of when the user is met, which may be after the last event.</summary>
    private static List<string> Lines(IEnumerable<DecisionRecord> decisions) =>
        [.. decisions.Where(decision => decision.Reason != Reason.Retired).Select(RecordedDecisions.Line).Order(StringComparer.Ordinal)];
}
