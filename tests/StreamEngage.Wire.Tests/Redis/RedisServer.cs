using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamEngage.Redis;

/// <summary>A redis-server of a test's own: private port, folder that goes with it, stopped by its process id.</summary>
internal sealed class RedisServer : IDisposable
{
    public const string Program = "redis-server";
    private readonly string[] _options;
    private Process? _process;

    private RedisServer(string[] options) => _options = options;

    public int Port { get; } = FreePort();

    public int ProcessId => _process!.Id;

    public string Folder { get; } = Directory.CreateTempSubdirectory("streamengage-redis-").FullName;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Its settings, with a prefix that no other test has.</summary>
    public RedisSettings Settings => new() { Addresses = [Address], Prefix = $"se-{Guid.NewGuid().ToString("N")[..12]}" };

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, Program)));

    public static RedisServer Start(params string[] options)
    {
        var server = new RedisServer(options);
        server.Restart();
        return server;
    }

    public static RedisServer StartWithFile(string name, string text, params string[] options)
    {
        var server = new RedisServer(options);
        File.WriteAllText(Path.Combine(server.Folder, name), text);
        server.Restart();
        return server;
    }

    public static RedisServer StartSentinel(RedisServer master)
    {
        return StartWithFile("sentinel.conf",
            $"""
            sentinel monitor lanes 127.0.0.1 {master.Port} 1
            sentinel down-after-milliseconds lanes 1000
            sentinel failover-timeout lanes 5000

            """, "sentinel.conf", "--sentinel");
    }

    public void Restart()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        string[] fixedOptions =
            ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--daemonize", "no", "--repl-diskless-sync-delay", "0"];
        string[] sentinelOptions = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder];
        foreach (var option in _options.Contains("--sentinel") ? [.. _options, .. sentinelOptions] : fixedOptions.Concat(_options))
            start.ArgumentList.Add(option);
        _process = Process.Start(start)!;
        // Nobody reads it, but a full pipe would stop the server.
        _process.OutputDataReceived += (_, line) => LastWords = line.Data is { Length: > 0 } text ? text : LastWords;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        WaitUntilItAnswers();
    }

    public string LastWords { get; private set; } = "";

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (_process is null) return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Commands as a person would type them, apart from the client under test; the last one's reply.</summary>
    public string Ask(params string[] commands)
    {
        using var client = new TcpClient("127.0.0.1", Port) { ReceiveTimeout = 5_000 };
        using var stream = new BufferedStream(client.GetStream());
        var reply = "";
        foreach (var command in commands)
        {
            stream.Write(Encoding.UTF8.GetBytes(command + "\r\n"));
            stream.Flush();
            reply = Reply(stream);
        }
        return reply;
    }

    /// <summary>Everything it holds, in an order of its own: equal before and after means that nothing was written.</summary>
    public string Everything() => string.Join('\n', Ask("KEYS *").Split('\n').Where(key => key.Length > 0).Order(StringComparer.Ordinal)
        .Select(key => $"{key} {Ask($"TYPE {key}")} {Ask($"DEBUG DIGEST-VALUE {key}")}"));

    public void Dispose()
    {
        Kill();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Reply(Stream stream)
    {
        var line = Line(stream);
        var rest = line[1..];
        return line[0] switch
        {
            '$' when rest == "-1" => "",
            '$' => Bulk(stream, int.Parse(rest)),
            '*' => string.Join('\n', Enumerable.Range(0, Math.Max(0, int.Parse(rest))).Select(_ => Reply(stream)).ToArray()),
            '-' => line,
            _ => rest
        };
    }

    private static string Bulk(Stream stream, int length)
    {
        var bytes = new byte[length + 2];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string Line(Stream stream)
    {
        var line = new StringBuilder();
        for (var next = stream.ReadByte(); next != '\n'; next = stream.ReadByte())
        {
            if (next < 0) throw new IOException("The server hung up.");
            if (next != '\r') line.Append((char)next);
        }
        return line.ToString();
    }

    private void WaitUntilItAnswers()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (Ask("PING") is var reply && !reply.StartsWith("-LOADING", StringComparison.Ordinal)) return;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException)
            {
                if (_process!.WaitForExit(0) || waited.Elapsed > TimeSpan.FromSeconds(20))
                    throw new InvalidOperationException($"redis-server did not start: {LastWords}");
            }
            Thread.Sleep(20);
        }
    }
}
