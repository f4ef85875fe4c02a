using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace StreamEngage.Processes;

/// <summary>Of who is forgotten nothing stays that they said, in the store or in what is published from then on, whatever happens to the store.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class ErasureTests
{
    private const int Lanes = 1;
    private const string Canary = "canary-b7e151628aed";

    private static readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = "channels: {push: {topic: here}}\n",
        ["left.yaml"] = """
            trigger: left
            on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 10m}}
            decide: {channels: [push], reentry: always}
            prompt: {data: {note: cart.note, city: user.city}}
            """,
        ["added.yaml"] = """
            trigger: added
            on: {event: cart_add}
            decide: {channels: [push], reentry: always, priority: 10}
            prompt: {data: {note: event.note, notes: "distinct(cart_add.note) over 1h", city: user.city}}
            """,
    };

    [ProcessFact]
    public async Task WhatWasSaidBeforeAnErasure_IsNowhere_AlsoAfterARestartAndAfterTheStoreWasLost()
    {
        using var deployment = await Deployment.OfAsync(new() { Lanes = Lanes, Rulebook = _rules, WantsDecisions = true, BreaksRedis = true });
        var ann = new Ann(deployment);
        await deployment.Start("one").ReadyAsync();
        await ann.SaysAsync("profile_update", new { city = $"{Canary}-city" });
        await ann.SaysAsync("cart_add", new { note = $"{Canary}-note" });
        // What is looked for can be found.
        Assert.Contains(Canary, InStore(deployment), StringComparison.Ordinal);
        Assert.Contains(Published(deployment), record => record.Contains(Canary, StringComparison.Ordinal));

        await ann.SaysAsync("erase", new { });
        var before = Published(deployment).Count;
        Assert.DoesNotContain(Canary, InStore(deployment), StringComparison.Ordinal);
        await MustBeNowhereAsync("after the erasure");

        deployment.Instances["one"].Kill();
        await deployment.Start("one").ReadyAsync();
        await MustBeNowhereAsync("after a restart");

        Assert.Equal("OK", deployment.OwnRedis!.Ask("FLUSHALL"));
        await ann.AppliedAsync();
        await MustBeNowhereAsync("after the store was lost and the lane built again");

        async Task MustBeNowhereAsync(string when)
        {
            // Ann is back, and is prompted, by somebody who does not remember.
            var prompts = Published(deployment).Count;
            await ann.SaysAsync("cart_add", new { note = "another" });
            Assert.True(Published(deployment).Count > prompts, $"{when}: nothing was published\n{deployment.Logs}");
            Assert.DoesNotContain(Published(deployment).Skip(before), record => record.Contains(Canary, StringComparison.Ordinal));
            Assert.False(InStore(deployment).Contains(Canary, StringComparison.Ordinal), when);
        }
    }

    /// <summary>All that the store holds, names and contents.</summary>
    private static string InStore(Deployment deployment)
    {
        var redis = deployment.OwnRedis!;
        return string.Join('\n', redis.Ask("KEYS *").Split('\n').Where(key => key.Length > 0).Select(key => $"{key} {redis.Ask(Reading(key))}"));

        string Reading(string key) => redis.Ask($"TYPE {key}") switch
        {
            "string" => $"GET {key}",
            "hash" => $"HGETALL {key}",
            "zset" => $"ZRANGE {key} 0 -1",
            var other => throw new InvalidOperationException($"{key} is a {other}."),
        };
    }

    /// <summary>All that the engine wrote to its topics, in the order of each.</summary>
    private static List<string> Published(Deployment deployment)
    {
        var kafka = deployment.Cluster.Settings;
        string[] topics = [deployment.Cluster.Prompts, kafka.DecisionTopic!, kafka.QuarantineTopic, kafka.JournalTopic, kafka.ExchangeTopic];
        var records = topics.SelectMany(topic => deployment.Cluster.Visible(topic, Lanes)).OrderBy(one => one.Message.Timestamp.UnixTimestampMs);
        return [.. records.Select(one => Encoding.UTF8.GetString(one.Message.Value))];
    }

    private sealed class Ann(Deployment deployment)
    {
        private int _said;

        /// <summary>It is applied, and what came of it is published, when this returns.</summary>
        public async Task SaysAsync(string type, object props)
        {
            var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await deployment.Cluster.ProduceAsync(0, 0, JsonSerializer.Serialize(new { id = $"e{_said}", user = "ann", type, at, props }));
            _said++;
            await AppliedAsync();
        }

        public async Task AppliedAsync()
        {
            for (var waited = Stopwatch.StartNew(); waited.Elapsed < Deployment.Patience; await Task.Delay(50))
                if (await deployment.Instances["one"].LookAsync() is [{ State: "running", Outbox: 0 } lane]
                    && lane.Applied.StartsWith($"{_said},", StringComparison.Ordinal) && deployment.OwnRedis!.Ask("DBSIZE") != "0") return;
            throw new TimeoutException($"What was said is not applied.\n{deployment.Logs}");
        }
    }
}
