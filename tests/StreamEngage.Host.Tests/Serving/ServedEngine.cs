using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StreamEngage.Detect;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Host.Tests.Verbs;
using StreamEngage.Rulebooks;

namespace StreamEngage.Host.Tests.Serving;

/// <summary>The host around an engine that a test plays, on ports that were free.</summary>
internal sealed class ServedEngine : IAsyncDisposable
{
    public const string Reader = "reader-token-of-thirty-two-chars!", Operator = "operator-token-of-thirty-two-char";

    private readonly CancellationTokenSource _stop = new();
    private readonly KeptLog _log = new();
    private readonly Task<bool> _running;
    private readonly HttpClient _client = new();

    private ServedEngine(RunningEngine engine, TaskCompletionSource<(Uri, Uri?)> opened, bool isAdminOpen)
    {
        var definition = RulebookFiles.Read(new Dictionary<string, string> { ["cart.yaml"] = RunFolder.CartRule }).Definition!;
        var settings = new ServeSettings
        {
            Kafka = null!,
            Admin = new() { Port = 0, ReaderToken = isAdminOpen ? new(Reader) : null, OperatorToken = isAdminOpen ? new(Operator) : null },
            Observe = new() { Port = 0 },
        };
        Parts = new(settings, new(RulebookCompiler.Compile(definition), "v1"), TimeProvider.System)
        {
            Notice = notice => NoticeLog.Write(_log, notice),
            KafkaSaid = _ => { },
        };
        var run = new ServeRun(Parts, new KeptLogs(_log)) { Opened = (observe, admin) => opened.SetResult((observe, admin)) };
        _running = run.RunAsync(engine, () => "SIGTERM", _stop.Token);
    }

    public EngineParts Parts { get; }

    public Uri Observe { get; private set; } = null!;

    public Uri? Admin { get; private set; }

    public IReadOnlyList<string> Log => [.. _log.Lines];

    /// <param name="engine">Null: one that waits for the stop.</param>
    /// <param name="isAdminOpen">Whether tokens are set.</param>
    public static async Task<ServedEngine> StartAsync(RunningEngine? engine = null, bool isAdminOpen = true)
    {
        var opened = new TaskCompletionSource<(Uri Observe, Uri? Admin)>();
        var served = new ServedEngine(engine ?? (stop => Task.Delay(Timeout.Infinite, stop)), opened, isAdminOpen);
        (served.Observe, served.Admin) = await opened.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return served;
    }

    /// <summary>True when the run ended well.</summary>
    public async Task<bool> StopAsync()
    {
        await _stop.CancelAsync();
        return await _running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public Task<bool> EndedAsync() => _running.WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<(int Status, string Text)> GetAsync(Uri at, string path, string? token = null) => await SendAsync(HttpMethod.Get, at, path, token);

    public async Task<(int Status, string Text)> SendAsync(HttpMethod method, Uri at, string path, string? token = null, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(at, path));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (body is not null) request.Content = new StringContent(body);
        using var answer = await _client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        Parts.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Keeps log lines: id and message.</summary>
internal sealed class KeptLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is > 1_000 and < 2_000) Lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{eventId.Id} {formatter(state, exception)}"));
    }
}

internal sealed class KeptLogs(KeptLog log) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => log;

    public void Dispose()
    {
    }
}
