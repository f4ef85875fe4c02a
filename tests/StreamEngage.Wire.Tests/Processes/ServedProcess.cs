using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace StreamEngage.Processes;

/// <summary>The built program as a child process, with what it said. It ends with this process, however that ends.</summary>
internal sealed class ServedProcess : IDisposable
{
    private static readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _process;
    private readonly Process _guard;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly Uri? _observe;
    private readonly Stopwatch _age = Stopwatch.StartNew();

    private ServedProcess(Process process, Uri? observe)
    {
        (_process, _observe) = (process, observe);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        // Its input ends with this process, even by kill -9.
        var guard = new ProcessStartInfo("sh", ["-c", $"read rest || kill -9 {_process.Id}"]) { RedirectStandardInput = true };
        _guard = Process.Start(guard)!;
    }

    /// <summary>Beside the tests, where building them puts it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "streamengage.dll");

    public IReadOnlyList<string> Lines => [.. _lines];

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    public TimeSpan Age => _age.Elapsed;

    /// <param name="observe">Where its pages will be; null: it has none.</param>
    /// <param name="args">The verb and its options.</param>
    public static ServedProcess Start(Uri? observe, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Many are started, and none lives long enough for what this costs at the start.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new(Process.Start(start)!, observe);
    }

    /// <summary>Runs to the end by itself; null: not within the time.</summary>
    public async Task<int?> EndAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Waits until the lanes it has run, and it has some if <paramref name="wantsLanes"/>.</summary>
    public async Task ReadyAsync(bool wantsLanes = true)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(90);)
        {
            if (_process.HasExited) throw new InvalidOperationException($"It ended with {_process.ExitCode}.\n{Log}");
            if (await LookAsync() is { } lanes && (lanes.Count > 0 || !wantsLanes) && lanes.All(lane => lane.State == "running")) return;
            await Task.Delay(50);
        }
        throw new TimeoutException($"It is not ready.\n{Log}");
    }

    /// <summary>Its lanes; null: no answer.</summary>
    public async Task<IReadOnlyList<ServedLane>?> LookAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(_observe!, "/readyz"));
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return [.. json.RootElement.GetProperty("lanes").EnumerateArray().Select(ServedLane.Read)];
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException or IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>SIGTERM. How it ended and how long that took; null: not within <paramref name="seconds"/>.</summary>
    public async Task<(int? Exit, TimeSpan Took)> TerminateAsync(int seconds = 20)
    {
        var waited = Stopwatch.StartNew();
        Signal("TERM");
        var exit = await EndAsync(TimeSpan.FromSeconds(seconds));
        return (exit, waited.Elapsed);
    }

    public string Log => string.Join('\n', _lines.TakeLast(200));

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        // The child is gone, so the guard must not kill whoever may have its number next.
        _guard.Kill();
        _guard.WaitForExit();
        _guard.Dispose();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        // Every setting is logged at this level, and the settings are the test's own.
        if (line is not null && !line.Contains("Name: \"Setting\"", StringComparison.Ordinal)) _lines.Enqueue(line);
    }
}

/// <summary>A lane as <c>/readyz</c> shows it.</summary>
internal sealed record ServedLane(int Lane, string State, string? Why, long Step, string Applied, int Outbox, bool IsCaughtUp)
{
    public static ServedLane Read(JsonElement lane) => new(
        lane.GetProperty("lane").GetInt32(),
        lane.GetProperty("state").GetString()!,
        lane.GetProperty("why").GetString(),
        lane.GetProperty("step").GetInt64(),
        lane.GetProperty("applied").GetString()!,
        lane.GetProperty("outbox").GetInt32(),
        lane.GetProperty("caughtUp").GetBoolean());
}
