using Spectre.Console;
using Spectre.Console.Rendering;

namespace StreamEngage.Host.Demo;

/// <summary>
/// Shows one full screen after another on the terminal's second page. Each is one write over the one before, never an erased
/// screen, so nothing flickers and the first page comes back as it was.
/// </summary>
internal sealed class TerminalPainter : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[2J", Leave = "\e[?25h\e[?1049l";

    // Terminals that know the mark show what stands between the two at once; others ignore it.
    private const string Begin = "\e[?2026h\e[H", End = "\e[J\e[?2026l", ToLineEnd = "\e[K";

    private readonly TextWriter _terminal;
    private readonly IAnsiConsole _real;

    public TerminalPainter(TextWriter terminal, IAnsiConsole real)
    {
        (_terminal, _real) = (terminal, real);
        Write(Enter);
    }

    public int Width => Math.Max(DemoScreen.WidthMin, _real.Profile.Width);

    public int Height => Math.Max(DemoScreen.HeightMin, _real.Profile.Height);

    public void Paint(IRenderable screen)
    {
        var lines = Drawn(screen, Width, Height, _real.Profile.Capabilities).Take(_real.Profile.Height);
        Write(Begin + string.Join(ToLineEnd + "\r\n", lines) + ToLineEnd + End);
    }

    /// <summary>The lines of a screen with their colors.</summary>
    public static string[] Drawn(IRenderable screen, int width, int height, IReadOnlyCapabilities terminal)
    {
        var text = new StringWriter();
        var page = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.Yes, ColorSystem = (ColorSystemSupport)terminal.ColorSystem,
            Interactive = InteractionSupport.No,
        });
        (page.Profile.Width, page.Profile.Height) = (width, height);
        page.Profile.Capabilities.Unicode = terminal.Unicode;
        page.Write(screen);
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    public void Dispose() => Write(Leave);

    private void Write(string text)
    {
        _terminal.Write(text);
        _terminal.Flush();
    }
}
