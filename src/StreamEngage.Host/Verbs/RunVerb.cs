using System.CommandLine;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage run</c>: the engine over a file or standard input in virtual time.</summary>
internal static class RunVerb
{
    private static readonly Option<string> _prompts = new("--prompts")
    {
        HelpName = "FILE|-",
        Description = "file for the prompt commands, one JSON object a line (compressed when it ends in .gz), or - for standard output",
        Required = true,
    };

    private static readonly Option<string?> _decisions = new("--decisions")
    {
        HelpName = "FILE|-",
        Description = "file for every verdict with its gates, one JSON object a line, or -",
    };

    private static readonly Option<string?> _quarantine = new("--quarantine")
    {
        HelpName = "FILE|-",
        Description = "file for what was refused: file, line, reason, detail and the line as it stands, or -",
    };

    private static readonly Option<bool> _noDrain = new("--no-drain")
    {
        Description = "leave the timers pending that are due after the last event; by default the clock moves on until none is left",
    };

    private static readonly Option<int> _lanes = new("--lanes")
    {
        HelpName = "N",
        Description = $"lanes the users are spread over, 1 to {RunLimits.LanesMax}; shows in nothing that comes out", DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> _batch = new("--batch")
    {
        HelpName = "N",
        Description = $"events of a batch, 1 to {Limits.BatchEventsMax}; shows in nothing that comes out",
        DefaultValueFactory = _ => Limits.BatchEventsMax,
    };

    private static readonly Option<string?> _state = new("--state")
    {
        HelpName = "DIR",
        Description = "folder of the engine's state: loaded first where there is one, saved at the end; with --no-drain nothing fires that the next " +
            "event could still change, and a later run goes on as if it had never stopped",
    };

    public static Command Command()
    {
        var command = new Command("run",
            "Run a rulebook over a file or standard input in virtual time: events in order of arrival, prompts and decisions out, ordered by\n" +
            "(decidedAt, user, trigger, instance). Exit 1 when a line was quarantined; everything else is written all the same.\n" +
            "Examples: streamengage run --rules rules --events events.ndjson.gz --prompts prompts.ndjson --quarantine bad.ndjson\n" +
            "          streamengage run --rules rules --events shop.csv --map shop.yaml --prompts - --no-drain | head");
        foreach (var option in (Option[])
            [SharedOptions.Rules, SharedOptions.Events, _prompts, _decisions, _quarantine, _noDrain, SharedOptions.Map, _lanes, _batch,
                SharedOptions.IngestTime, _state, SharedOptions.Changes, SharedOptions.Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        if (WrongUsage(parsed) is { } wrong) return parsed.Fail(wrong, CommandLine.WrongUsage);
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), parsed.InvocationConfiguration.Error, out var rulebook, out var exit))
            return exit;
        if (!RulebookChange.TryRead(parsed.GetValue(SharedOptions.Changes)!, parsed.InvocationConfiguration.Error, out var changes, out exit)) return exit;
        if (!EventInput.TryOpen(parsed.GetRequiredValue(SharedOptions.Events), parsed.GetValue(SharedOptions.Map), out var input, out var error, stop))
            return parsed.Fail(error, CommandLine.WrongUsage);
        using (input)
        {
            if (parsed.GetValue(_state) is { } state && StateSnapshot.Prepare(state) is { } no) return parsed.Fail(no, CommandLine.WrongUsage);
            if (!RunOutputs.TryOpen(Names(parsed), out var outputs, out error)) return parsed.Fail(error, CommandLine.WrongUsage);
            using (outputs)
            {
                var summary = new RunSummary(TimeProvider.System);
                return Run(parsed, new(Engine(parsed, rulebook, outputs, summary), summary, input, outputs), changes, stop);
            }
        }
    }

