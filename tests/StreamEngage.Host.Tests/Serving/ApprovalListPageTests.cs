using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Host.Approving;
using StreamEngage.Rulebooks;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Tests.Serving;

/// <summary><c>GET /approvals</c> over the records of a lane's users.</summary>
public sealed class ApprovalListPageTests
{
    private const string Rule = "trigger: t\non: {event: click, where: \"event.n > 0\"}\nper: event.n\ndecide: {approval: {within: 1h, default: approve}}\n";

    [Fact]
    public async Task WhatWaits_IsListedWithItsDeadlineAndWhatSilenceMeans()
    {
        var (_, text) = await GetAsync(await LaneAsync(), "/approvals");
        var all = JsonDocument.Parse(text).RootElement;
        Assert.Equal(("u0 u0 u1 u2", JsonValueKind.Null), (Users(all), all.GetProperty("next").ValueKind));
        var first = all.GetProperty("approvals")[0];
        Assert.Equal(32, first.GetProperty("promptId").GetString()!.Length);
        Assert.Equal(("t", "1", "approve"), (Text(first, "trigger"), Text(first, "instance"), Text(first, "default")));
        Assert.Equal((1_000, 3_601_000), (first.GetProperty("decidedAt").GetInt64(), first.GetProperty("due").GetInt64()));
    }

    [Fact]
    public async Task Pages_GoOnWhereTheLastOneEnded()
    {
        var (users, pages) = (new List<string>(), 0);
        for (var next = "0"; next is not null; pages++)
        {
            var (_, text) = await GetAsync(await LaneAsync(), $"/approvals?limit=1&after={next}");
            var page = JsonDocument.Parse(text).RootElement;
            if (Users(page) is { Length: > 0 } some) users.Add(some);
            next = page.GetProperty("next").GetString();
        }
        // A user's prompts are not parted; the last page finds that there is no more.
        Assert.Equal(("u0 u0, u1, u2", 4), (string.Join(", ", users), pages));
    }

    [Fact]
    public async Task WhoIsAnsweredMeanwhile_MovesNobodyElse()
    {
        var (_, text) = await GetAsync(await LaneAsync(), "/approvals?limit=3");
        Assert.Equal("u0 u0 u1", Users(JsonDocument.Parse(text).RootElement));
        var next = JsonDocument.Parse(text).RootElement.GetProperty("next").GetString();
        (_, text) = await GetAsync(await LaneAsync(without: "u0"), $"/approvals?limit=3&after={next}");
        Assert.Equal("u2", Users(JsonDocument.Parse(text).RootElement));
    }

    [Theory]
    [InlineData("/approvals?limit=0")]
    [InlineData("/approvals?limit=1001")]
    [InlineData("/approvals?limit=many")]
    [InlineData("/approvals?after=x")]
    [InlineData("/approvals?after=1.2")]
    [InlineData("/approvals?after=1.-2.dTA")]
    [InlineData("/approvals?after=1.2.d!")]
    [InlineData("/approvals?after=1.2.dTA.3")]
    public async Task WrongQuestions_AreRefused(string path) => Assert.Equal(400, (await GetAsync(await LaneAsync(), path)).Status);

    [Fact]
    public async Task WithoutAStore_OrWhereItDoesNotAnswer_ThatIsSaid()
    {
        Assert.Equal(501, (await GetAsync(null, "/approvals")).Status);
        var (status, text) = await GetAsync(new(1, new((_, _) => throw new StoreFailedException("Redis is away"), Nobody)), "/approvals");
        Assert.Equal((503, true), (status, text.Contains("Redis is away", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task NoMoreThanTheBound_IsLookedAt()
    {
        var (users, _) = await UsersAsync();
        // Somebody of whom nothing waits, again and again.
        var idle = users.First(user => user.Key.ToString() == "idle");
        var due = new DueUser(idle.Key, 0, idle.Value);
        var pages = new ApprovalPages(1, new((_, _) => Task.FromResult<AwaitingUsers?>(Reader()), (_, page, _) =>
            Task.FromResult<IReadOnlyList<DueUser>>([.. Enumerable.Repeat(due, page.Most)])));
        var (_, text) = await GetAsync(pages, "/approvals");
        var shown = JsonDocument.Parse(text).RootElement;
        Assert.Equal((ApprovalPages.LookedMax, $"0.0.{Base64Url.EncodeToString("idle"u8)}"), (shown.GetProperty("looked").GetInt32(), Text(shown, "next")));
    }

    private static Task<IReadOnlyList<DueUser>> Nobody(int lane, (long Through, DuePlace? After, int Most) page, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<DueUser>>([]);

    /// <summary>The first of three lanes never had a step, the last has nobody.</summary>
    private static async Task<ApprovalPages> LaneAsync(string? without = null)
    {
        var (users, _) = await UsersAsync();
        var due = users.Where(user => user.Key.ToString() != without).OrderBy(user => user.Key).Select(user => new DueUser(user.Key, 0, user.Value)).ToList();
        return new(3, new(
            (lane, _) => Task.FromResult(lane == 0 ? null : Reader()),
            (lane, page, _) => Task.FromResult<IReadOnlyList<DueUser>>(
                lane == 1 && page.Through >= 3_600_000 ? [.. due.Where(one => page.After is not { } after || one.User > after.User).Take(page.Most)] : [])));
    }

    private static CompiledRulebook Rulebook { get; } =
        RulebookCompiler.Compile(RulebookFiles.Read(new Dictionary<string, string> { ["t.yaml"] = Rule }).Definition!);

    private static AwaitingUsers Reader() =>
        new(LaneReigns.Of(Rulebook), new() { Number = 1, Applied = new([0, 0]), Source = default, Rulebook = "1" });

    /// <summary>As a lane has them.</summary>
    private static async Task<(Dictionary<Events.Utf8Text, ReadOnlyMemory<byte>> Users, LaneReplay Replay)> UsersAsync()
    {
        string[] lines = [Line("u0", 1), Line("u1", 1), Line("u2", 1), Line("u0", 2), Line("idle", 0)];
        var topics = new LaneTopics(["input"], "exchange", Rulebook.Definition.Policy.Channels, "quarantine", null);
        var rules = new ReplayRules(Rulebook, RulebookText.Named("1"), RulebookShelf.Empty, schema => new JsonRecords(schema));
        var replay = new LaneReplay(rules, topics, 0, new(KeyHash.Murmur2, 1));
        Assert.Null(await replay.RunAsync([new(1, new([lines.Length, 0]), null, "1", 0)], ReadAsync, default));
        return (replay.Users, replay);

        async IAsyncEnumerable<InputRecord> ReadAsync(int topic, long until)
        {
            for (var i = 0; topic == 0 && i < until; i++) yield return new(0, 0, i, 1_000, Encoding.UTF8.GetBytes(lines[i]));
            await Task.CompletedTask;
        }

        static string Line(string user, int n) => string.Create(CultureInfo.InvariantCulture,
            $$$"""{"id": "{{{user}}}-{{{n}}}", "user": "{{{user}}}", "type": "click", "at": 1000, "props": {"n": {{{n}}}}}""");
    }

    private static async Task<(int Status, string Text)> GetAsync(ApprovalPages? pages, string path)
    {
        await using var engine = await ServedEngine.StartAsync();
        engine.Parts.Approvals = pages;
        return await engine.GetAsync(engine.Admin!, path, ServedEngine.Reader);
    }

    private static string Users(JsonElement page) => string.Join(' ', page.GetProperty("approvals").EnumerateArray().Select(one => Text(one, "user")));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
