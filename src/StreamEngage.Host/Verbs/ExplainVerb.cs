using System.CommandLine;
using StreamEngage.Events;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;
using StreamEngage.Rules;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage explain</c>: why a user was sent a prompt, or why not, and the smallest change that flips it.</summary>
internal static class ExplainVerb
{
    private static readonly Option<string> _user = new("--user") { HelpName = "U", Description = "the user", Required = true };

    private static readonly Option<string?> _trigger = new("--trigger") { HelpName = "T", Description = "one trigger; by default every one that decided" };

    private static readonly Option<string?> _at = new("--at")
    {
        HelpName = "TIME",
        Description = "RFC 3339 or milliseconds: the decision at or nearest before then; by default the last",
    };

    private static readonly Option<string?> _rules = new("--rules") { HelpName = "DIR", Description = $"{SharedOptions.Rules.Description}; with --events" };

    private static readonly Option<string?> _events = new("--events") { HelpName = "FILE|-", Description = SharedOptions.Events.Description };

    private static readonly Option<string?> _config = new("--config")
    {
        HelpName = "FILE",
        Description = "settings file (YAML) of a serving engine, in place of --rules and --events: its topics are read, and nothing is written",
    };

    private static readonly Option<int?> _lane = new("--lane")
    {
        HelpName = "N",
        Description = "with --config: the user's lane, where the input is not partitioned as kafka.partitioner says",
    };

    private static readonly Option<bool> _json = new("--json") { Description = "the explanations as one JSON object" };

    public static Command Command()
    {
        var command = new Command("explain",
            "Explain a decision: the user's events, the gates, the first that failed, the values it saw, and the smallest change with which the\n" +
            "prompt is sent, found by asking the engine again. Where a trigger made no candidate: which part of it did not happen.\n" +
            "Of a recorded log with --rules and --events, and with --change where the rulebook changed on the way.\n" +
            "Of a serving engine with --config: then the user's lane is made again from its input and its journal, and what is explained is the\n" +
            "decision that was taken.\n" +
            "Example: streamengage explain --rules rules --events events.ndjson.gz --user u17 --trigger cart-abandonment --at 2026-01-05T18:00:00Z\n" +
            "         streamengage explain --config streamengage.yaml --user u17 --trigger cart-abandonment");
        foreach (var option in (Option[])
            [_rules, _events, SharedOptions.Changes, SharedOptions.Map, _config, _lane, _user, _trigger, _at, SharedOptions.IngestTime, _json])
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        if (Misused(parsed) is { } misuse) return Task.FromResult(parsed.Fail(misuse, CommandLine.WrongUsage));
        if (!ExplainQuestion.TryTime(parsed.GetValue(_at), out var at))
            return Task.FromResult(parsed.Fail(
                $"--at '{parsed.GetValue(_at)}' is not a time such as 2026-01-01T00:00:00Z", CommandLine.WrongUsage));
        var question = new ExplainQuestion(parsed.GetRequiredValue(_user), parsed.GetValue(_trigger), at) { Lane = parsed.GetValue(_lane) };
        return parsed.GetValue(_config) is { } config
            ? ServedExplain.RunAsync(parsed, config, question, shown => Write(parsed, question, shown), stop)
            : Task.FromResult(RunRecorded(parsed, question, stop));
    }

    /// <summary>What does not go together; null: all does.</summary>
    private static string? Misused(ParseResult parsed)
    {
        var (hasConfig, hasFiles) = (parsed.GetValue(_config) is not null, parsed.GetValue(_rules) is not null || parsed.GetValue(_events) is not null);
        var hasMore = parsed.GetValue(SharedOptions.Map) is not null || parsed.GetValue(SharedOptions.IngestTime) is not null
            || parsed.GetValue(SharedOptions.Changes) is { Length: > 0 };
        if (hasConfig && (hasFiles || hasMore)) return "--config stands in place of --rules, --events, --change, --map and --ingest-time";
        if (hasConfig) return null;
        if (parsed.GetValue(_rules) is null || parsed.GetValue(_events) is null) return "name --rules and --events, or --config; see explain --help";
        return parsed.GetValue(_lane) is not null ? "--lane goes with --config" : SharedOptions.WrongIngestTime(parsed);
    }

    private static int RunRecorded(ParseResult parsed, ExplainQuestion question, CancellationToken stop)
    {
        if (!RulesFolder.TryCompile(parsed.GetValue(_rules)!, parsed.InvocationConfiguration.Error, out var rulebook, out var exit)) return exit;
        if (!RulebookChange.TryRead(parsed.GetValue(SharedOptions.Changes)!, parsed.InvocationConfiguration.Error, out var changes, out exit)) return exit;
        var course = new RulebookCourse(rulebook.Definition, [.. changes.OrderBy(change => change.At)]);
        if (question.Unknown(course.Triggers) is { } unknown)
            return parsed.Fail(unknown, CommandLine.WrongUsage);
        if (!EventInput.TryOpen(parsed.GetValue(_events)!, parsed.GetValue(SharedOptions.Map), out var input, out var error, stop))
            return parsed.Fail(error, CommandLine.WrongUsage);
        using (input) return RunRecorded(parsed, course, input, question, stop);
    }

