using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Serving;

/// <summary>One HTTP listener. What everybody may read and what changes things have one each, so that no header can lead from one to the other.</summary>
internal sealed class HttpPort : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpPort(WebApplication app) => _app = app;

    /// <summary>Where it listens, with the port that was free where 0 was asked for.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HttpPort> OpenAsync(IPEndPoint at, ILoggerFactory logs, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(at);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ServeLimits.AdminBodyBytesMax;
            kestrel.Limits.MaxConcurrentConnections = ServeLimits.ConnectionsMax;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        // Signals are the program's: the framework's own lifetime would take them.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(500));
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
