using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StreamEngage.Rules;
using StreamEngage.Steps;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>Which rulebook is in force, and another one for all lanes.</summary>
internal sealed class RulebookPages(EngineParts parts, AdminAudit audit)
{
    private const string Action = "publishes rulebook";

    private readonly Lock _gate = new();
    private Task _sending = Task.CompletedTask;

    public void Map(WebApplication app)
    {
        app.MapGet("/rulebook", context => context.Response.WriteAsync(StatusCodes.Status200OK, json => parts.Rulebook.Write(json, parts.Control)));
        app.MapPut("/rulebook", PublishAsync);
    }

    private async Task PublishAsync(HttpContext context)
    {
        var candidate = await CandidateRulebook.ReadAsync(context.Request.Body, context.RequestAborted);
        var response = context.Response;
        if (candidate.Definition is not { } definition)
        {
            audit.Say(context, Action, candidate.Version, candidate.Refusal!);
            await response.WriteAsync(StatusCodes.Status422UnprocessableEntity, candidate.WriteProblems);
        }
        else if (context.Request.Query.ContainsKey("dry_run"))
            await response.WriteAsync(StatusCodes.Status200OK, new RulebookImpact(parts.Rulebook, candidate, definition).Write);
        else if (candidate.Text.Encode() is not { } body)
        {
            audit.Say(context, Action, candidate.Version, "too big");
            await response.WriteAsync(
                StatusCodes.Status413PayloadTooLarge, "error", "the rulebook is too big for a record, even compressed: split off what is data");
        }
        else if (parts.Control.Post is not { } post)
        {
            audit.Say(context, Action, candidate.Version, "not possible here");
            await response.WriteAsync(StatusCodes.Status501NotImplemented, "error",
                $"rulebook {candidate.Version} is valid, but this instance has no exchange to write it to: replace the folder and restart");
        }
        else await SendAsync(context, candidate, body, post);
    }

    private async Task SendAsync(HttpContext context, CandidateRulebook candidate, byte[] body, LanePost post)
    {
        var newTopics = ServedRulebook.PromptTopicsOf(candidate.Definition!).Except(parts.Rulebook.PromptTopics, StringComparer.Ordinal).ToList();
        var wrong = newTopics.Count == 0 ? [] : await post.WrongTopics(newTopics, context.RequestAborted);
        if (wrong.Count > 0)
        {
            audit.Say(context, Action, candidate.Version, "topics are missing");
            await context.Response.WriteAsync(StatusCodes.Status422UnprocessableEntity, "error", string.Join("; ", wrong));
            return;
        }
        parts.Shelf.Put(new(candidate.Text, candidate.Definition!));
        // Before the lanes are told: then it is this one that is in force.
        var inForce = parts.Rulebook.Compiled.Definition;
        var (told, failure) = await TellInTurnAsync(post, body);
        audit.Say(context, Action, candidate.Version, $"told {told} of {post.Lanes} lanes");
        await context.Response.WriteAsync(failure is null ? StatusCodes.Status202Accepted : StatusCodes.Status503ServiceUnavailable,
            json => WriteSent(json, candidate, (told, post.Lanes, failure), inForce));
    }

    /// <summary>One at a time: of two that are sent together all lanes must get the same last.</summary>
    private Task<(int Told, string? Failure)> TellInTurnAsync(LanePost post, byte[] body)
    {
        lock (_gate)
        {
            var sending = AfterAsync(_sending, post, body);
            _sending = sending;
            return sending;
        }
    }

    private static async Task<(int Told, string? Failure)> AfterAsync(Task former, LanePost post, byte[] body)
    {
        await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Who asked may hang up: a change that has begun goes to all lanes.
        return await post.TellAllAsync(MessageKind.Rulebook, body, CancellationToken.None);
    }

    private static void WriteSent(Utf8JsonWriter json, CandidateRulebook candidate, (int Told, int All, string? Failure) lanes, RulebookDefinition inForce)
    {
        json.WriteStartObject();
        json.WriteString("version", candidate.Version);
        json.WriteNumber("lanesTold", lanes.Told);
        json.WriteNumber("lanes", lanes.All);
        if (lanes.Failure is null) json.WriteString("state", "in force in each lane when it comes to it: GET /lanes shows where it is");
        else json.WriteString("error", $"{lanes.Failure}: repeat the request, lanes that have this version ignore it");
        candidate.WriteWarnings(json, inForce);
        json.WriteEndObject();
    }
}
