using System.Threading.Channels;
using Spectre.Console;

namespace StreamEngage.Host.Demo;

/// <summary>Shows snapshots on a task of its own; one that comes while another is being drawn takes the place of those before it.</summary>
internal sealed class DemoView : IAsyncDisposable
{
    private readonly Channel<DemoSnapshot> _snapshots = Channel.CreateBounded<DemoSnapshot>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _drawing;

    private DemoView(TimeSpan every, Func<ChannelReader<DemoSnapshot>, Task> draw) =>
        (Every, _drawing) = (every, Task.Run(() => draw(_snapshots.Reader)));

    /// <summary>How often it wants to be shown something.</summary>
    public TimeSpan Every { get; }

    public static DemoView Of(Func<DemoSnapshot, string> line, TextWriter output) => new(TimeSpan.FromSeconds(1), async snapshots =>
    {
        await foreach (var now in snapshots.ReadAllAsync())
        {
            await output.WriteLineAsync(line(now));
            await output.FlushAsync();
        }
    });

    public static DemoView OnScreen(DemoSettings settings, IAnsiConsole terminal, TextWriter output) =>
        new(TimeSpan.FromMilliseconds(250), async snapshots =>
        {
            using var painter = new TerminalPainter(output, terminal);
            await foreach (var now in snapshots.ReadAllAsync())
                painter.Paint(new DemoScreen(settings, painter.Width, painter.Height).Draw(now));
        });

    public static bool IsScreen(IAnsiConsole terminal) => terminal.Profile.Capabilities.Ansi
        && terminal.Profile.Width >= DemoScreen.WidthMin && terminal.Profile.Height >= DemoScreen.HeightMin;

    public void Show(DemoSnapshot now) => _snapshots.Writer.TryWrite(now);

    public async ValueTask DisposeAsync()
    {
        _snapshots.Writer.Complete();
        await _drawing;
    }
}
