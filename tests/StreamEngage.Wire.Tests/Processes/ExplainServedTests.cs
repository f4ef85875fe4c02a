using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Steps;

namespace StreamEngage.Processes;

/// <summary>The verb <c>explain</c> on what an instance left in its topics: the decision that was taken, and why.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class ExplainServedTests
{
    private const string Token = "operator-token-of-thirty-two-char";

    private static readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = """
            lateness: 5m
            channels: {push: {topic: here}}
            caps: [{limit: 1, per: 1h}]
            """,
        ["big.yaml"] = """
            trigger: big
            on: {event: cart_add, as: cart}
            if: sum(cart_add.price) over 1h >= 100
            decide: {channels: [push]}
            """,
        ["left.yaml"] = """
            trigger: left
            on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 300ms}}
            decide: {channels: [push], priority: 10}
            prompt: {data: {price: cart.price}}
            """,
        ["seldom.yaml"] = """
            trigger: seldom
            on: {event: gone}
            """,
    };

    [ProcessFact]
    public async Task ASentAndASuppressedDecision_AreTheOnesOfTheDecisionTopic()
    {
        using var deployment = await Deployment.OfAsync(new() { Rulebook = _rules, WantsDecisions = true, OperatorToken = Token });
        var instance = deployment.Start("one");
        await instance.ReadyAsync();
        var (user, others) = ("ann \u00e9", Enumerable.Range(0, 20).Select(number => $"u{number}"));
        var ends = await PlayAsync(deployment, [.. others, user]);
        await deployment.SettleAsync(ends);
        var recorded = await RecordedAsync(deployment, user, count: 3);
        var answered = await AskAsync(deployment, user);
        Assert.Equal(0, (await instance.TerminateAsync()).Exit);

        var (exit, all) = await ExplainAsync(deployment, "--user", user);
        // The engine had said the same of itself, while it served.
        Assert.True(JsonElement.DeepEquals(all, answered), $"{answered}\n{all}");
        var explained = all.GetProperty("explanations").EnumerateArray().ToDictionary(one => one.GetProperty("trigger").GetString()!);
        Assert.Equal((0, "big left"), (exit, string.Join(' ', explained.Keys.Order())));
        foreach (var (trigger, one) in explained)
        {
            var decision = one.GetProperty("decision").GetRawText();
            Assert.Equal(recorded.Last(line => line.Contains($"\"trigger\":\"{trigger}\"", StringComparison.Ordinal)), decision);
            Assert.True(one.GetProperty("served").GetProperty("madeAgain").GetBoolean(), $"{one}");
            Assert.True(one.GetProperty("served").GetProperty("inDecisionTopic").GetBoolean(), $"{one}");
        }
        var sent = explained["big"];
        Assert.Equal("sent", sent.GetProperty("decision").GetProperty("verdict").GetString());
        Assert.Equal("was published", sent.GetProperty("served").GetProperty("prompt").GetString());
        Assert.Contains(sent.GetProperty("values").EnumerateArray(), value => value.GetProperty("value").GetString() == "110");
        var suppressed = explained["left"];
        Assert.Equal("cap", suppressed.GetProperty("decision").GetProperty("reason").GetString());
        Assert.Contains("had 1 more slot", suppressed.GetProperty("flips")[0].GetProperty("says").GetString(), StringComparison.Ordinal);
        // The first of the two was not enough.
        var first = JsonDocument.Parse(recorded[0]).RootElement.GetProperty("at").GetInt64().ToString(CultureInfo.InvariantCulture);
        (exit, var before) = await ExplainAsync(deployment, "--user", user, "--trigger", "big", "--at", first);
        Assert.Equal((0, "predicate"), (exit, before.GetProperty("explanations")[0].GetProperty("decision").GetProperty("reason").GetString()));
        (exit, var none) = await ExplainAsync(deployment, "--user", user, "--trigger", "seldom");
        Assert.Equal((0, JsonValueKind.Null), (exit, none.GetProperty("explanations")[0].GetProperty("decision").ValueKind));
        Assert.Equal(1, (await ExplainAsync(deployment, "--user", "nobody")).Exit);
        Assert.Equal(2, (await ExplainAsync(deployment, "--user", user, "--trigger", "seldon")).Exit);
        Assert.Equal(0, await ReplayAsync(deployment));
    }

    /// <summary>
    /// Each user puts two things into the cart, one right after the other, and somebody else moves the clock on. Ahead of the wall clock, so that no tick
    /// comes between, however slow the machine is.
    /// </summary>
    private static async Task<IReadOnlyList<long>> PlayAsync(Deployment deployment, IReadOnlyList<string> users)
    {
        var partitioner = new Partitioner(KeyHash.Murmur2, deployment.Lanes);
        var ends = new long[deployment.Lanes];
        foreach (var lane in users.GroupBy(user => partitioner.LaneOf(Encoding.UTF8.GetBytes(user))))
        {
            var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 120_000;
            string[] clicks =
            [
                .. lane.Select(user => Click(user, 0, 50, at)), .. lane.Select(user => Click(user, 1, 60, at + 1)), Click("closer", 0, 0, at + 1_000),
            ];
            await deployment.Cluster.ProduceAsync(0, lane.Key, clicks);
            ends[lane.Key] = clicks.Length;
        }
        return ends;
    }

    private static string Click(string user, int number, int price, long at) =>
        JsonSerializer.Serialize(new { id = $"{user}-{number}", user, type = "cart_add", at, props = new { price, colour = "red" } });

    /// <summary>The user's lines of the decision topic, when there are as many.</summary>
    private static async Task<IReadOnlyList<string>> RecordedAsync(Deployment deployment, string user, int count)
    {
        var shown = "";
        for (var until = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < until; await Task.Delay(100))
        {
            var all = deployment.Cluster.Visible(deployment.Cluster.Settings.DecisionTopic!, deployment.Lanes);
            shown = string.Join('\n', all.Select(one => Encoding.UTF8.GetString(one.Message.Value)));
            var lines = all.Where(one => Encoding.UTF8.GetString(one.Message.Key) == user).Select(one => Encoding.UTF8.GetString(one.Message.Value)).ToList();
            if (lines.Count >= count) return lines;
        }
        throw new TimeoutException($"There are not {count} decisions:\n{shown}\n{deployment.Logs}");
    }

    private static async Task<(int? Exit, JsonElement Json)> ExplainAsync(Deployment deployment, params string[] args)
    {
        using var explain = ServedProcess.Start(null, ["explain", "--config", deployment["one.yaml"], "--json", .. args]);
        var exit = await explain.EndAsync(TimeSpan.FromSeconds(60));
        var line = explain.Lines.LastOrDefault(text => text.StartsWith('{'));
        return (exit, line is null && exit == 0 ? throw new InvalidOperationException(explain.Log) : JsonDocument.Parse(line ?? "{}").RootElement);
    }

    /// <summary>By way of the admin port.</summary>
    private static async Task<JsonElement> AskAsync(Deployment deployment, string user)
    {
        using var client = new HttpClient { BaseAddress = deployment.Admin };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var body = new StringContent(JsonSerializer.Serialize(new { user }));
        using var answer = await client.PostAsync("/users/explain", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{text}\n{deployment.Logs}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Decision records among what the journal settles are no phantoms.</summary>
    private static async Task<int?> ReplayAsync(Deployment deployment)
    {
        using var replay = ServedProcess.Start(null, "replay", "--config", deployment["one.yaml"]);
        var exit = await replay.EndAsync(TimeSpan.FromSeconds(60));
        return exit == 0 ? exit : throw new InvalidOperationException(replay.Log);
    }
}
