using System.Diagnostics;
using System.Text;
using System.Text.Json;
using StreamEngage.Steps;

namespace StreamEngage.Processes;

/// <summary>What waits for a person is listed by way of the admin port, from the store, and goes when it is answered.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class ApprovalListTests
{
    private const string Token = "operator-token-of-thirty-two-char";

    private static readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = "channels: {push: {topic: here}}\n",
        ["asked.yaml"] = "trigger: asked\non: {event: click}\ndecide: {channels: [push], expires: 1d, approval: {within: 4h, default: reject}}\n",
    };

    [ProcessFact]
    public async Task WhatWaits_IsListedUntilItIsAnswered()
    {
        using var deployment = await Deployment.OfAsync(new() { Lanes = 2, OperatorToken = Token, Rulebook = _rules });
        await deployment.Start("one").ReadyAsync();
        using var client = new HttpClient { BaseAddress = deployment.Admin };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var lane in (int[])[0, 1])
            await deployment.Cluster.ProduceAsync(
                0, lane, [.. UsersOf(lane).Select(user => JsonSerializer.Serialize(new { id = user, user, type = "click", at }))]);

        var waiting = await ListedAsync(client, deployment, count: 6);
        Assert.Equal(UsersOf(0).Concat(UsersOf(1)).Order(), waiting.Select(one => one.GetProperty("user").GetString()!).Order());
        Assert.All(waiting, one => Assert.Equal(4 * 3_600_000, one.GetProperty("due").GetInt64() - one.GetProperty("decidedAt").GetInt64()));
        Assert.All(waiting, one => Assert.Equal("reject", one.GetProperty("default").GetString()));
        var first = waiting[0];
        using var body = new StringContent(JsonSerializer.Serialize(new { user = first.GetProperty("user").GetString(), by = "lea" }));
        using var answer = await client.PostAsync($"/approvals/{first.GetProperty("promptId").GetString()}/approve", body);
        Assert.Equal(202, (int)answer.StatusCode);
        waiting = await ListedAsync(client, deployment, count: 5);
        Assert.DoesNotContain(waiting, one => one.GetProperty("promptId").GetString() == first.GetProperty("promptId").GetString());
        Assert.Equal(0, (await deployment.Instances["one"].TerminateAsync()).Exit);
    }

    /// <summary>Three whose lane it is.</summary>
    private static IEnumerable<string> UsersOf(int lane) => Enumerable.Range(0, 100).Select(number => $"u{number}")
        .Where(user => new Partitioner(KeyHash.Murmur2, 2).LaneOf(Encoding.UTF8.GetBytes(user)) == lane).Take(3);

    /// <summary>In pages of two.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ListedAsync(HttpClient client, Deployment deployment, int count)
    {
        var found = new List<JsonElement>();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
        {
            found.Clear();
            for (var next = "0"; next is not null;)
            {
                var page = JsonDocument.Parse(await client.GetStringAsync($"/approvals?limit=2&after={next}")).RootElement;
                found.AddRange(page.GetProperty("approvals").EnumerateArray());
                next = page.GetProperty("next").GetString();
            }
            if (found.Count == count) return found;
        }
        throw new TimeoutException($"{found.Count} prompts wait, not {count}.\n{deployment.Logs}");
    }
}
