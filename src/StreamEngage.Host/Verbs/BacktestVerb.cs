using System.CommandLine;
using StreamEngage.Detect;
using StreamEngage.Host.Backtests;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage backtest</c>: what a rulebook would have done with past events.</summary>
internal static class BacktestVerb
{
    private static readonly Option<string?> _against = new("--against")
    {
        HelpName = "DIR",
        Description = "folder of another rulebook: which prompts the first one gains and loses, by user, trigger, instance and time",
    };

    public static Command Command()
    {
        var command = new Command("backtest",
            "Show what a rulebook would have done with past events: per trigger candidates, verdicts by reason, prompts per user, by hour of day and\n" +
            "over time, and the difference to another rulebook. Exit 1 when a line was refused; the rest is shown all the same.\n" +
            "Example: streamengage backtest --rules rules --events events.ndjson.gz --against rules-before");
        foreach (var option in (Option[])
            [SharedOptions.Rules, SharedOptions.Events, SharedOptions.Map, _against, SharedOptions.IngestTime, SharedOptions.Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        var errors = parsed.InvocationConfiguration.Error;
        if (SharedOptions.WrongIngestTime(parsed) is { } wrong) return parsed.Fail(wrong, CommandLine.WrongUsage);
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), errors, out var rulebook, out var exit)) return exit;
        CompiledRulebook? against = null;
        if (parsed.GetValue(_against) is { } folder && !RulesFolder.TryCompile(folder, errors, out against, out exit)) return exit;
        if (!EventInput.TryOpen(parsed.GetRequiredValue(SharedOptions.Events), parsed.GetValue(SharedOptions.Map), out var input, out var error, stop))
            return parsed.Fail(error, CommandLine.WrongUsage);
        IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
        using (input) return Run(parsed, new Backtest(rulebook, against, ingested!), input, stop);
    }

    private static int Run(ParseResult parsed, Backtest backtest, EventInput input, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        if (Feed(input, backtest, stop) is { } broken) return parsed.Fail(broken, CommandLine.Refused);
        backtest.End();
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var console = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) console.WriteLine(BacktestJson.Of(backtest, elapsed));
        else console.Write(new BacktestText(backtest, elapsed).ToString());
        return backtest.Intake.Quarantine.Total == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    /// <summary>Why reading ended before the end of the input, or null.</summary>
    private static string? Feed(EventInput input, Backtest backtest, CancellationToken stop) =>
        InputProgress.Show(input, backtest.Intake, areOnTerminal: false, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!input.TryReadNext(out var row, out var broken)) return broken;
                backtest.Offer(row);
                if (backtest.Intake.Read % InputProgress.Every == 0) progress();
            }
            return $"{input.Path}: stopped after {backtest.Intake.Read} events";
        });
}
