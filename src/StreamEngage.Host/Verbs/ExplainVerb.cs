using System.CommandLine;
using StreamEngage.Events;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

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

    private static readonly Option<bool> _json = new("--json") { Description = "the explanations as one JSON object" };

    public static Command Command()
    {
        var command = new Command("explain",
            "Explain a decision: the user's events, the gates, the first that failed, the values it saw, and the smallest change with which the\n" +
            "prompt is sent, found by asking the engine again. Where a trigger made no candidate: which part of it did not happen.\n" +
            "Example: streamengage explain --rules rules --events events.ndjson.gz --user u17 --trigger cart-abandonment --at 2026-01-05T18:00:00Z");
        foreach (var option in (Option[])
            [SharedOptions.Rules, SharedOptions.Events, SharedOptions.Map, _user, _trigger, _at, SharedOptions.IngestTime, _json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        if (SharedOptions.WrongIngestTime(parsed) is { } wrong) return parsed.Fail(wrong, CommandLine.WrongUsage);
        if (!TryTime(parsed.GetValue(_at), out var at))
            return parsed.Fail($"--at '{parsed.GetValue(_at)}' is not a time such as 2026-01-01T00:00:00Z", CommandLine.WrongUsage);
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), parsed.InvocationConfiguration.Error, out var rulebook, out var exit))
            return exit;
        var rules = rulebook.Definition;
        if (parsed.GetValue(_trigger) is { } name && rules.Triggers.All(trigger => trigger.Name != name))
            return parsed.Fail(
                $"there is no trigger '{name}'{NearestName.Hint(name, rules.Triggers.Select(trigger => trigger.Name))}", CommandLine.WrongUsage);
        if (!EventInput.TryOpen(parsed.GetRequiredValue(SharedOptions.Events), parsed.GetValue(SharedOptions.Map), out var input, out var error))
            return parsed.Fail(error, CommandLine.WrongUsage);
        using (input) return Run(parsed, rules, input, at, stop);
    }

    private static int Run(ParseResult parsed, RulebookDefinition rules, EventInput input, EventTime at, CancellationToken stop)
    {
        var user = parsed.GetRequiredValue(_user);
        var reading = new HistoryReading(user, rules, NamesOf(user, rules, parsed));
        IngestTime.TryParse(parsed.GetValue(SharedOptions.IngestTime), TimeProvider.System, out var ingested);
        if (Feed(input, reading, ingested!, stop) is { } broken) return parsed.Fail(broken, CommandLine.Refused);
        var premise = new Premise(user, rules, reading.End());
        if (reading.IsTooLong)
            return parsed.Fail($"{user} has more than {ExplainLimits.EventsMax} events; cut the input to the time in question", CommandLine.Refused);
        if (premise.Events.All(e => e.IsClock))
            return parsed.Fail($"{input.Path}: no event of the user '{user}' among {reading.Read} records", CommandLine.Refused);
        var explanations = Explanations(premise, parsed.GetValue(_trigger), at);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) output.WriteLine(ExplanationJson.Of(user, explanations));
        else output.Write(string.Join('\n', explanations.Select(one => new ExplanationText(one).ToString())));
        if (explanations.Count == 0)
            parsed.Fail($"no trigger decided anything about {user} by then; name one with --trigger to see what of it did not happen", 0);
        return reading.Refused == 0 ? CommandLine.Done : CommandLine.Refused;
    }

    /// <summary>
    /// The ids that turned out to be the user's: a reading of its own before the first. Null where the input cannot be read twice, or there are none.
    /// </summary>
    private static HashSet<string>? NamesOf(string user, RulebookDefinition rules, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(SharedOptions.Events);
        if (path == "-" || !EventInput.TryOpen(path, parsed.GetValue(SharedOptions.Map), out var input, out _)) return null;
        using (input)
        {
            var reading = new NameReading(rules);
            while (input.TryReadNext(out var row, out _)) reading.Offer(row);
            return reading.NamesOf(user);
        }
    }

    /// <summary>Of one trigger, or of each that made a candidate by then.</summary>
    private static List<Explanation> Explanations(Premise premise, string? name, EventTime at)
    {
        var outcomes = Course.Of(premise).Outcomes.Where(outcome => outcome.MadeAt <= at)
            .GroupBy(outcome => outcome.Trigger).ToDictionary(group => group.Key, group => group.MaxBy(outcome => outcome.MadeAt)!);
        // Nothing that was asked about is later than the last event.
        var asked = at.UnixMilliseconds == long.MaxValue ? premise.Events.Max(e => e.At) : at;
        var explanations = new List<Explanation>();
        foreach (var trigger in premise.Rules.Triggers.Where(trigger => name is null || trigger.Name == name).DistinctBy(trigger => trigger.Name))
            if (outcomes.TryGetValue(trigger.Name, out var outcome)) explanations.Add(Explanation.Of(premise, trigger, outcome, asked));
            else if (name is not null) explanations.Add(Explanation.OfNone(premise, trigger, asked));
        return explanations;
    }

    /// <summary>Why reading ended before the end of the input, or null.</summary>
    private static string? Feed(EventInput input, HistoryReading reading, Func<EventTime> ingested, CancellationToken stop) =>
        InputProgress.Show(input, () => reading.Read, areOnTerminal: false, progress =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (!input.TryReadNext(out var row, out var broken)) return broken;
                reading.Offer(row, ingested());
                if (reading.Read % InputProgress.Every == 0) progress();
            }
            return $"{input.Path}: stopped after {reading.Read} events";
        });

    private static bool TryTime(string? text, out EventTime at)
    {
        at = new(long.MaxValue);
        if (text is null) return true;
        if (text == "none" || !IngestTime.TryParse(text, TimeProvider.System, out var time)) return false;
        at = time();
        return true;
    }
}
