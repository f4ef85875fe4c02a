using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StreamEngage.Host.Tests.Verbs;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Tests.Serving;

public sealed class RulebookPagesTests
{
    private static readonly string _next = RunFolder.CartRule.Replace("version: 1", "version: 2", StringComparison.Ordinal);

    [Fact]
    public async Task WrongRulebook_IsAnsweredWithItsProblems_AndNobodyIsToldOfIt()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);

        var (status, text) = await PutAsync(engine, RunFolder.CartRule.Replace("purchase", "[", StringComparison.Ordinal));
        Assert.Equal(422, status);
        Assert.Contains("cart.yaml(", text, StringComparison.Ordinal);
        foreach (var wrong in new[] { "no json", "[]", "{}", """{"files": 3}""", """{"files": {"cart.yaml": 3}}""" })
            Assert.Equal(422, (await engine.SendAsync(HttpMethod.Put, engine.Admin!, "/rulebook", ServedEngine.Operator, wrong)).Status);
        Assert.Empty(lanes.Told);
    }

    [Fact]
    public async Task RightRulebook_GoesToEveryLane_AndTwiceIsTheSame()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);

        var (status, text) = await PutAsync(engine, _next);
        Assert.Equal(202, status);
        Assert.Contains("\"lanesTold\":3,\"lanes\":3", text, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], lanes.Told.Select(told => told.Lane));
        Assert.All(lanes.Told, told => Assert.Equal(MessageKind.Rulebook, told.Message.Kind));
        var sent = RulebookText.Decode(lanes.Told[0].Message.Body.Span)!;
        Assert.Equal(_next, sent.Files["cart.yaml"]);
        Assert.NotSame(sent, engine.Parts.Shelf.Take(sent)!.Text); // It was read here before the lanes were told.
        Assert.Contains($"\"version\":\"{sent.Version}\"", text, StringComparison.Ordinal);
        Assert.Equal((202, text), await PutAsync(engine, _next));
        Assert.Equal(sent.Version, RulebookText.Decode(lanes.Told[5].Message.Body.Span)!.Version);
        Assert.Contains($"1020 Admin: operator from 127.0.0.1 publishes rulebook {sent.Version}: told 3 of 3 lanes", engine.Log);
    }

    [Fact]
    public async Task PublicationThatFailsHalfWay_SaysSoAndIsRepeated()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);
        lanes.FailsFrom = 2;

        var (status, text) = await PutAsync(engine, _next);
        Assert.Equal(503, status);
        Assert.Contains("\"lanesTold\":2", text, StringComparison.Ordinal);
        Assert.Contains("repeat the request", text, StringComparison.Ordinal);
        lanes.FailsFrom = null;
        Assert.Equal(202, (await PutAsync(engine, _next)).Status);
        Assert.Equal([0, 1, 0, 1, 2], lanes.Told.Select(told => told.Lane));
    }

    [Fact]
    public async Task DryRun_TellsWhatWouldBe_AndNobodyElse()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);
        var two = new Dictionary<string, string>
        {
            ["cart.yaml"] = _next,
            ["views.yaml"] = "trigger: views\non: {event: view, where: \"count(view) over 1h >= 3\"}\ndecide: {channels: [email]}\n",
        };

        var (status, text) = await PutAsync(engine, two, "/rulebook?dry_run");
        Assert.Equal(200, status);
        using var impact = JsonDocument.Parse(text);
        var views = impact.RootElement.GetProperty("triggers").EnumerateArray().Single(one => one.GetProperty("trigger").GetString() == "views");
        Assert.False(views.GetProperty("takesOlderEvents").GetBoolean());
        Assert.True(views.GetProperty("backfillMilliseconds").GetInt64() >= 3_600_000);
        var cart = Assert.Single(impact.RootElement.GetProperty("underWay").EnumerateArray());
        Assert.False(cart.GetProperty("goesOn").GetBoolean());
        Assert.False(cart.GetProperty("isGone").GetBoolean());
        Assert.Empty(lanes.Told);
        Assert.Equal(422, (await PutAsync(engine, new Dictionary<string, string> { ["cart.yaml"] = "trigger: [" }, "/rulebook?dry_run")).Status);
    }

    [Fact]
    public async Task NewSegmentWithEdgesByTime_IsWarnedOf()
    {
        await using var engine = await ServedEngine.StartAsync();
        Lanes(engine);
        var files = new Dictionary<string, string>
        {
            ["cart.yaml"] = _next,
            ["gone.yaml"] = "trigger: gone\non: {segment: silent, edge: enter}\ndecide: {channels: [email]}\n",
            ["gold.yaml"] = "trigger: gold\non: {segment: gold, edge: enter}\ndecide: {channels: [email]}\n",
            ["segments/silent.yaml"] = "segment: silent\nif: segment(\"quiet\") and user.tier = \"gold\"\n",
            ["segments/quiet.yaml"] = "segment: quiet\nif: count(view) over 7d = 0\n",
            ["segments/gold.yaml"] = "segment: gold\nif: user.tier = \"gold\"\n",
        };

        foreach (var page in (string[])["/rulebook?dry_run", "/rulebook"])
        {
            var (_, text) = await PutAsync(engine, files, page);
            using var answer = JsonDocument.Parse(text);
            var warning = Assert.Single(answer.RootElement.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()!),
                one => one.Contains("unseen-edges", StringComparison.Ordinal));
            Assert.StartsWith("segments/silent.yaml", warning, StringComparison.Ordinal);
            Assert.Contains("so gone may prompt fewer", warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RulebookThatIsTooBig_IsRefused()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);
        // What does not compress: comments of random letters, within what a file may have.
        var files = Enumerable.Range(0, 12).ToDictionary(file => $"cart{file}.yaml", file =>
            RunFolder.CartRule.Replace("trigger: cart-abandonment", $"trigger: cart-{file}", StringComparison.Ordinal) + Noise(file));

        var (status, text) = await PutAsync(engine, files);
        Assert.True(status == 413, text);
        Assert.Equal(413, await SendWholeAsync(engine, new string(' ', 9 << 20)));
        Assert.Empty(lanes.Told);
    }

    [Fact]
    public async Task ChannelWithoutATopic_IsRefused()
    {
        await using var engine = await ServedEngine.StartAsync();
        var lanes = Lanes(engine);
        lanes.WrongTopics.Add("topic prompts.pigeon does not exist");

        var (status, text) = await PutAsync(engine, _next.Replace("channels: [", "channels: [pigeon, ", StringComparison.Ordinal));
        Assert.Equal(422, status);
        Assert.Contains("prompts.pigeon", text, StringComparison.Ordinal);
        Assert.Empty(lanes.Told);
    }

    [Fact]
    public async Task WithoutAnExchange_ARightRulebookIsNotApplied()
    {
        await using var engine = await ServedEngine.StartAsync();

        var (status, text) = await PutAsync(engine, _next);
        Assert.Equal(501, status);
        Assert.Contains("is valid, but", text, StringComparison.Ordinal);
    }

    /// <summary>Asks first whether so much may be sent, so that the answer comes before the connection is closed.</summary>
    private static async Task<int> SendWholeAsync(ServedEngine engine, string body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(engine.Admin!, "/rulebook")) { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ServedEngine.Operator}");
        request.Headers.ExpectContinue = true;
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static LanePostbox Lanes(ServedEngine engine)
    {
        var lanes = new LanePostbox();
        engine.Parts.Control.Post = lanes.Open();
        return lanes;
    }

    private static string Noise(int seed)
    {
        var text = new StringBuilder("\n");
        for (var i = 0; i < 4_000; i++)
            text.Append("# ").Append(Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(seed * 10_000 + i)))).Append('\n');
        return text.ToString();
    }

    private static Task<(int Status, string Text)> PutAsync(ServedEngine engine, string rule) =>
        PutAsync(engine, new Dictionary<string, string> { ["cart.yaml"] = rule });

    private static Task<(int Status, string Text)> PutAsync(ServedEngine engine, Dictionary<string, string> files, string path = "/rulebook") =>
        engine.SendAsync(HttpMethod.Put, engine.Admin!, path, ServedEngine.Operator, JsonSerializer.Serialize(new { files }));
}
