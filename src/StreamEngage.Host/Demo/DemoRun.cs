using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Demo;

/// <summary>A shop, its rulebook and where the prompts go, ready to be run.</summary>
internal sealed class DemoRun(CompiledRulebook rulebook, ShopSettings shop, DemoSettings settings, StreamLines? prompts)
{
    /// <summary>Enough for the first events not to wait for code to be compiled.</summary>
    private const int WarmUpLines = 20_000;

    public async Task<DemoSnapshot> RunAsync(TimeProvider time, DemoView view, CancellationToken stop)
    {
        WarmUp();
        var lines = new DueLines(shop, settings);
        var loop = new LiveLoop(time);
        var engine = new LiveEngine(rulebook, lines, settings, () => loop.Elapsed, Write);
        return await loop.RunAsync(engine, settings.Duration, view.Every, now => Report(now, view), stop);
    }

    /// <summary>Another shop's day on another engine: nothing of it is left but compiled code.</summary>
    private void WarmUp()
    {
        var other = new DueLines(shop with { Users = Math.Min(shop.Users, 1_000), Events = WarmUpLines, Seed = unchecked(shop.Seed + 1) }, settings);
        var engine = new LiveEngine(rulebook, other, settings, () => TimeSpan.Zero, _ => { });
        while (other.Due < TimeSpan.MaxValue) engine.Step(other.Due);
        engine.Snapshot(TimeSpan.FromSeconds(1));
    }

    private void Report(DemoSnapshot now, DemoView view)
    {
        view.Show(now);
        prompts?.Flush();
    }

    private void Write(PromptCommand prompt)
    {
        if (prompts is not null) JsonLines.Write(prompt, prompts);
    }
}
