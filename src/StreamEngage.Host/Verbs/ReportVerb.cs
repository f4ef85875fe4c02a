using System.CommandLine;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Reports;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage report</c>: what the prompts of each trigger brought, against users who were held out.</summary>
internal static class ReportVerb
{
    private static readonly Option<string?> _decisions = new("--decisions")
    {
        HelpName = "FILE",
        Description = "decisions as 'run' wrote them; by default the rulebook decides over the events again",
    };

    public static Command Command()
    {
        var command = new Command("report",
            "Show what the prompts of each trigger brought: users who were sent one against users who were held out, how many of each reached the goal in\n" +
            "time, and an interval for the difference that holds however often it is looked at. Exit 1 when a line was refused; the rest is shown\n" +
            "all the same.\n" +
            "Example: streamengage report --rules rules --decisions decisions.ndjson --events events.ndjson.gz");
        foreach (var option in (Option[])
            [SharedOptions.Rules, SharedOptions.Events, SharedOptions.Map, _decisions, SharedOptions.IngestTime, SharedOptions.Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        if (SharedOptions.WrongIngestTime(parsed) is { } wrong) return parsed.Fail(wrong, CommandLine.WrongUsage);
        var errors = parsed.InvocationConfiguration.Error;
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), errors, out var rulebook, out var exit)) return exit;
        if (!EventInput.TryOpen(parsed.GetRequiredValue(SharedOptions.Events), parsed.GetValue(SharedOptions.Map), out var events, out var error, stop))
            return parsed.Fail(error, CommandLine.WrongUsage);
        using (events)
        {
            IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
            if (parsed.GetValue(_decisions) is not { } path) return Run(parsed, new(rulebook, decides: true, ingested!), events, null, stop);
            if (!EventInput.TryOpen(path, null, out var decisions, out error, stop)) return parsed.Fail(error, CommandLine.WrongUsage);
            using (decisions) return Run(parsed, new(rulebook, decides: false, ingested!), events, decisions, stop);
        }
    }

    private static int Run(ParseResult parsed, Report report, EventInput events, EventInput? decisions, CancellationToken stop)
    {
        var refused = 0L;
        if (decisions is not null && ReadDecisions(decisions, report, stop, out refused) is { } unread) return parsed.Fail(unread, CommandLine.Refused);
        if (Feed(events, report, stop) is { } broken) return parsed.Fail(broken, CommandLine.Refused);
        report.End();
        var console = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) console.WriteLine(ReportJson.Of(report));
        else console.Write(new ReportText(report).ToString());
        if (refused > 0) return parsed.Fail($"{decisions!.Path}: {refused} lines are no decisions; 'run --decisions' writes them", CommandLine.Refused);
        return report.Intake.Quarantine.Total == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    /// <summary>Why reading ended before the end, or null.</summary>
    private static string? ReadDecisions(EventInput decisions, Report report, CancellationToken stop, out long refused)
    {
        refused = 0;
        while (!stop.IsCancellationRequested)
        {
            if (!decisions.TryReadNext(out var row, out var broken)) return broken;
            if (row.Fault is null && DecisionLine.TryRead(row.Event.Span, out var decided)) report.Take(decided.Value);
            else refused++;
        }
        return $"{decisions.Path}: stopped";
    }

    /// <summary>Why reading ended before the end, or null.</summary>
    private static string? Feed(EventInput events, Report report, CancellationToken stop) =>
        InputProgress.Show(events, report.Intake, areOnTerminal: false, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!events.TryReadNext(out var row, out var broken)) return broken;
                report.Offer(row);
                if (report.Intake.Read % InputProgress.Every == 0) progress();
            }
            return $"{events.Path}: stopped after {report.Intake.Read} events";
        });
}
