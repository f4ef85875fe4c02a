using System.Diagnostics;
using System.Text;
using System.Text.Json;
using StreamEngage.Steps;

namespace StreamEngage.Processes;

/// <summary>What people do, what came of their prompts and what they agreed to come in topics of their own, and each lane reads its part of all.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class SeveralTopicsTests
{
    private const int Clicks = 0, Outcomes = 1, Consents = 2;
    private const int Lanes = 2;

    private static readonly Dictionary<string, string> _rules = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = "channels: {push: {topic: here}}\ncaps: [{limit: 1, per: 1h}]\n",
        ["asked.yaml"] = "trigger: asked\non: {event: view}\ndecide: {channels: [push], reentry: always}\n",
    };

    [ProcessFact]
    public async Task EventsOutcomesAndConsent_InTopicsOfTheirOwn_MeetInTheirLane_AndARestartReplaysNothing()
    {
        using var deployment = await Deployment.OfAsync(new() { Lanes = Lanes, InputTopics = 3, Rulebook = _rules, WantsDecisions = true });
        var input = new People(deployment);
        await deployment.Start("one").ReadyAsync();

        await input.SendAsync(Clicks, "view");
        await input.SendAsync(Clicks, "view");
        await input.MustHaveDecidedAsync("sent", "cap");
        // A delivery that failed gives the place back.
        await input.SendAsync(Outcomes, "prompt_outcome", new { promptId = input.LastPrompt(), outcome = "failed" });
        await input.SendAsync(Clicks, "view");
        await input.MustHaveDecidedAsync("sent", "cap", "sent");
        await input.SendAsync(Outcomes, "prompt_outcome", new { promptId = input.LastPrompt(), outcome = "failed" });
        await input.SendAsync(Consents, "consent_update", new { purpose = "marketing", status = "denied" });
        await input.SendAsync(Clicks, "view");
        await input.MustHaveDecidedAsync("sent", "cap", "sent", "no-consent");

        Assert.Equal(0, (await deployment.Instances["one"].TerminateAsync()).Exit);
        var again = deployment.Start("one");
        await again.ReadyAsync();
        await input.AppliedAsync();
        Assert.DoesNotContain(again.Lines, line => line.Contains("replayed from the journal", StringComparison.Ordinal));
        // It goes on where each of the topics stood.
        await input.SendAsync(Consents, "consent_update", new { purpose = "marketing", status = "granted" });
        await input.SendAsync(Clicks, "view");
        await input.MustHaveDecidedAsync("sent", "cap", "sent", "no-consent", "sent");
        Assert.Equal(0, (await again.TerminateAsync()).Exit);

        using var replay = ServedProcess.Start(null, "replay", "--config", deployment["one.yaml"]);
        var exit = await replay.EndAsync(TimeSpan.FromSeconds(60));
        Assert.True(exit == 0, replay.Log);
    }

    /// <summary>Ann in the lane that is hers, and what was said of her.</summary>
    private sealed class People(Deployment deployment)
    {
        private const string User = "ann";

        private readonly int _lane = new Partitioner(KeyHash.Murmur2, Lanes).LaneOf(Encoding.UTF8.GetBytes(User));
        private readonly int[] _sent = new int[3];

        /// <summary>One event, which is applied when this returns: topics have no order among each other.</summary>
        public async Task SendAsync(int topic, string type, object? props = null)
        {
            var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await deployment.Cluster.ProduceAsync(topic, _lane,
                JsonSerializer.Serialize(new { id = $"{topic}-{_sent[topic]}", user = User, type, at, props = props ?? new { } }));
            _sent[topic]++;
            await AppliedAsync();
        }

        /// <summary>The lane stands behind the last event of each topic.</summary>
        public Task AppliedAsync() => UntilAsync(async () =>
            await deployment.Instances["one"].LookAsync() is { } lanes && lanes.Any(lane =>
                lane is { State: "running", Outbox: 0 } && lane.Lane == _lane
                && lane.Applied.StartsWith($"{string.Join(',', _sent)},", StringComparison.Ordinal)));

        /// <summary>So far, one after the other: the verdict, or why there was no prompt.</summary>
        public async Task MustHaveDecidedAsync(params string[] verdicts)
        {
            await UntilAsync(() => Task.FromResult(Decided().Count >= verdicts.Length));
            Assert.Equal(verdicts, Decided());
        }

        public string LastPrompt() => deployment.Cluster.Visible(deployment.Cluster.Prompts, Lanes)
            .Select(one => JsonDocument.Parse(one.Message.Value).RootElement).OrderBy(prompt => prompt.GetProperty("decidedAt").GetInt64())
            .Last().GetProperty("promptId").GetString()!;

        private List<string> Decided() =>
        [
            .. from one in deployment.Cluster.Visible(deployment.Cluster.Settings.DecisionTopic!, Lanes)
               let decision = JsonDocument.Parse(one.Message.Value).RootElement
               select decision.GetProperty("verdict").GetString() is "sent" ? "sent" : decision.GetProperty("reason").GetString(),
        ];

        private async Task UntilAsync(Func<Task<bool>> isSo)
        {
            for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
                if (await isSo()) return;
            throw new TimeoutException($"{string.Join(',', _sent)} was sent; {string.Join(' ', Decided())}\n{deployment.Logs}");
        }
    }
}
