using System.Text.Json;
using Xunit.Abstractions;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>A million lines, a fifth of them mutated: the run ends, and quarantine holds exactly the bad ones.</summary>
public sealed class MutatedLinesTests(ITestOutputHelper log) : IDisposable
{
    private const int Seed = 20_260_101;
    private const int Records = 1_000_000;

    // What the engine may meet in a line before the place where it stops being JSON.
    private static readonly HashSet<string> _fieldFaults = ["not-json", "bad-id", "bad-user", "bad-type", "bad-time", "bad-props"];

    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    [Fact]
    public void EveryBadLineOfAMillion_IsInQuarantine_WithItsNumberAndReason()
    {
        log.WriteLine($"seed {Seed}");
        var expected = WriteLines(out var lines);
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--ingest-time", "none",
            "--prompts", _folder["prompts.ndjson"], "--quarantine", _folder["bad.ndjson"], "--json");
        Assert.Equal(1, run.Exit);
        Assert.Equal(lines, JsonDocument.Parse(run.Output).RootElement.GetProperty("read").GetInt64());
        var next = 0;
        foreach (var bad in File.ReadLines(_folder["bad.ndjson"]))
        {
            using var json = JsonDocument.Parse(bad);
            var found = (Line: json.RootElement.GetProperty("line").GetInt64(), Reason: json.RootElement.GetProperty("reason").GetString()!);
            Assert.True(next < expected.Count && expected[next].Line == found.Line, $"seed {Seed}: {bad}; expected {expected.ElementAtOrDefault(next)}");
            var isRight = expected[next].Reason == "not-json" ? _fieldFaults.Contains(found.Reason) : expected[next].Reason == found.Reason;
            Assert.True(isRight, $"seed {Seed}: {bad}; expected {expected[next]}");
            next++;
        }
        Assert.Equal(expected.Count, next);
        log.WriteLine($"{lines} lines, {next} bad");
    }

    public void Dispose() => _folder.Dispose();

    private List<(long Line, string Reason)> WriteLines(out long lines)
    {
        var mutated = new MutatedLines(Seed);
        var expected = new List<(long, string)>();
        long number = 0;
        lines = 0;
        using var file = new FileStream(_folder["events.ndjson"], FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        for (var record = 0; record < Records; record++)
        {
            var bytes = mutated.Next();
            file.Write(bytes);
            for (var start = 0; start < bytes.Length; number++)
            {
                var length = bytes.AsSpan(start).IndexOf((byte)'\n');
                var line = bytes.AsMemory(start, length);
                if (line.Span is [.., (byte)'\r']) line = line[..^1];
                start += length + 1;
                if (line.IsEmpty) continue;
                lines++;
                if (LineOracle.Reason(line) is { } reason) expected.Add((number + 1, reason));
            }
        }
        return expected;
    }
}
