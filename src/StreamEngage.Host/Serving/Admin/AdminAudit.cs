using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>Who changed what by way of the admin port, and who was refused, as lines of the log.</summary>
internal sealed class AdminAudit(ILogger log)
{
    public void Say(HttpContext context, string action, string target, string outcome) =>
        Log.Audit(log, $"{$"{context.Items[nameof(AdminRole)]}".ToLowerInvariant()} from {Remote(context)}", action, target, outcome);

    public void Refused(HttpContext context, string why) =>
        Log.AdminRefused(log, context.Request.Method, context.Request.Path, Remote(context), why);

    private static string Remote(HttpContext context) => $"{context.Connection.RemoteIpAddress}";
}
