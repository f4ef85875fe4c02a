using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StreamEngage.Host.Serving.Metrics;

namespace StreamEngage.Host.Serving;

/// <summary><c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>: no secret, no user, nothing that changes anything.</summary>
internal static class ObservePages
{
    public static void Map(WebApplication app, Health health, MetricsPage metrics)
    {
        app.MapGet("/healthz", context => context.Response.WriteAsync(StatusOf(health.IsAlive), health.WriteLiveness));
        app.MapGet("/readyz", context => context.Response.WriteAsync(StatusOf(health.IsReady), health.WriteReadiness));
        app.MapGet("/metrics", context =>
        {
            context.Response.ContentType = MetricsPage.ContentType;
            return context.Response.WriteAsync(metrics.Write());
        });
    }

    private static int StatusOf(bool isWell) => isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}