    private static int RunRecorded(ParseResult parsed, RulebookCourse course, EventInput input, ExplainQuestion question, CancellationToken stop)
    {
        var (user, rules) = (question.User, course.First);
        var (reading, statistics) = (new HistoryReading(user, rules, NamesOf(user, rules, parsed)), new StatisticsReading(rules, course.Changes));
        IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
        if (Feed(input, reading, statistics, ingested!, stop) is { } broken) return parsed.Fail(broken, CommandLine.Refused);
        var premise = new Premise(user, rules, reading.End())
        {
            Told = statistics.End(),
            Next = [.. course.Changes.Select(change => change.Next)],
            ChangedAt = [.. course.Changes.Select(change => change.At)],
        };
        if (reading.IsTooLong)
            return parsed.Fail($"{user} has more than {ExplainLimits.EventsMax} events; cut the input to the time in question", CommandLine.Refused);
        if (premise.Events.All(e => e.IsAside))
            return parsed.Fail($"{input.Path}: no event of the user '{user}' among {reading.Read} records", CommandLine.Refused);
        Write(parsed, question, Explanations(premise, question));
        return reading.Refused == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    private static void Write(ParseResult parsed, ExplainQuestion question, IReadOnlyList<Explanation> explanations)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) output.WriteLine(ExplanationJson.Of(question.User, explanations));
        else output.Write(string.Join('\n', explanations.Select(one => new ExplanationText(one).ToString())));
        if (explanations.Count == 0)
            parsed.Fail($"no trigger decided anything about {question.User} by then; name one with --trigger to see what of it did not happen", 0);
    }

    /// <summary>
    /// The ids that turned out to be the user's: a reading of its own before the first. Null where the input cannot be read twice, or there are none.
    /// </summary>
    private static HashSet<string>? NamesOf(string user, RulebookDefinition rules, ParseResult parsed)
    {
        var path = parsed.GetValue(_events)!;
        if (path == "-" || !EventInput.TryOpen(path, parsed.GetValue(SharedOptions.Map), out var input, out _)) return null;
        using (input)
        {
            var reading = new NameReading(rules);
            while (input.TryReadNext(out var row, out _)) reading.Offer(row);
            return reading.NamesOf(user);
        }
    }

    /// <summary>Of one trigger, or of each that made a candidate by then.</summary>
    private static List<Explanation> Explanations(Premise premise, ExplainQuestion question)
    {
        var outcomes = Course.Of(premise).Outcomes.Where(outcome => outcome.MadeAt <= question.At)
            .GroupBy(outcome => outcome.Trigger).ToDictionary(group => group.Key, Course.Latest);
        // Nothing that was asked about is later than the last event.
        var asked = question.At.UnixMilliseconds == long.MaxValue ? premise.Events.Max(e => e.At) : question.At;
        var explanations = new List<Explanation>();
        var triggers = premise.Rulebooks.SelectMany(rules => rules.Triggers).Select(trigger => trigger.Name).Distinct().Order(StringComparer.Ordinal);
        foreach (var name in triggers.Where(name => question.Trigger is null || name == question.Trigger))
            if (outcomes.TryGetValue(name, out var outcome))
            {
                var decided = premise.Under(outcome.Last.At, name, outcome.Last.Version);
                explanations.Add(Explanation.Of(decided, decided.Trigger(name)!, outcome, asked));
            }
            else if (question.Trigger is not null && premise.Under(asked, name) is var then)
                explanations.Add(Explanation.OfNone(then, then.Trigger(name)!, asked));
        return explanations;
    }

    /// <summary>Why reading ended before the end of the input, or null.</summary>
    private static string? Feed(
        EventInput input, HistoryReading reading, StatisticsReading statistics, Func<EventTime> ingested, CancellationToken stop) =>
        InputProgress.Show(input, () => reading.Read, areOnTerminal: false, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!input.TryReadNext(out var row, out var broken)) return broken;
                var at = ingested();
                reading.Offer(row, at);
                statistics.Offer(row, at);
                if (reading.Read % InputProgress.Every == 0) progress();
            }
            return $"{input.Path}: stopped after {reading.Read} events";
        });
}

/// <summary>The rulebook at the start and those that follow, in order.</summary>
internal sealed record RulebookCourse(RulebookDefinition First, IReadOnlyList<RulebookChange> Changes)
{
    /// <summary>Names of the triggers that any of them has.</summary>
    public IEnumerable<string> Triggers => Changes.Select(change => change.Next).Prepend(First)
        .SelectMany(rules => rules.Triggers).Select(trigger => trigger.Name).Distinct(StringComparer.Ordinal);
}
