using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>The built program serving a site in a process of its own, which ends with this one however that ends.</summary>
internal sealed class Instance : IDisposable
{
    private static readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _process;
    private readonly Process _guard;
    private readonly Uri _observe;
    private readonly List<string> _said = [];

    private Instance(Process process, Uri observe)
    {
        (_process, _observe) = (process, observe);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _guard = Process.Start(new ProcessStartInfo("sh", ["-c", $"read rest || kill -9 {_process.Id}"]) { RedirectStandardInput = true })!;
    }

    public string Log
    {
        get
        {
            lock (_said) return string.Join('\n', _said.TakeLast(40));
        }
    }

    public static Instance Start(Site site, string name)
    {
        var port = FreePort();
        var file = Path.Combine(site.Ground.Folder, $"{name}.yaml");
        File.WriteAllText(file, site.Yaml(name, port));
        var program = Path.Combine(AppContext.BaseDirectory, "streamengage.dll");
        var start = new ProcessStartInfo("dotnet", [program, "serve", "--config", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new(Process.Start(start)!, new($"http://127.0.0.1:{port}/readyz"));
    }

    /// <summary>Lanes it runs now.</summary>
    public async Task<IReadOnlyList<int>> LanesAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException($"An instance has ended.\n{Log}");
        try
        {
            using var json = JsonDocument.Parse(await _client.GetStringAsync(_observe));
            return
            [
                .. json.RootElement.GetProperty("lanes").EnumerateArray().Where(lane => lane.GetProperty("state").GetString() == "running")
                    .Select(lane => lane.GetProperty("lane").GetInt32()),
            ];
        }
        catch (HttpRequestException)
        {
            // Not ready yet: some lane does not run, or the port is not open.
            return [];
        }
    }

    /// <summary>SIGTERM, and until it has ended.</summary>
    public async Task EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        // The child is gone, so the guard must not kill whoever may have its number next.
        _guard.Kill();
        _guard.WaitForExit();
        _guard.Dispose();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
    }
}
