using System.Text.Json;
using System.Text.RegularExpressions;
using Spectre.Console;
using StreamEngage.Events;
using StreamEngage.Host.Demo;

namespace StreamEngage.Host.Tests.Demo;

public sealed partial class DemoScreenTests
{
    private static readonly string _hostile = "[red]장바구니[/] [[x]] \u001b[2J \r\n\n👩‍👩‍👧 " + new string('w', 300);

    [Theory]
    [InlineData(60, 16)]
    [InlineData(80, 24)]
    [InlineData(97, 31)]
    [InlineData(120, 40)]
    [InlineData(200, 60)]
    public void Screen_FillsItsTerminal_AndNeverOverflows(int width, int height)
    {
        foreach (var triggers in new[] { 0, 1, 5, 40 })
        {
            var lines = Draw(Snapshot(triggers), width, height);
            Assert.InRange(lines.Length, height - 2, height);
            Assert.All(lines, line => Assert.True(line.GetCellWidth() <= width, $"{line.GetCellWidth()} cells: {line}"));
            Assert.All(lines.Skip(1), line => Assert.Equal(width, line.GetCellWidth()));
        }
    }

    [Fact]
    public void TextOfUsers_IsNeitherMarkupNorATerminalCommand()
    {
        var screen = string.Join('\n', Draw(Snapshot(3), 120, 40));
        Assert.Contains("[red]장바구니[/] [[x]]", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_SaysWhatAddsUp_AndWhatDoesNot()
    {
        var end = Snapshot(2);
        Assert.Contains(DemoLines.Summary(end, new DemoSettings()),
            line => line.StartsWith("candidates 30 = sent 11 + suppressed 19 + held 0", StringComparison.Ordinal));
        Assert.DoesNotContain(DemoLines.Summary(end, new DemoSettings()), line => line.Contains("ADD UP", StringComparison.Ordinal));
        Assert.Contains(DemoLines.Summary(end with { Reasons = [] }, new DemoSettings()), line => line.Contains("ADD UP", StringComparison.Ordinal));
        Assert.All(DemoLines.Summary(end, new DemoSettings()).Append(DemoLines.Progress(end)), line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public void Json_IsOneObjectOnOneLine()
    {
        var text = DemoJson.Of("summary", Snapshot(2));
        Assert.DoesNotContain('\n', text);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((30, 11, 19, true), (json.GetProperty("candidates").GetInt64(), json.GetProperty("sent").GetInt64(),
            json.GetProperty("suppressed").GetInt64(), json.GetProperty("balanced").GetBoolean()));
        Assert.Equal(1.5, json.GetProperty("latency").GetProperty("p50").GetDouble());
    }

    private static string[] Draw(DemoSnapshot now, int width, int height)
    {
        var screen = new DemoScreen(new DemoSettings(), width, height).Draw(now);
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), ColorSystem = ColorSystemSupport.TrueColor });
        terminal.Profile.Capabilities.Unicode = true;
        return [.. TerminalPainter.Drawn(screen, width, height, terminal.Profile.Capabilities).Select(line => Colors().Replace(line, ""))];
    }

    private static DemoSnapshot Snapshot(int triggers) => new()
    {
        Elapsed = TimeSpan.FromSeconds(12.3),
        Clock = new EventTime(1_767_609_000_000),
        Lines = new LineCounts { Taken = 100, Applied = 90, Duplicates = 4, Collisions = 1, Late = 2, Waiting = 0, Refused = [new("NotJson", 3)] },
        LinesLastSecond = 1_234_567,
        LatencyLastSecond = Figures,
        Latency = Figures,
        Behind = TimeSpan.FromSeconds(triggers),
        Users = 2_000_000,
        Triggers = [.. Enumerable.Range(0, triggers).Select(i => new TriggerCounts($"trigger-with-quite-a-long-name-{i}", 10 * (i + 1), 5 + i, 0))],
        Reasons = triggers == 0 ? [] : [new("predicate", Enumerable.Range(0, triggers).Sum(i => 10 * (i + 1) - 5 - i))],
        Newest = [.. Enumerable.Range(0, triggers).Select(i => new ShownPrompt(new EventTime(0), "u1", "in_app", $"trigger-{i}", _hostile, _hostile))],
        Cancels = 1,
        MemoryBytes = 123_456_789,
    };

    private static LatencyFigures Figures => new(TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300),
        TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(50));

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Colors();
}
