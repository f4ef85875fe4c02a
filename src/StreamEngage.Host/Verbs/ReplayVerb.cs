using System.CommandLine;
using StreamEngage.Host.Replaying;
using StreamEngage.Host.Serving;
using StreamEngage.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage replay</c>: rebuilds the state of lanes from input and journal, and compares.</summary>
internal static class ReplayVerb
{
    private static readonly Option<int?> _lane = new("--lane") { HelpName = "N", Description = "one lane only; the channel topics are then left alone" };

    public static Command Command()
    {
        var command = new Command("replay",
            "Make every lane again from the beginning of its input and its journal, in memory, and compare: what the journal says was published, what the\n" +
            "channel topics hold, and each user's state in Redis. Reads only; run it while the engine is stopped, or users are not compared. Exit 1 when\n" +
            "something differs or could not be made again. How far it is stands on standard error: a bar on a terminal, else a line every ten seconds.\n" +
            "Example: streamengage replay --config streamengage.yaml --lane 3");
        foreach (var option in (Option[])[ServedConfig.Option, _lane, SharedOptions.Json]) command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        if (!ServedConfig.TryRead(parsed, out var settings, out var rulebook)) return CommandLine.Refused;
        if (Librdkafka.Problem is { } missing) return parsed.Fail(missing, CommandLine.Refused);
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            var servers = await Composition.CheckAsync(settings, rulebook, TimeProvider.System, stop);
            foreach (var problem in servers.Problems) errors.WriteLine($"replay: {problem}");
            if (servers.Problems.Count > 0) return CommandLine.Refused;
            if (parsed.GetValue(_lane) is { } wanted && (wanted < 0 || wanted >= servers.Lanes))
                return parsed.Fail($"--lane must be 0 to {servers.Lanes - 1}, was {wanted}", CommandLine.WrongUsage);
            var replayed = await ReplayProgress.ShowAsync(errors, moved =>
                Composition.ReplayAsync(settings, rulebook, new(servers.Lanes, parsed.GetValue(_lane), moved), stop));
            output.Write(parsed.GetValue(SharedOptions.Json) ? ReplayText.Json(replayed) + "\n" : ReplayText.Of(replayed));
            return replayed.IsRight ? CommandLine.Done : CommandLine.Refused;
        }
        catch (Exception away) when (away is LogFailedException or StoreFailedException or JournalTooLongException)
        {
            return parsed.Fail(away.Message, CommandLine.Refused);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return parsed.Fail("stopped; nothing was compared", CommandLine.Refused);
        }
    }
}
