using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;

namespace StreamEngage.Core.Tests.Examples;

/// <summary>The worked cases of the contract: rulebooks, streams and the decisions a brute-force reading gives.</summary>
public sealed class WorkedExamplesTests
{
    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        var folder = Path.Combine(Datasets.PathOf("examples/01"), "..");
        if (Directory.Exists(folder))
            foreach (var name in Directory.GetDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)) cases.Add(name!);
        else
            cases.Add("01");
        return cases;
    }

    [DatasetTheory("examples/01")]
    [MemberData(nameof(Cases))]
    public void EveryDecision_IsTheExpectedOne(string name)
    {
        var folder = Path.Combine(Path.Combine(Datasets.PathOf("examples/01"), ".."), name);
        var reading = RulebookFolder.Read(Path.Combine(folder, "rules"));
        Assert.NotNull(reading.Definition);
        var decisions = new List<DecisionRecord>();
        var run = new PipelineRun(RulebookCompiler.Compile(reading.Definition)) { Decision = decisions.Add };
        foreach (var line in File.ReadLines(Path.Combine(folder, "events.ndjson")))
            Assert.Equal(Decoded.Event, run.Offer(Encoding.UTF8.GetBytes(line), new EventTime(Limits.EventTimeMax)));
        run.End(drain: true);
        var expected = File.ReadLines(Path.Combine(folder, "decisions.expected.ndjson")).Select(Expected).Order(StringComparer.Ordinal);
        Assert.Equal(expected, decisions.Select(Actual).Order(StringComparer.Ordinal));
    }

    private static string Expected(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        var causes = json.GetProperty("causes").EnumerateArray().Select(cause => cause.GetString());
        return $"{json.GetProperty("at").GetInt64()} {json.GetProperty("user")} {json.GetProperty("trigger")} "
            + $"{json.GetProperty("verdict")} {json.GetProperty("reason").GetString()} {string.Join(',', causes)}";
    }

    private static string Actual(DecisionRecord decision) =>
        $"{decision.At.UnixMilliseconds} {decision.User} {decision.Trigger} {decision.Verdict.ToString().ToLowerInvariant()} "
        + $"{Decide.ReasonCodes.Code(decision.Reason)} {string.Join(',', decision.Causes)}";
}
