using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StreamEngage.Host.Sandboxes;

/// <summary>A redis-server of the sandbox's own: a free port, a folder of its own, gone with it.</summary>
internal sealed class SandboxRedis : IAsyncDisposable
{
    private readonly Process _server;

    private SandboxRedis(Process server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    /// <summary>Null where no redis-server is installed.</summary>
    public static SandboxRedis? Start(string folder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        string[] arguments =
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var server = Process.Start(start)!;
            // Nobody reads what it says, and a full pipe would stop it.
            server.OutputDataReceived += (_, _) => { };
            server.ErrorDataReceived += (_, _) => { };
            server.BeginOutputReadLine();
            server.BeginErrorReadLine();
            return new(server, port);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited) _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
