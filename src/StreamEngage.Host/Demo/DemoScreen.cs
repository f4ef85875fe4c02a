using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using StreamEngage.Emit;

namespace StreamEngage.Host.Demo;

/// <summary>Draws a snapshot into exactly the given size.</summary>
internal sealed class DemoScreen(DemoSettings settings, int width, int height)
{
    /// <summary>Smaller terminals get lines instead.</summary>
    public const int WidthMin = 60, HeightMin = 16;

    private const int HeadRows = 1, FigureRows = 4, LinesAPrompt = 2, Frame = 2;

    // Borders and padding of a panel, left and right.
    private const int PanelSides = 4;

    private static readonly string[] _colors = ["deepskyblue1", "springgreen2", "gold1", "mediumpurple1", "salmon1", "turquoise2"];

    private int HalfWidth => width / 2 - PanelSides;

    /// <summary>About half of what the figures leave, in whole prompts.</summary>
    private int PromptRows => Math.Max((height - HeadRows - FigureRows) * 9 / 20 / LinesAPrompt, 1) * LinesAPrompt;

    private int CountRows => height - HeadRows - FigureRows - PromptRows - 2 * Frame;

    public IRenderable Draw(DemoSnapshot now) => new Rows(
        new Markup(Head(now)),
        Boxed("engine", Figures(now), width, FigureRows - Frame),
        new Columns(
            Boxed("prompts by trigger", Bars([.. now.Triggers.Select(trigger => new NamedCount(trigger.Name, trigger.Sent))], _colors), width / 2, CountRows),
            Boxed("suppressed, by reason", Bars(now.Reasons, ["grey62"]), width - width / 2, CountRows))
        { Padding = new Padding(0), Expand = false },
        Boxed("newest prompts", Newest(now), width, PromptRows));

    private string Head(DemoSnapshot now)
    {
        var end = settings.Duration is { } duration ? $"{DemoWords.Seconds(duration - now.Elapsed)} left" : "for ever";
        var speed = settings.Speed.ToString("0.#", CultureInfo.InvariantCulture);
        var right = $"{end}, Ctrl+C ends";
        var left = Fit($"StreamEngage demo   {DemoWords.ClockOf(now.Clock)} at {speed}x", width - right.Length - 1);
        return $"[bold]{Markup.Escape(left)}[/]{new string(' ', Math.Max(1, width - left.GetCellWidth() - right.Length))}[grey62]{Markup.Escape(right)}[/]";
    }

    private List<string> Figures(DemoSnapshot now)
    {
        var latency = now.LatencyLastSecond;
        return
        [
            Cells($"[bold]{DemoWords.Of(now.LinesLastSecond)}[/] events/s", $"p50 [bold]{DemoWords.Of(latency.P50)}[/]",
                $"p99 [bold]{DemoWords.Of(latency.P99)}[/]", now.Behind > TimeSpan.FromSeconds(1)
                    ? $"[red]{DemoWords.Seconds(now.Behind)} behind[/]"
                    : $"max {DemoWords.Of(now.Latency.Max)}"),
            Cells($"[bold]{DemoWords.Of(now.Sent)}[/] prompts", $"[bold]{DemoWords.Of(now.Users)}[/] users",
                $"{DemoWords.Of(now.Lines.Quarantined)} quarantined", DemoWords.Megabytes(now.MemoryBytes)),
        ];
    }

    /// <summary>Cells of one width; what a narrow terminal has no room for is left out.</summary>
    private string Cells(params ReadOnlySpan<string> cells)
    {
        var (each, row, used) = ((width - PanelSides) / cells.Length, "", 0);
        foreach (var cell in cells)
        {
            var cellWidth = Markup.Remove(cell).GetCellWidth();
            if (used + cellWidth > width - PanelSides) break;
            var taken = Math.Min(Math.Max(each, cellWidth + 2), width - PanelSides - used);
            row += cell + new string(' ', taken - cellWidth);
            used += taken;
        }
        return row;
    }

    private List<string> Bars(IReadOnlyList<NamedCount> counts, string[] colors)
    {
        var shown = Greatest(counts);
        if (shown.Count == 0) return ["[grey62]none yet[/]"];
        var most = shown.Max(count => count.Count);
        var numbers = shown.Max(count => DemoWords.Of(count.Count).Length);
        var names = Math.Min(shown.Max(count => count.Name.Length), HalfWidth - numbers - 6);
        var bar = HalfWidth - names - numbers - 2;
        return [.. shown.Select((count, i) =>
            $"{Markup.Escape(Fit(count.Name, names)).PadRight(names)} {DemoWords.Of(count.Count).PadLeft(numbers)} "
            + $"[{colors[i % colors.Length]}]{Bar((double)count.Count / most * bar)}[/]")];
    }

    /// <summary>As many as there are rows, the last of them for all the rest.</summary>
    private List<NamedCount> Greatest(IReadOnlyList<NamedCount> counts)
    {
        var all = counts.Where(count => count.Count > 0).OrderByDescending(count => count.Count).ToList();
        if (all.Count <= CountRows) return all;
        var rest = all[(CountRows - 1)..];
        return [.. all.Take(CountRows - 1), new($"{rest.Count} others", rest.Sum(count => count.Count))];
    }

    private static string Bar(double cells)
    {
        const string eighths = "▏▎▍▌▋▊▉█";
        var parts = Math.Max(1, (int)(cells * 8));
        return new string('█', parts / 8) + (parts % 8 == 0 ? "" : eighths[parts % 8 - 1]);
    }

    private List<string> Newest(DemoSnapshot now) => now.Newest.Count == 0
        ? [Line("none yet ", "grey62", $"{DemoWords.Of(now.Candidates)} candidates so far", "grey62")]
        : [.. now.Newest.Take(PromptRows / LinesAPrompt).SelectMany(prompt => (string[])
        [
            Line($"{prompt.Channel} ", "deepskyblue1", $"{prompt.User}: {prompt.Text}", ""),
            Line("  because ", "grey62", $"{prompt.Trigger}: {prompt.Why}", "grey62"),
        ])];

    private string Line(string head, string headColor, string text, string color)
    {
        var rest = Markup.Escape(Fit(DemoLines.OneLine(text), width - PanelSides - head.GetCellWidth()));
        return $"[{headColor}]{Markup.Escape(head)}[/]" + (color.Length == 0 ? rest : $"[{color}]{rest}[/]");
    }

    /// <summary>What fits into so many cells of a terminal; wide letters take two.</summary>
    private static string Fit(string text, int cells)
    {
        var fit = PlainText.Cut(text, Math.Max(cells, 1));
        for (var chars = fit.Length - 1; fit.GetCellWidth() > cells && chars > 0; chars--) fit = PlainText.Cut(text, chars);
        return fit;
    }

    private static Panel Boxed(string title, List<string> lines, int panelWidth, int rows)
    {
        var padded = lines.Take(rows).Concat(Enumerable.Repeat(" ", Math.Max(0, rows - lines.Count)));
        return new Panel(new Rows(padded.Select(line => new Markup(line))))
        {
            Header = new PanelHeader(title), Border = BoxBorder.Rounded, BorderStyle = new Style(Color.Grey42),
            Padding = new Padding(1, 0), Width = panelWidth,
        };
    }
}
