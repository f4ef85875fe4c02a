using System.Text.Json;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>A prompt that waits for a person, from the state to the answer.</summary>
public sealed class ApprovalsVerbTests : IDisposable
{
    private const string Rule = "trigger: complaint\non: {event: complaint, as: c}\nper: c.ticket\ndecide: {channels: [human], approval: {within: 4h}}\n";

    private readonly RunFolder _folder = new RunFolder().Write("rules/complaint.yaml", Rule);

    [Theory]
    [InlineData("approve", 1)]
    [InlineData("reject", 0)]
    public void AnAnswer_DecidesWhenItIsRead(string answer, int sent)
    {
        Complain();
        var listed = Awaiting();
        Assert.Equal(("u1", "complaint", "t7", "reject"), (listed.User, listed.Trigger, listed.Instance, listed.Default));
        Assert.Equal(0, Of(answer, listed.PromptId, "--by", "sam", "--at", "2026-01-01T12:30:00Z", "--events", _folder["answers.ndjson"]).Exit);
        Assert.Equal(0, Run("answers.ndjson", "p.ndjson").Exit);
        Assert.Equal(sent, File.ReadLines(_folder["p.ndjson"]).Count());
        Assert.Equal("no prompt waits for an answer\n", Of("list").Output);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", "2026-01-01T12:30:00Z", "waits")]
    [InlineData(null, "2026-01-01T16:00:00.001Z", "too late")]
    public void AnAnswerToNothing_OrTooLate_IsRefused(string? id, string at, string says)
    {
        Complain();
        var answer = Of("approve", id ?? Awaiting().PromptId, "--at", at);
        Assert.Equal(1, answer.Exit);
        Assert.Contains(says, answer.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Complain()
    {
        _folder.Write("events.ndjson", """{"id":"e1","user":"u1","type":"complaint","at":"2026-01-01T12:00:00Z","props":{"ticket":"t7"}}""" + "\n");
        Assert.Equal(0, Run("events.ndjson", "none.ndjson").Exit);
    }

    private (string PromptId, string User, string Trigger, string Instance, string Default) Awaiting()
    {
        var one = Assert.Single(JsonDocument.Parse(Of("list", "--json").Output).RootElement.EnumerateArray());
        string Text(string name) => one.GetProperty(name).GetString()!;
        return (Text("promptId"), Text("user"), Text("trigger"), Text("instance"), Text("default"));
    }

    private CommandRun Run(string events, string prompts) => CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder[events],
        "--prompts", _folder[prompts], "--state", _folder["state"], "--no-drain", "--ingest-time", "none");

    private CommandRun Of(string verb, params string[] more) =>
        CommandRun.Of(["approvals", verb, .. more, "--rules", _folder.Rules, "--state", _folder["state"]]);
}
