using StreamEngage.Host.Demo;

namespace StreamEngage.Host.Tests.Demo;

public sealed class LiveLoopTests
{
    private static readonly DemoSettings _settings = DemoShop.Settings with { Duration = TimeSpan.FromSeconds(4) };

    private readonly HandClock _clock = new();
    private readonly List<DemoSnapshot> _reports = [];

    [Fact]
    public async Task EndsByItself_WhenTheDurationIsOver()
    {
        var end = await RunAsync(_settings.Duration, _ => { }, CancellationToken.None);
        Assert.Equal(4, end.Elapsed.TotalSeconds, 0.01);
        Assert.True(end.IsBalanced && end.Lines.Taken > 50 && end.Sent > 0, $"{end}");
        Assert.Equal([1.0, 2.0, 3.0, 4.0], _reports.Select(report => Math.Round(report.Elapsed.TotalSeconds, 1)));
    }

    [Fact]
    public async Task Stopped_EndsAtOnce_WithWhatWasDoneSoFar()
    {
        using var stop = new CancellationTokenSource();
        var end = await RunAsync(null, report => { if (report.Elapsed >= TimeSpan.FromSeconds(3)) stop.Cancel(); }, stop.Token);
        Assert.InRange(end.Elapsed.TotalSeconds, 3, 3.2);
        Assert.True(end.IsBalanced && end.Lines.Taken > 0);
    }

    [Fact]
    public async Task BetweenLines_ItSleeps()
    {
        await RunAsync(_settings.Duration, _ => { }, CancellationToken.None);
        Assert.InRange(_clock.Waits, 3_000, 4_000);
    }

    [Fact]
    public async Task EngineThatCannotKeepUp_IsGivenUpSoonAfterTheEnd_AndSaysHowFarBehindItIs()
    {
        var end = await RunAsync(_settings.Duration, _ => { }, CancellationToken.None, slow: TimeSpan.FromSeconds(1));
        Assert.InRange(end.Elapsed.TotalSeconds, 9, 11);
        Assert.True(end.Behind > TimeSpan.FromSeconds(5) && end.IsBalanced, $"{end.Behind}");
    }

    private Task<DemoSnapshot> RunAsync(TimeSpan? duration, Action<DemoSnapshot> report, CancellationToken stop, TimeSpan slow = default)
    {
        var lines = new DueLines(DemoShop.Shop(_settings), _settings);
        var loop = new LiveLoop(_clock);
        var engine = new LiveEngine(DemoShop.Rulebook, lines, _settings, () =>
        {
            _clock.Move(slow);
            return loop.Elapsed;
        }, _ => { });
        return loop.RunAsync(engine, duration, TimeSpan.FromSeconds(1), now =>
        {
            _reports.Add(now);
            report(now);
        }, stop);
    }
}
