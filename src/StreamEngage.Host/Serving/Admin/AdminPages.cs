using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamEngage.Rules.Expressions;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>The admin port: what a reader may see and an operator may change. Every change, done or refused, is in the log.</summary>
internal sealed class AdminPages(AdminTokens tokens, ServedRulebook rulebook, EngineControl control, Health health)
{
    public required ILogger Log { private get; init; }

    public required UserHash Users { private get; init; }

    public void Map(WebApplication app)
    {
        app.Use(next => context => GuardAsync(context, next));
        app.MapGet("/lanes", context => context.Response.WriteAsync(StatusCodes.Status200OK, WriteLanes));
        app.MapGet("/rulebook", context => context.Response.WriteAsync(StatusCodes.Status200OK, json => rulebook.Write(json, control)));
        app.MapGet("/control", ShowControlAsync);
        app.MapPut("/rulebook", PublishAsync);
        app.MapPost("/triggers/{trigger}/pause", context => SetPausedAsync(context, true));
        app.MapPost("/triggers/{trigger}/resume", context => SetPausedAsync(context, false));
        app.MapPost("/prompts/stop", context => SetKilledAsync(context, true));
        app.MapPost("/prompts/start", context => SetKilledAsync(context, false));
        app.MapPost("/breaker/close", CloseBreakerAsync);
        app.MapPost("/users/erase", EraseAsync);
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        var role = tokens.RoleOf(request.Headers.Authorization);
        var changes = !HttpMethods.IsGet(request.Method);
        if (role == AdminRole.None)
        {
            response.Headers.WWWAuthenticate = "Bearer";
            Refused(context, "no valid token");
            await response.WriteAsync(StatusCodes.Status401Unauthorized, "error", "send a token: Authorization: Bearer <token>");
        }
        else if (changes && role < AdminRole.Operator)
        {
            Refused(context, "a reader changes nothing");
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
        json.WriteBoolean("stopped", control.IsKilled);
        json.WriteBoolean("breakerOpen", control.Breaker.IsOpen);
        json.WriteStartArray("paused");
        foreach (var trigger in control.Paused) json.WriteStringValue(trigger);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private async Task PublishAsync(HttpContext context)
    {
        var candidate = await CandidateRulebook.ReadAsync(context.Request.Body, context.RequestAborted);
        Audit(context, "publishes rulebook", candidate.Version, candidate.Refusal ?? "valid, not applied");
        if (candidate.Refusal is not null) await context.Response.WriteAsync(StatusCodes.Status422UnprocessableEntity, candidate.WriteProblems);
        else
        {
            await context.Response.WriteAsync(StatusCodes.Status501NotImplemented, "error",
                $"rulebook {candidate.Version} is valid, but this version cannot change rulebooks while it runs: replace the folder and restart the instances");
        }
    }

    private Task SetPausedAsync(HttpContext context, bool paused)
    {
        var trigger = (string)context.Request.RouteValues["trigger"]!;
        if (!rulebook.Has(trigger))
        {
            var nearest = NearestName.Of(trigger, rulebook.Triggers);
            Refused(context, "no such trigger");
            return context.Response.WriteAsync(StatusCodes.Status404NotFound, "error",
                $"there is no trigger of this name{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
        }
        var changed = paused ? control.Pause(trigger) : control.Resume(trigger);
        Audit(context, paused ? "pauses" : "resumes", trigger, changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }

    private Task SetKilledAsync(HttpContext context, bool killed)
    {
        var changed = control.IsKilled != killed;
        control.IsKilled = killed;
        Audit(context, killed ? "stops" : "starts", "all prompts", changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }

    private Task CloseBreakerAsync(HttpContext context)
    {
        var changed = control.Breaker.IsOpen;
        control.Breaker.Close();
        Audit(context, "closes", "the prompt-rate breaker", changed ? "done" : "was so already");
        return ShowControlAsync(context);
    }

    /// <summary>The user stands in the body, not in the address: addresses end up in logs of proxies.</summary>
    private async Task EraseAsync(HttpContext context)
    {
        if (await UserInAsync(context) is not { } user)
        {
            await context.Response.WriteAsync(StatusCodes.Status400BadRequest, "error", "send {\"user\": \"<id>\"}");
            return;
        }
        if (control.Erase is not { } erase)
        {
            Audit(context, "erases user", Users.Of(user), "not possible here");
            await context.Response.WriteAsync(StatusCodes.Status501NotImplemented, "error",
                "this instance has no input to write to: send an event of type 'erase' with this user to an input topic");
            return;
        }
        await erase(user, context.RequestAborted);
        Audit(context, "erases user", Users.Of(user), "written to the input");
        await context.Response.WriteAsync(StatusCodes.Status202Accepted, "state", "the user is forgotten when their lane comes to it");
    }

    private static async Task<string?> UserInAsync(HttpContext context)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, new() { MaxDepth = 4 }, context.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("user", out var user)
                && user.ValueKind == JsonValueKind.String && user.GetString() is { Length: > 0 and <= Limits.IdBytesMax } id ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Audit(HttpContext context, string action, string target, string outcome) =>
        Serving.Log.Audit(Log, $"{$"{context.Items[nameof(AdminRole)]}".ToLowerInvariant()} from {Remote(context)}", action, target, outcome);

    private void Refused(HttpContext context, string why) =>
        Serving.Log.AdminRefused(Log, context.Request.Method, context.Request.Path, Remote(context), why);

    private static string Remote(HttpContext context) => $"{context.Connection.RemoteIpAddress}";
}
