using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StreamEngage.Host.Approving;
using StreamEngage.Steps;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>What waits for a person's answer, in all lanes: a reader may see it.</summary>
internal sealed class ApprovalListPage(EngineParts parts)
{
    public void Map(WebApplication app) => app.MapGet("/approvals", ListAsync);

    private async Task ListAsync(HttpContext context)
    {
        var (query, response) = (context.Request.Query, context.Response);
        var limit = ApprovalPages.LimitDefault;
        var isLimit = !query.TryGetValue("limit", out var most)
            || (int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= ApprovalPages.LimitMax);
        if (!isLimit || ApprovalPlace.Parse(query.TryGetValue("after", out var after) ? $"{after}" : null) is not { } from)
            await response.WriteAsync(StatusCodes.Status400BadRequest, "error",
                $"limit is 1 to {ApprovalPages.LimitMax}, after is what the last answer had as next");
        else if (parts.Approvals is not { } approvals)
            await response.WriteAsync(StatusCodes.Status501NotImplemented, "error", "this instance has no store to read: ask one that serves");
        else await ListAsync(context, approvals, from, limit);
    }

    private static async Task ListAsync(HttpContext context, ApprovalPages approvals, ApprovalPlace from, int limit)
    {
        try
        {
            var page = await approvals.ListAsync(from, limit, context.RequestAborted);
            await context.Response.WriteAsync(StatusCodes.Status200OK, json => Write(json, page));
        }
        catch (StoreFailedException away)
        {
            await context.Response.WriteAsync(StatusCodes.Status503ServiceUnavailable, "error", $"{away.Message}: repeat the request");
        }
    }

    private static void Write(Utf8JsonWriter json, ApprovalPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("approvals");
        foreach (var one in page.Awaiting) one.Write(json);
        json.WriteEndArray();
        json.WriteNumber("looked", page.Looked);
        json.WriteString("next", page.Next?.ToString());
        json.WriteEndObject();
    }
}
