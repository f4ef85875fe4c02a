using System.CommandLine;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage health</c>: asks a running engine, for containers whose image has no client.</summary>
internal static class HealthVerb
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private static readonly Option<Uri> _url = new("--url")
    {
        Description = "page to ask: /healthz (alive) or /readyz (all lanes work)", DefaultValueFactory = _ => new("http://127.0.0.1:9464/healthz"),
    };

    public static Command Command()
    {
        var command = new Command("health", "Print what an engine says of itself. Exit 1 when it is not well or does not answer.\n" +
            "Example: streamengage health --url http://127.0.0.1:9464/readyz");
        command.Options.Add(_url);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var url = parsed.GetRequiredValue(_url);
        try
        {
            using var client = new HttpClient { Timeout = _patience };
            using var answer = await client.GetAsync(url, stop);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(await answer.Content.ReadAsStringAsync(stop));
            return answer.IsSuccessStatusCode ? CommandLine.Done : CommandLine.Refused;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException or InvalidOperationException or NotSupportedException)
        {
            return parsed.Fail($"{url}: no answer: {silent.Message}; is the engine running, and is this its observe.port?", CommandLine.Refused);
        }
    }
}
