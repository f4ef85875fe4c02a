using System.CommandLine;
using System.CommandLine.Parsing;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Verbs;

/// <summary>The command <c>streamengage</c>: exit 0 done, 1 something in the input was refused, 2 wrong usage.</summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int WrongUsage = 2;

    public static RootCommand Root() => new(
        "Behavioral triggers on a clickstream: rulebooks in, prompt commands out.\n" +
        "Exit codes: 0 done, 1 something in the input was refused, 2 wrong usage.\n" +
        "Example: streamengage run --rules rules --events events.ndjson --prompts prompts.ndjson")
    {
        RunVerb.Command(),
        LintVerb.Command(),
        BacktestVerb.Command(),
        DiffVerb.Command(),
        ApprovalsVerb.Command(),
        ExplainVerb.Command(),
        ReportVerb.Command(),
        GenerateVerb.Command(),
        DemoVerb.Command(),
        SandboxVerb.Command(),
        ServeVerb.Command(),
        TopicsVerb.Command(),
        ReplayVerb.Command(),
        HealthVerb.Command(),
    };

    /// <summary>Wrong usage is one line on standard error, not a page of help.</summary>
    public static Task<int> RunAsync(Command root, string[] args, InvocationConfiguration configuration)
    {
        var parsed = root.Parse(args);
        var command = parsed.CommandResult.Command;
        // It takes the signals itself: finishing takes it longer than the two seconds that other verbs are given.
        if (command.Name == ServeVerb.Name) configuration.ProcessTerminationTimeout = null;
        if (parsed.Errors.Count == 0 || !IsRefused(parsed)) return parsed.InvokeAsync(configuration);
        var path = command == root ? root.Name : $"{root.Name} {command.Name}";
        configuration.Error.WriteLine($"{path}: {Problem(parsed, command)}; see {path} --help");
        return Task.FromResult(WrongUsage);
    }

    /// <summary>Says what is wrong in one line.</summary>
    public static int Fail(this ParseResult parsed, string message, int exit)
    {
        var line = message.ReplaceLineEndings(" ");
        parsed.InvocationConfiguration.Error.WriteLine($"{parsed.CommandResult.Command.Name}: {line}");
        return exit;
    }

    private static bool IsRefused(ParseResult parsed) => parsed.Action is null or System.CommandLine.Invocation.ParseErrorAction
        || parsed.Action == parsed.CommandResult.Command.Action;

    private static string Problem(ParseResult parsed, Command command)
    {
        if (parsed.UnmatchedTokens is [var written, ..])
        {
            var names = command.Subcommands.Select(verb => verb.Name).Concat(command.Options.Select(option => option.Name));
            return $"there is no '{written}' here{NearestName.Hint(written, names)}";
        }
        if (command.Subcommands.Count > 0) return $"name a verb: {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}";
        return Worst(parsed.Errors).TrimEnd('.').ReplaceLineEndings(" ");
    }

    private static string Worst(IReadOnlyList<ParseError> errors) => errors[0].Message;
}
