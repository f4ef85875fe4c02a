using StreamEngage.Steps;

namespace StreamEngage.Host.Tests.Serving;

public sealed class UserPagesTests
{
    private const string Prompt = "d3a7dc77b5b143e87ab8f80b1a6b8c6d";

    [Fact]
    public async Task Erase_IsAnEventInTheUsersLaneAndLogsOnlyAHash()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = new LanePostbox();

        Assert.Equal(501, (await PostAsync(engine, "/users/erase", """{"user": "bob@example.org"}""")).Status);
        engine.Parts.Control.Post = lanes.Open();
        Assert.Equal(202, (await PostAsync(engine, "/users/erase", """{"user": "bob@example.org"}""")).Status);
        Assert.Equal(202, (await PostAsync(engine, "/users/erase", """{"user": "bob@example.org"}""")).Status);
        var (lane, message) = lanes.Told[0];
        Assert.Equal((1, MessageKind.Event, LaneMessage.NoLane), (lane, message.Kind, message.Sender));
        Assert.Matches("""^\{"id":"erase-[0-9a-f]{32}","user":"bob@example.org","type":"erase","at":\d+\}$""", lanes.TextOf(0));
        // Asked again it is another event: the user may have come back meanwhile.
        Assert.NotEqual(lanes.TextOf(0), lanes.TextOf(1));
        foreach (var wrong in new[] { "", "[]", "{}", """{"user": 3}""", """{"user": ""}""", "{", $$"""{"user": "{{new string('x', 300)}}"}""" })
            Assert.Equal(400, (await PostAsync(engine, "/users/erase", wrong)).Status);
        Assert.Equal(3, engine.Log.Count(line => line.Contains("erases user", StringComparison.Ordinal)));
        Assert.DoesNotContain("bob@", string.Join('\n', engine.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_IsAnEventInTheUsersLane()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = new LanePostbox();
        engine.Parts.Control.Post = lanes.Open();

        Assert.Equal(202, (await PostAsync(engine, $"/approvals/{Prompt}/approve", """{"user": "ann", "by": "lea"}""")).Status);
        Assert.Equal(202, (await PostAsync(engine, $"/approvals/{Prompt.ToUpperInvariant()}/reject", """{"user": "cleo"}""")).Status);
        Assert.Equal([0, 2], lanes.Told.Select(told => told.Lane));
        Assert.StartsWith($"{{\"id\":\"approved-{Prompt}\",\"user\":\"ann\",\"type\":\"prompt_approval\",\"at\":", lanes.TextOf(0), StringComparison.Ordinal);
        Assert.EndsWith($"\"props\":{{\"promptId\":\"{Prompt}\",\"status\":\"approved\",\"by\":\"lea\"}}}}", lanes.TextOf(0), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"rejected\"", lanes.TextOf(1), StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(engine, "/approvals/12/approve", """{"user": "ann"}""")).Status);
        Assert.Equal(400, (await PostAsync(engine, $"/approvals/{Prompt}/approve", "{}")).Status);
        Assert.Equal(400, (await PostAsync(engine, $"/approvals/{Prompt[..31]}x/reject", """{"user": "ann"}""")).Status);
        Assert.Contains($"1020 Admin: operator from 127.0.0.1 approves prompt {Prompt}: written to the user's lane", engine.Log);
        Assert.DoesNotContain("cleo", string.Join('\n', engine.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeWritten_IsSaidSo()
    {
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Control.Post = new LanePostbox { FailsFrom = 0 }.Open();

        var (status, text) = await PostAsync(engine, "/users/erase", """{"user": "ann"}""");
        Assert.Equal(503, status);
        Assert.Contains("repeat the request", text, StringComparison.Ordinal);
    }

    private static Task<(int Status, string Text)> PostAsync(ServedEngine engine, string path, string body) =>
        engine.SendAsync(HttpMethod.Post, engine.Admin!, path, ServedEngine.Operator, body);
}
