using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>Why a user was sent a prompt, or why not: the answer of the verb <c>explain</c>, for a lane of bounded size and one question at a time.</summary>
/// <remarks>It tells what a user did, so an operator asks; and the user stands in the body, as on the other pages.</remarks>
internal sealed class ExplainPage(EngineParts parts, AdminAudit audit, UserHash users)
{
    private const string Action = "explains user";

    // A lane that is made again stands in memory beside those that are served.
    private int _asking;

    public void Map(WebApplication app) => app.MapPost("/users/explain", ExplainAsync);

    private async Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        if (await QuestionAsync(context) is not { } question)
            await response.WriteAsync(StatusCodes.Status400BadRequest, "error",
                "send {\"user\": \"<id>\"}, and if you like \"trigger\": \"<name>\" and \"at\": \"<RFC 3339, or milliseconds>\"");
        else if (parts.Explain is not { } explain)
            await RefuseAsync(context, question, StatusCodes.Status501NotImplemented, "this instance has no topics to read: ask one that serves");
        else if (Interlocked.CompareExchange(ref _asking, 1, 0) == 1)
            await RefuseAsync(context, question, StatusCodes.Status429TooManyRequests, "another question is being answered: repeat the request");
        else
            try
            {
                await AnswerAsync(context, question, explain);
            }
            finally
            {
                Volatile.Write(ref _asking, 0);
            }
    }

    private async Task AnswerAsync(HttpContext context, ExplainQuestion question, ExplainServed explain)
    {
        try
        {
            var (served, problem) = await explain(question, context.RequestAborted);
            var answer = served is null ? new(null, problem) : ServedAnswer.To(question, served);
            if (served is null) await RefuseAsync(context, question, StatusCodes.Status503ServiceUnavailable, $"{problem}: repeat the request");
            else if (answer.Explanations is not { } explanations)
                await RefuseAsync(context, question, StatusCodes.Status404NotFound, answer.Problem!);
            else
            {
                audit.Say(context, Action, users.Of(question.User), "done");
                await context.Response.WriteAsync(StatusCodes.Status200OK, json => ExplanationJson.Write(json, question.User, explanations));
            }
        }
        catch (LogFailedException away)
        {
            await RefuseAsync(context, question, StatusCodes.Status503ServiceUnavailable, $"{away.Message}: repeat the request");
        }
    }

    private Task RefuseAsync(HttpContext context, ExplainQuestion question, int status, string why)
    {
        audit.Say(context, Action, users.Of(question.User), $"not answered, {status}");
        return context.Response.WriteAsync(status, "error", why);
    }

    /// <summary>Null when the body is not what was asked for.</summary>
    private static async Task<ExplainQuestion?> QuestionAsync(HttpContext context) =>
        await AskedOfUser.ReadAsync(context, "trigger", "at") is { } asked && ExplainQuestion.TryTime(asked["at"], out var at)
            ? new ExplainQuestion(asked.User, asked["trigger"], at) { RecordsMax = ServeLimits.ExplainRecordsMax } : null;
}
