using System.Globalization;
using System.Text;
using StreamEngage.Events;
using StreamEngage.Rulebooks;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Benchmarks;

/// <summary>What real users cost in Redis: the records that a lane leaves of everybody in a stream, under the names that the stream gives them.</summary>
internal static class RedisUsers
{
    private const int StepEvents = 500;
    // After all of them: none is from the future.
    private const long Arrival = 4_102_444_800_000;

    /// <param name="address">A database that is empty and nobody else's.</param>
    /// <param name="rules">Folder of the rulebook.</param>
    /// <param name="lines">File of events, one JSON a line.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(string address, string rules, string lines)
    {
        await using var redis = await MeasuredRedis.OpenAsync(address);
        var users = LeftBy(rules, lines, out var events);
        var before = await redis.UsedBytesAsync();
        await redis.Store.AcquireAsync(0, "token", default);
        foreach (var (step, some) in users.Values.Chunk(StepEvents).Index())
            await redis.Store.PrepareAsync(
                0, "token", new() { Step = step + 1, StepId = $"{step}", Head = new byte[128], Users = some, Added = [], Trimmed = [] }, default);
        var used = (await redis.UsedBytesAsync() - before) / (double)users.Count;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(rules));
        return [F($"{name}: {events:n0} events of {users.Count:n0} users"), "", .. await TableAsync(redis, users, used)];
    }

    private static async Task<IReadOnlyList<string>> TableAsync(MeasuredRedis redis, Dictionary<Utf8Text, UserWrite> users, double used)
    {
        var records = users.Values.Select(user => (double)user.Record.Length).Order().ToArray();
        var usage = new List<double>();
        foreach (var user in users.Keys.Where((_, place) => place % Math.Max(1, users.Count / 2_000) == 0))
            usage.Add(await redis.NumberAsync("MEMORY", "USAGE", redis.Keys.Of(user)));
        double[] usages = [.. usage.Order()];
        return
        [
            "| bytes a user | median | mean | p90 | p99 |", "|---|---|---|---|---|",
            Row("record", records), Row("MEMORY USAGE of the key", usages),
            F($"| used_memory, keys of those with something due ({users.Values.Count(user => user.Due is not null):n0}) too | | {used:f0} | | |"),
        ];
    }

    private static string Row(string name, double[] sorted) =>
        F($"| {name} | {At(sorted, 0.5):f0} | {sorted.Average():f0} | {At(sorted, 0.9):f0} | {At(sorted, 0.99):f0} |");

    private static Dictionary<Utf8Text, UserWrite> LeftBy(string rules, string lines, out int events)
    {
        var rulebook = Rules.Read(RulebookFolder.Read(rules));
        var (reigns, decoder) = (LaneReigns.Of(rulebook, RulebookText.Named("1")), new JsonRecords(rulebook.Schema));
        var engine = new LaneEngine(reigns, decoder, new(0, 1, rulebook), cachedBytes: long.MaxValue, wantsDecisions: false);
        var users = new Dictionary<Utf8Text, UserWrite>();
        events = 0;
        foreach (var step in File.ReadLines(lines).Chunk(StepEvents))
        {
            foreach (var line in step) engine.Take(new InputRecord(0, 0, events++, Arrival, Encoding.UTF8.GetBytes(line)), rate: null, unfit: []);
            engine.Run(tick: null);
            foreach (var write in engine.Changes(epoch: 0)) users[write.User.Detach()] = write;
            engine.Done();
        }
        return users;
    }

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
