using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using StreamEngage.Host.Serving.Admin;
using StreamEngage.Host.Serving.Metrics;

namespace StreamEngage.Host.Serving;

/// <summary>An engine with its ports around it, from start to stop.</summary>
internal sealed class ServeRun(EngineParts parts, ILoggerFactory logs)
{
    private readonly ILogger _log = logs.CreateLogger("StreamEngage");
    private readonly Health _health = new(parts.Board, parts.Pulse);

    /// <summary>Addresses of the observe and the admin port once both are open, for who asked for port 0.</summary>
    public Action<Uri, Uri?>? Opened { get; init; }

    /// <summary>Runs until <paramref name="stop"/>, then gives what is under way <see cref="Settings.ServeLimits.StopMax"/>.</summary>
    /// <returns>False when the engine failed or did not finish in time.</returns>
    public async Task<bool> RunAsync(RunningEngine engine, Func<string> signal, CancellationToken stop)
    {
        var names = parts.Meters.All.Select(meter => meter.Name);
        using var metrics = new MetricsPage(IsShown);
        using var otlp = parts.Settings.Observe.OtlpEndpoint is { } endpoint ? new OtlpExport(new(endpoint), names) : null;
        var (observe, admin) = (parts.Settings.Observe, parts.Settings.Admin);
        await using var observing = await HttpPort.OpenAsync(At(observe.Address, observe.Port), logs, app => ObservePages.Map(app, _health, metrics));
        Log.Observing(_log, $"{observing.Address}");
        await using var administering = admin.IsOpen ? await HttpPort.OpenAsync(At(admin.Address, admin.Port), logs, AdminPages().Map) : null;
        if (administering is null) Log.AdminClosed(_log);
        else Log.AdminOpen(_log, $"{administering.Address}");
        Opened?.Invoke(observing.Address, administering?.Address);
        return await FinishAsync(engine(stop), signal, stop);
    }

    private static IPEndPoint At(string address, int port) => new(IPAddress.Parse(address), port);

    /// <summary>The engine's own meters, and the runtime's: memory, collections, processor time.</summary>
    private bool IsShown(Instrument instrument) => parts.Meters.All.Contains(instrument.Meter) || instrument.Meter.Name == "System.Runtime";

    private AdminPages AdminPages() => new(new(parts.Settings.Admin), parts, _health, _log);

    private async Task<bool> FinishAsync(Task running, Func<string> signal, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        if (await Task.WhenAny(running, stopped.Task) == running && !stop.IsCancellationRequested) return await EndedAsync(running);
        var began = parts.Time.GetTimestamp();
        _health.IsStopping = true;
        Log.Stopping(_log, signal());
        // The ports need a little of the time as well.
        var most = Settings.ServeLimits.StopMax - TimeSpan.FromSeconds(1);
        if (await Task.WhenAny(running, Task.Delay(most, parts.Time, CancellationToken.None)) != running)
        {
            Log.StopTimedOut(_log, (long)most.TotalMilliseconds);
            return false;
        }
        var well = await EndedAsync(running);
        Log.Stopped(_log, (long)parts.Time.GetElapsedTime(began).TotalMilliseconds);
        return well;
    }

    private async Task<bool> EndedAsync(Task running)
    {
        try
        {
            await running;
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception failure)
        {
            // The last place that can tell it: the process ends with this.
            Log.EngineFailed(_log, failure);
            return false;
        }
    }
}
