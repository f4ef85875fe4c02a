using System.Text.Json;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary><c>run --change</c> and <c>diff</c>.</summary>
public sealed class ChangeTests : IDisposable
{
    private const string Start = "2026-01-01T00:00:00Z";
    private static readonly long Midnight = DateTimeOffset.Parse(Start, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    public ChangeTests() => _folder
        .Write("events.ndjson", Line(1, "u1", "cart_add", 10) + Line(2, "u2", "cart_add", 25) + Line(3, "u3", "cart_add", 41) + Line(4, "u1", "view", 100))
        .Write("next/cart.yaml", RunFolder.CartRule
            .Replace("version: 1", "version: 2", StringComparison.Ordinal).Replace("30m", "15m", StringComparison.Ordinal));

    [Fact]
    public void Run_DecidesUnderTheRulebookInForce()
    {
        // u1 is due at 00:40 and u2 at 00:55 under version 1, which ends at 00:40: only what is due before that is sent. u3 is due at 00:56 under version 2.
        var run = Run("00:40:00");
        Assert.Equal((0, ""), (run.Exit, run.Errors.Split('\n')[^1]));
        Assert.Equal(["u3 2"], Prompts());
        Run("00:40:00.001");
        Assert.Equal(["u1 1", "u3 2"], Prompts());
    }

    [Fact]
    public void StateThatIsResumedWithAnotherRulebook_ChangesThere()
    {
        // The clock stands at 00:41: u1 was due before.
        var events = File.ReadAllLines(_folder["events.ndjson"]);
        _folder.Write("one.ndjson", string.Join('\n', events[..3]) + "\n").Write("two.ndjson", events[3] + "\n");
        string[] State(string rules, string part) =>
            ["run", "--rules", rules, "--events", _folder[part], "--prompts", _folder[part + ".p"], "--state", _folder["state"], "--ingest-time", "none"];
        Assert.Equal(0, CommandRun.Of([.. State(_folder.Rules, "one.ndjson"), "--no-drain"]).Exit);
        Assert.Equal(0, CommandRun.Of(State(_folder["next"], "two.ndjson")).Exit);
        Assert.Equal(["u1 1"], Prompts("one.ndjson.p"));
        Assert.Empty(Prompts("two.ndjson.p"));
    }

    [Fact]
    public void Diff_NamesWhoIsCutOffAndWhatIsGainedAndLost()
    {
        var diff = CommandRun.Of("diff", "--rules", _folder.Rules, "--next", _folder["next"], "--events", _folder["events.ndjson"],
            "--at", "2026-01-01T00:41:00Z", "--ingest-time", "none", "--json");
        Assert.Equal(0, diff.Exit);
        var json = JsonDocument.Parse(diff.Output).RootElement;
        Assert.Equal(["u2"], json.GetProperty("usersCutOff").EnumerateArray().Select(user => user.GetString()));
        var change = json.GetProperty("prompts").GetProperty("cart-abandonment");
        Assert.Equal(1, json.GetProperty("prompts").GetProperty("same").GetInt32());
        Assert.Equal((1, 2), (change.GetProperty("gained").GetInt32(), change.GetProperty("lost").GetInt32()));
    }

    [Theory]
    [InlineData("draining: true", true, 0, "drains")]
    [InlineData("", false, 1, "ends: another version")]
    public void Diff_CountsJourneysThatDrainAndThoseThatEnd(string more, bool drains, int ending, string fate)
    {
        string Journey(int version) => $"trigger: j\nversion: {version}\non: {{event: cart_add}}\nsteps: [{{wait: 90m}}, {{prompt: {{}}}}]\n";
        _folder.Write("j/j.yaml", Journey(1)).Write("j2/new.yaml", Journey(2));
        if (more.Length > 0) _folder.Write("j2/old.yaml", Journey(1) + more + "\n");
        string[] args = ["diff", "--rules", _folder["j"], "--next", _folder["j2"], "--events", _folder["events.ndjson"], "--at", "2026-01-01T00:20:00Z",
            "--ingest-time", "none"];
        var underWay = JsonDocument.Parse(CommandRun.Of([.. args, "--json"]).Output).RootElement.GetProperty("underWay")[0];
        Assert.Equal((1, ending, drains), (underWay.GetProperty("journeys").GetInt32(), underWay.GetProperty("ending").GetInt32(),
            underWay.GetProperty("drains").GetBoolean()));
        Assert.Matches($" 1 +{fate}\n", CommandRun.Of(args).Output);
    }

    [Theory]
    [InlineData("tomorrow=next", "is not TIME=DIR")]
    [InlineData("2026-01-01T00:00:00Z", "is not TIME=DIR")]
    public void WrongChange_IsWrongUsage(string change, string says)
    {
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", "-", "--change", change);
        Assert.Equal(2, run.Exit);
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ChangeBehindTheLastEvent_IsSaidNotToHaveBeenMade()
    {
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", _folder["p"],
            "--ingest-time", "none", "--no-drain", "--change", $"2027-01-01T00:00:00Z={_folder["next"]}");
        Assert.Equal(0, run.Exit);
        Assert.Contains("were not made", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private CommandRun Run(string at) => CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", _folder["p"],
        "--ingest-time", "none", "--change", $"2026-01-01T{at}Z={_folder["next"]}");

    private IEnumerable<string> Prompts(string file = "p") => File.ReadLines(_folder[file]).Select(line => JsonDocument.Parse(line).RootElement)
        .Select(prompt => $"{prompt.GetProperty("user").GetString()} {prompt.GetProperty("version").GetInt32()}");

    private static string Line(int id, string user, string type, int minute) =>
        $$$"""{"id":"e{{{id}}}","user":"{{{user}}}","type":"{{{type}}}","at":{{{Midnight + minute * 60_000}}},"props":{"price":1}}""" + "\n";
}