    private static int Run(ParseResult parsed, Work work, IReadOnlyList<RulebookChange> changes, CancellationToken stop)
    {
        var (run, summary, input, outputs) = work;
        var state = parsed.GetValue(_state);
        IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
        var intake = new RowIntake(run, ingested!, new Quarantine(input.Path, outputs.Quarantine));
        try
        {
            if (state is not null && StateSnapshot.Load(state, run) is { } unusable) return parsed.Fail(unusable, CommandLine.Refused);
            if (RulebookChange.Schedule(changes, run) is { } early) return parsed.Fail(early, CommandLine.WrongUsage);
            if (Feed(input, intake, outputs.AreOnTerminal, stop) is { } broken)
            {
                run.Suspend();
                outputs.Close();
                return parsed.Fail(broken, CommandLine.Refused);
            }
            End(run, state, drain: !parsed.GetValue(_noDrain));
            outputs.Close();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return parsed.Fail($"an output or the state cannot be read or written: {e.Message}", CommandLine.Refused);
        }
        if (run.ChangesAhead > 0) parsed.Fail($"{run.ChangesAhead} changes of the rulebook lie behind the last event and were not made", CommandLine.Done);
        summary.Close(run, intake);
        return Report(parsed, summary, outputs);
    }

    /// <summary>A run with what it reads, writes and counts.</summary>
    private sealed record Work(PipelineRun Run, RunSummary Summary, EventInput Input, RunOutputs Outputs);

    /// <summary>With a state to save and no drain the input only pauses here.</summary>
    private static void End(PipelineRun run, string? state, bool drain)
    {
        if (state is not null && !drain) run.Suspend();
        else run.End(drain);
        if (state is not null) StateSnapshot.Save(state, run);
    }

    private static PipelineRun Engine(ParseResult parsed, CompiledRulebook rulebook, RunOutputs outputs, RunSummary summary) =>
        new(rulebook, parsed.GetValue(_lanes), wantsDecisions: outputs.Decisions is not null)
        {
            BatchEvents = parsed.GetValue(_batch),
            Prompt = prompt =>
            {
                summary.Count(prompt);
                JsonLines.Write(prompt, outputs.Prompts.Buffer);
                outputs.Prompts.EndLine();
            },
            Decision = decision =>
            {
                JsonLines.Write(decision, outputs.Decisions!.Buffer);
                outputs.Decisions.EndLine();
            },
        };

    /// <summary>Why reading ended before the end of the input, or null.</summary>
    private static string? Feed(EventInput input, RowIntake intake, bool areOnTerminal, CancellationToken stop) =>
        InputProgress.Show(input, intake, areOnTerminal, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!input.TryReadNext(out var row, out var broken)) return broken;
                intake.Offer(row);
                if (intake.Read % InputProgress.Every == 0) progress();
            }
            return $"{input.Path}: stopped after {intake.Read} events; what was decided by then is written";
        });

    private static int Report(ParseResult parsed, RunSummary summary, RunOutputs outputs)
    {
        var console = parsed.InvocationConfiguration;
        if (!parsed.GetValue(SharedOptions.Json)) console.Error.Write(summary.ToText());
        else (outputs.UsesStandardOutput ? console.Error : console.Output).WriteLine(summary.ToJson());
        if (summary.Quarantined == 0) return CommandLine.Done;
        if (outputs.Quarantine is null)
            parsed.Fail($"{summary.Quarantined} lines were refused; add --quarantine FILE to see each with its line number and reason", 0);
        return CommandLine.Refused;
    }

    private static OutputNames Names(ParseResult parsed) => new(
        parsed.GetRequiredValue(_prompts), parsed.GetValue(_decisions), parsed.GetValue(_quarantine), parsed.GetRequiredValue(SharedOptions.Events));

    private static string? WrongUsage(ParseResult parsed)
    {
        var (lanes, batch) = (parsed.GetValue(_lanes), parsed.GetValue(_batch));
        if (lanes is < 1 or > RunLimits.LanesMax) return $"--lanes must be 1 to {RunLimits.LanesMax}, was {lanes}";
        if (batch is < 1 or > Limits.BatchEventsMax) return $"--batch must be 1 to {Limits.BatchEventsMax}, was {batch}";
        return SharedOptions.WrongIngestTime(parsed) ?? Names(parsed).Problem();
    }
}
