using System.Text.Json;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Tests.Explaining;
using StreamEngage.Steps;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Host.Tests.Serving;

/// <summary>The page answers what the verb answers, to operators, one at a time.</summary>
public sealed class ExplainPageTests
{
    // The first of ten lanes: not in each of them something is decided.
    private const int Seed = 7;

    [Fact]
    public async Task AUser_IsExplainedAsTheVerbDoes_AndTheLogHasOnlyAHash()
    {
        var decided = 0;
        for (var seed = Seed; seed < Seed + 10; seed++) decided += await ExplainedAsync(new(seed, CaseFeatures.Settled, changes: false));
        Assert.True(decided > 0, $"seeds {Seed} to {Seed + 9}: nothing was decided");
    }

    private static async Task<int> ExplainedAsync(MadeAgainLane lane)
    {
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Explain = async (question, _) => (await lane.OfAsync(question.User), null);
        var decided = 0;
        foreach (var user in lane.Users)
        {
            var expected = new ServedExplanations(await lane.OfAsync(user)).Of(null, new(long.MaxValue));
            var (status, text) = await AskAsync(engine, JsonSerializer.Serialize(new { user }));
            Assert.Equal(200, status);
            Assert.True(JsonElement.DeepEquals(Json(ExplanationJson.Of(user, expected)), Json(text)), text);
            decided += expected.Count;
            foreach (var one in expected.Where(one => one.Outcome is not null))
            {
                var at = one.Outcome!.MadeAt.UnixMilliseconds;
                (status, text) = await AskAsync(engine, JsonSerializer.Serialize(new { user, trigger = one.Trigger.Name, at }));
                Assert.Equal((200, one.Trigger.Name), (status, Json(text).GetProperty("explanations")[0].GetProperty("trigger").GetString()));
            }
            Assert.Contains(engine.Log, line => line.StartsWith("1020 Admin: operator from 127.0.0.1 explains user ", StringComparison.Ordinal));
            Assert.DoesNotContain(engine.Log, line => line.Contains($" {user}:", StringComparison.Ordinal));
        }
        return decided;
    }

    [Fact]
    public async Task WhatIsNoQuestion_IsRefused()
    {
        await using var engine = await ServedEngine.StartAsync();
        Assert.Equal(501, (await AskAsync(engine, """{"user": "ann"}""")).Status);
        engine.Parts.Explain = (_, _) => throw new InvalidOperationException("asked");
        string[] wrong =
        [
            "", "{", "[]", "{}", """{"user": ""}""", """{"user": 7}""", """{"user": "ann", "at": "soon"}""", """{"user": "ann", "trigger": []}""",
        ];
        foreach (var body in wrong) Assert.Equal(400, (await AskAsync(engine, body)).Status);
    }

    [Fact]
    public async Task WhatCannotBeAnswered_SaysWhy()
    {
        var lane = new MadeAgainLane(Seed, CaseFeatures.Settled, changes: false);
        var rules = (await lane.OfAsync(lane.Users.First())).Rules;
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Explain = (question, _) => Task.FromResult<(ServedUser?, string?)>((new(question.User, 2) { Rules = rules }, null));
        Assert.Equal((404, """{"error":"lane 2 has no event of the user \u0027ann\u0027"}"""), await AskAsync(engine, """{"user": "ann"}"""));
        engine.Parts.Explain = async (question, _) => (await lane.OfAsync(lane.Users.First()), null);
        var (status, text) = await AskAsync(engine, JsonSerializer.Serialize(new { user = lane.Users.First(), trigger = "none-such" }));
        Assert.Equal((404, true), (status, text.Contains("there is no trigger", StringComparison.Ordinal)));
        engine.Parts.Explain = (_, _) => Task.FromResult<(ServedUser?, string?)>((null, "kafka.brokers: no broker answers"));
        Assert.Equal(503, (await AskAsync(engine, """{"user": "ann"}""")).Status);
        engine.Parts.Explain = (_, _) => throw new LogFailedException("no broker answers");
        Assert.Equal(503, (await AskAsync(engine, """{"user": "ann"}""")).Status);
    }

    [Fact]
    public async Task WhileOneIsAnswered_AnotherIsTurnedAway()
    {
        await using var engine = await ServedEngine.StartAsync();
        var (isAsked, mayAnswer) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Parts.Explain = async (_, _) =>
        {
            isAsked.SetResult();
            await mayAnswer.Task;
            return (null, "no broker answers");
        };
        var first = AskAsync(engine, """{"user": "ann"}""");
        await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(429, (await AskAsync(engine, """{"user": "bob"}""")).Status);
        mayAnswer.SetResult();
        Assert.Equal(503, (await first).Status);
        // The next one is answered, though the first was not.
        engine.Parts.Explain = (_, _) => Task.FromResult<(ServedUser?, string?)>((null, "no broker answers"));
        Assert.Equal(503, (await AskAsync(engine, """{"user": "bob"}""")).Status);
    }

    [Fact]
    public async Task AQuestion_BoundsWhatIsRead()
    {
        await using var engine = await ServedEngine.StartAsync();
        ExplainQuestion? asked = null;
        engine.Parts.Explain = (question, _) =>
        {
            asked = question;
            return Task.FromResult<(ServedUser?, string?)>((null, "no broker answers"));
        };
        await AskAsync(engine, """{"user": "ann", "trigger": "cart", "at": "1970-01-01T00:00:01Z"}""");
        Assert.Equal(new("ann", "cart", new(1_000)) { RecordsMax = Host.Serving.Settings.ServeLimits.ExplainRecordsMax }, asked);
        await AskAsync(engine, """{"user": "ann", "at": 1000}""");
        Assert.Equal(new("ann", null, new(1_000)) { RecordsMax = Host.Serving.Settings.ServeLimits.ExplainRecordsMax }, asked);
    }

    private static Task<(int Status, string Text)> AskAsync(ServedEngine engine, string body) =>
        engine.SendAsync(HttpMethod.Post, engine.Admin!, "/users/explain", ServedEngine.Operator, body);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
