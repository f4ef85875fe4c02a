using System.CommandLine;
using StreamEngage.Host.Changes;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage diff</c>: which users a rulebook would affect if it were published.</summary>
internal static class DiffVerb
{
    private static readonly Option<string> _next = new("--next") { HelpName = "DIR", Description = "folder of the rulebook to be published", Required = true };

    private static readonly Option<string?> _at = new("--at")
    {
        HelpName = "TIME",
        Description = "when it takes the other's place, by the stream's clock (RFC 3339 or milliseconds); by default behind the last event",
    };

    public static Command Command()
    {
        var command = new Command("diff",
            "Show what publishing a rulebook does, on recorded events: what is under way and goes on or ends, and of which users; from when on each\n" +
            "trigger takes events and believes its windows; which prompts are gained and lost from then on. Exit 1 when a line was refused.\n" +
            "Example: streamengage diff --rules rules --next rules-v2 --events events.ndjson.gz --at 2026-02-01T00:00:00Z");
        foreach (var option in (Option[])
            [SharedOptions.Rules, _next, SharedOptions.Events, SharedOptions.Map, _at, SharedOptions.IngestTime, SharedOptions.Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        var errors = parsed.InvocationConfiguration.Error;
        var at = parsed.GetValue(_at) is { } text ? RulebookChange.TimeOf(text) : null;
        if (at is null && parsed.GetValue(_at) is { } wrong)
            return parsed.Fail($"--at '{wrong}' is not a time such as 2026-02-01T00:00:00Z", CommandLine.WrongUsage);
        if (SharedOptions.WrongIngestTime(parsed) is { } wrongTime) return parsed.Fail(wrongTime, CommandLine.WrongUsage);
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), errors, out var now, out var exit)) return exit;
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(_next), errors, out var next, out exit)) return exit;
        if (!EventInput.TryOpen(parsed.GetRequiredValue(SharedOptions.Events), parsed.GetValue(SharedOptions.Map), out var input, out var error, stop))
            return parsed.Fail(error, CommandLine.WrongUsage);
        IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
        using (input) return Run(parsed, new RulebookDiff(now, next.Definition, at, ingested!), input, stop);
    }

    private static int Run(ParseResult parsed, RulebookDiff diff, EventInput input, CancellationToken stop)
    {
        if (Feed(input, diff, stop) is { } broken) return parsed.Fail(broken, CommandLine.Refused);
        diff.End();
        var console = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) console.WriteLine(DiffJson.Of(diff));
        else console.Write(new DiffText(diff).ToString());
        return diff.Intake.Quarantine.Total == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    /// <summary>Why reading ended before the end of the input, or null.</summary>
    private static string? Feed(EventInput input, RulebookDiff diff, CancellationToken stop) =>
        InputProgress.Show(input, diff.Intake, areOnTerminal: false, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!input.TryReadNext(out var row, out var broken)) return broken;
                diff.Offer(row);
                if (diff.Intake.Read % InputProgress.Every == 0) progress();
            }
            return $"{input.Path}: stopped after {diff.Intake.Read} events";
        });
}
