using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamEngage.Rules.Expressions;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>The admin port: what a reader may see and an operator may change. Every change, done or refused, is in the log.</summary>
internal sealed class AdminPages(AdminTokens tokens, EngineParts parts, Health health, ILogger log)
{
    private readonly AdminAudit _audit = new(log);

    private EngineControl Control => parts.Control;

    public void Map(WebApplication app)
    {
        app.Use(next => context => GuardAsync(context, next));
        app.MapGet("/lanes", context => context.Response.WriteAsync(StatusCodes.Status200OK, WriteLanes));
        app.MapGet("/control", ShowControlAsync);
        app.MapPost("/triggers/{trigger}/pause", context => SetPausedAsync(context, true));
        app.MapPost("/triggers/{trigger}/resume", context => SetPausedAsync(context, false));
        app.MapPost("/prompts/stop", context => SetKilledAsync(context, true));
        app.MapPost("/prompts/start", context => SetKilledAsync(context, false));
        app.MapPost("/breaker/close", CloseBreakerAsync);
        new RulebookPages(parts, _audit).Map(app);
        new ApprovalListPage(parts).Map(app);
        var users = new UserHash(parts.Settings.Observe.UserHashKey);
        new UserPages(parts, _audit, users).Map(app);
        new ExplainPage(parts, _audit, users).Map(app);
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        var role = tokens.RoleOf(request.Headers.Authorization);
        var changes = !HttpMethods.IsGet(request.Method);
        if (role == AdminRole.None)
        {
            response.Headers.WWWAuthenticate = "Bearer";
            _audit.Refused(context, "no valid token");
            await response.WriteAsync(StatusCodes.Status401Unauthorized, "error", "send a token: Authorization: Bearer <token>");
        }
        else if (changes && role < AdminRole.Operator)
        {
            _audit.Refused(context, "a reader changes nothing");
            await response.WriteAsync(StatusCodes.Status403Forbidden, "error", "this needs the operator token");
        }
        else
        {
            context.Items[nameof(AdminRole)] = role;
            await next(context);
        }
    }

    private void WriteLanes(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        health.WriteLanes(json);
        json.WriteEndObject();
    }

    private Task ShowControlAsync(HttpContext context) => context.Response.WriteAsync(StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("stopped", Control.IsKilled);
        json.WriteBoolean("breakerOpen", Control.Breaker.IsOpen);
        json.WriteStartArray("paused");
        foreach (var trigger in Control.Paused) json.WriteStringValue(trigger);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private Task SetPausedAsync(HttpContext context, bool paused)
    {
        var trigger = (string)context.Request.RouteValues["trigger"]!;
        if (!parts.Rulebook.Has(trigger))
        {
            var nearest = NearestName.Of(trigger, parts.Rulebook.Triggers);
            _audit.Refused(context, "no such trigger");
            return context.Response.WriteAsync(StatusCodes.Status404NotFound, "error",
                $"there is no trigger of this name{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
        }
        var changed = paused ? Control.Pause(trigger) : Control.Resume(trigger);
        _audit.Say(context, paused ? "pauses" : "resumes", trigger, changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }

    private Task SetKilledAsync(HttpContext context, bool killed)
    {
        var changed = Control.IsKilled != killed;
        Control.IsKilled = killed;
        _audit.Say(context, killed ? "stops" : "starts", "all prompts", changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }

    private Task CloseBreakerAsync(HttpContext context)
    {
        var changed = Control.Breaker.IsOpen;
        Control.Breaker.Close();
        _audit.Say(context, "closes", "the prompt-rate breaker", changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }
}
