using StreamEngage.Host.Serving.Admin;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Serving;

public sealed class AdminPagesTests
{
    private static readonly string[] _looks = ["/lanes", "/rulebook", "/control"];

    private static readonly (string Method, string Path)[] _changes =
    [
        ("PUT", "/rulebook"), ("POST", "/triggers/cart-abandonment/pause"), ("POST", "/triggers/cart-abandonment/resume"), ("POST", "/prompts/stop"),
        ("POST", "/prompts/start"), ("POST", "/breaker/close"), ("POST", "/users/erase"), ("POST", "/users/explain"),
        ("POST", "/approvals/d3a7dc77b5b143e87ab8f80b1a6b8c6d/approve"), ("POST", "/approvals/d3a7dc77b5b143e87ab8f80b1a6b8c6d/reject"),
    ];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong-token-of-thirty-two-chars!!")]
    [InlineData("reader-token-of-thirty-two-chars")]
    [InlineData("reader-token-of-thirty-two-chars!!")]
    [InlineData("READER-TOKEN-OF-THIRTY-TWO-CHARS!")]
    public async Task WithoutAValidToken_NothingAnswers(string? token)
    {
        await using var engine = await ServedEngine.StartAsync();

        foreach (var path in _looks) Assert.Equal(401, (await engine.GetAsync(engine.Admin!, path, token)).Status);
        foreach (var (method, path) in _changes) Assert.Equal(401, (await engine.SendAsync(new(method), engine.Admin!, path, token)).Status);
        Assert.Equal(401, (await engine.GetAsync(engine.Admin!, "/nothing", token)).Status);
        Assert.False(engine.Parts.Control.IsKilled);
    }

    [Fact]
    public async Task Reader_SeesEverythingAndChangesNothing()
    {
        await using var engine = await ServedEngine.StartAsync();

        foreach (var path in _looks) Assert.Equal(200, (await engine.GetAsync(engine.Admin!, path, ServedEngine.Reader)).Status);
        foreach (var (method, path) in _changes) Assert.Equal(403, (await engine.SendAsync(new(method), engine.Admin!, path, ServedEngine.Reader)).Status);
        Assert.False(engine.Parts.Control.IsKilled);
        Assert.Empty(engine.Parts.Control.Paused);
        Assert.Equal(_changes.Length, engine.Log.Count(line => line.StartsWith("1021 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task KillSwitch_IsOnAtOnceAndAudited()
    {
        await using var engine = await ServedEngine.StartAsync();

        Assert.Equal((200, """{"stopped":true,"breakerOpen":false,"paused":[]}"""), await PostAsync(engine, "/prompts/stop"));
        Assert.Equal(Withheld.KillSwitch, engine.Parts.Control.Refuses("cart-abandonment", 0));
        Assert.Equal(200, (await PostAsync(engine, "/prompts/stop")).Status);
        Assert.Equal(200, (await PostAsync(engine, "/prompts/start")).Status);
        Assert.False(engine.Parts.Control.IsKilled);
        Assert.Equal(
            [
                "1020 Admin: operator from 127.0.0.1 stops all prompts: done", "1020 Admin: operator from 127.0.0.1 stops all prompts: was so already",
                "1020 Admin: operator from 127.0.0.1 starts all prompts: done",
            ],
            engine.Log.Where(line => line.StartsWith("1020 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Trigger_IsPausedAndResumed()
    {
        await using var engine = await ServedEngine.StartAsync();

        Assert.Equal((200, """{"stopped":false,"breakerOpen":false,"paused":["cart-abandonment"]}"""),
            await PostAsync(engine, "/triggers/cart-abandonment/pause"));
        Assert.Equal((200, """{"version":"v1","triggers":[{"trigger":"cart-abandonment","version":1,"draining":false,"paused":true}]}"""),
            await engine.GetAsync(engine.Admin!, "/rulebook", ServedEngine.Reader));
        Assert.Equal((200, """{"stopped":false,"breakerOpen":false,"paused":[]}"""), await PostAsync(engine, "/triggers/cart-abandonment/resume"));
        var (status, text) = await PostAsync(engine, "/triggers/cart-abandonmen/pause");
        Assert.Equal(404, status);
        Assert.Contains("did you mean", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenBreaker_IsClosed()
    {
        await using var engine = await ServedEngine.StartAsync();
        Assert.False(engine.Parts.Control.Breaker.Admit(1_000_000, 0));

        Assert.Contains("\"breakerOpen\":true", (await engine.GetAsync(engine.Admin!, "/control", ServedEngine.Reader)).Text, StringComparison.Ordinal);
        Assert.Contains("\"breakerOpen\":false", (await PostAsync(engine, "/breaker/close")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAToken_TheAdminPortStaysClosed()
    {
        await using var engine = await ServedEngine.StartAsync(isAdminOpen: false);

        Assert.Null(engine.Admin);
        Assert.Contains(engine.Log, line => line.StartsWith("1005 ", StringComparison.Ordinal));
    }

    [Fact]
    public void TokenThatIsNotSet_IsNobodysToken()
    {
        var tokens = new AdminTokens(new AdminSettings { OperatorToken = new(ServedEngine.Operator) });

        Assert.Equal(AdminRole.Operator, tokens.RoleOf($"Bearer {ServedEngine.Operator}"));
        Assert.Equal(AdminRole.None, tokens.RoleOf("Bearer "));
        Assert.Equal(AdminRole.None, tokens.RoleOf(null));
        Assert.Equal(AdminRole.None, tokens.RoleOf($"Basic {ServedEngine.Operator}"));
    }

    private static Task<(int Status, string Text)> PostAsync(ServedEngine engine, string path, string? body = null) =>
        engine.SendAsync(HttpMethod.Post, engine.Admin!, path, ServedEngine.Operator, body);
}
