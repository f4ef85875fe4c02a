using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>What an operator says about one user: forget them, or whether a prompt that waits for an answer may be sent.</summary>
/// <remarks>The user stands in the body, not in the address: addresses end up in logs of proxies.</remarks>
internal sealed class UserPages(EngineParts parts, AdminAudit audit, UserHash users)
{
    private const int PromptIdDigits = 32;

    public void Map(WebApplication app)
    {
        app.MapPost("/users/erase", EraseAsync);
        app.MapPost("/approvals/{prompt}/approve", context => AnswerAsync(context, isApproved: true));
        app.MapPost("/approvals/{prompt}/reject", context => AnswerAsync(context, isApproved: false));
    }

    private EventTime Now => new(parts.Time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task EraseAsync(HttpContext context)
    {
        if (await AskedOfUser.ReadAsync(context) is not { } asked)
        {
            await context.Response.WriteAsync(StatusCodes.Status400BadRequest, "error", "send {\"user\": \"<id>\"}");
            return;
        }
        var line = ControlEvents.Erase(asked.User, $"erase-{Guid.NewGuid():N}", Now);
        await TellAsync(context, asked.User, line, ("erases user", users.Of(asked.User), "the user is forgotten when their lane comes to it"));
    }

    private async Task AnswerAsync(HttpContext context, bool isApproved)
    {
        var prompt = (string)context.Request.RouteValues["prompt"]!;
        var isId = prompt.Length == PromptIdDigits && UInt128.TryParse(prompt, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        if (!isId || await AskedOfUser.ReadAsync(context, "by") is not { } asked)
        {
            await context.Response.WriteAsync(StatusCodes.Status400BadRequest, "error",
                "send {\"user\": \"<id>\"} to /approvals/<prompt id, 32 hex digits>/approve: both stand in the decision record of the held prompt");
            return;
        }
        var line = ControlEvents.Answer((prompt.ToLowerInvariant(), asked.User), isApproved, asked["by"], Now);
        await TellAsync(context, asked.User, line,
            (isApproved ? "approves prompt" : "rejects prompt", prompt, "the answer counts if the prompt still waits when the user's lane comes to it"));
    }

    private async Task TellAsync(HttpContext context, string user, byte[] line, (string Action, string Target, string Outcome) said)
    {
        if (parts.Control.Post is not { } post)
        {
            audit.Say(context, said.Action, said.Target, "not possible here");
            await context.Response.WriteAsync(StatusCodes.Status501NotImplemented, "error",
                "this instance has no exchange to write to: send the event to an input topic");
            return;
        }
        try
        {
            await post.TellUserAsync(user, line, context.RequestAborted);
        }
        catch (LogFailedException failed)
        {
            audit.Say(context, said.Action, said.Target, "not written");
            await context.Response.WriteAsync(StatusCodes.Status503ServiceUnavailable, "error", $"{failed.Message}: repeat the request");
            return;
        }
        audit.Say(context, said.Action, said.Target, "written to the user's lane");
        await context.Response.WriteAsync(StatusCodes.Status202Accepted, "state", said.Outcome);
    }
}
