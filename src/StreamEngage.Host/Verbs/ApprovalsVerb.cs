using System.CommandLine;
using StreamEngage.Events;
using StreamEngage.Host.Approving;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage approvals</c>: prompts that wait for a person, and the answers.</summary>
internal static class ApprovalsVerb
{
    private static readonly Option<string> _state = new("--state")
    {
        HelpName = "DIR",
        Description = "folder of the engine's state, as `run` saves it", Required = true,
    };

    private static readonly Option<string> _events = new("--events")
    {
        HelpName = "FILE|-",
        Description = "where the answer goes, as an event to be fed to the engine: a line at the end of the file, or on standard output",
        DefaultValueFactory = _ => "-",
    };

    private static readonly Option<string?> _by = new("--by") { HelpName = "NAME", Description = "who answers" };

    private static readonly Option<string?> _at = new("--at")
    {
        HelpName = "TIME",
        Description = "when the answer was given (RFC 3339 or milliseconds); by default now, or where the state's clock stands if that is later",
    };

    private static readonly Argument<string> _id = new("PROMPT") { Description = "the prompt's id, as `list` shows it" };

    public static Command Command()
    {
        var command = new Command("approvals",
            "List the prompts that wait for a person's answer, and answer. An answer is an event like any other: it decides when the engine reads it.\n" +
            "Example: streamengage approvals list --rules rules --state state\n" +
            "         streamengage approvals approve 3f0c... --rules rules --state state --by sam --events answers.ndjson");
        command.Subcommands.Add(List());
        command.Subcommands.Add(Answer("approve", "Let a prompt go out, if its other gates still let it.", isApproved: true));
        command.Subcommands.Add(Answer("reject", "Keep a prompt from going out.", isApproved: false));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "The prompts that wait, the most urgent first.") { SharedOptions.Rules, _state, SharedOptions.Json };
        command.SetAction(parsed =>
        {
            if (!TryRead(parsed, out var queue, out var exit)) return exit;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(SharedOptions.Json)) output.WriteLine(queue.ToJson());
            else output.Write(queue.ToText());
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Answer(string name, string description, bool isApproved)
    {
        var command = new Command(name, description) { _id, SharedOptions.Rules, _state, _events, _by, _at };
        command.SetAction(parsed => Answer(parsed, isApproved));
        return command;
    }

    private static int Answer(ParseResult parsed, bool isApproved)
    {
        if (!TryRead(parsed, out var queue, out var exit)) return exit;
        var at = parsed.GetValue(_at) is { } text ? RulebookChange.TimeOf(text) : Now(queue);
        if (at is not { } instant) return parsed.Fail($"--at '{parsed.GetValue(_at)}' is not a time such as 2026-02-01T00:00:00Z", CommandLine.WrongUsage);
        if (queue.Find(parsed.GetRequiredValue(_id)) is not { } awaiting)
            return parsed.Fail($"no prompt {parsed.GetRequiredValue(_id)} waits; `approvals list` shows those that do", CommandLine.Refused);
        if (instant > awaiting.Deadline)
            return parsed.Fail($"its answer was due at {awaiting.Deadline}; this one of {instant} comes too late", CommandLine.Refused);
        var line = awaiting.Answer(isApproved, parsed.GetValue(_by), instant);
        var file = parsed.GetRequiredValue(_events);
        if (file == "-") parsed.InvocationConfiguration.Output.WriteLine(line);
        else File.AppendAllText(file, line + "\n");
        return CommandLine.Done;
    }

    private static EventTime Now(ApprovalQueue queue) => EventTime.Max(new(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()), queue.Clock);

    private static bool TryRead(ParseResult parsed, out ApprovalQueue queue, out int exit)
    {
        queue = new(EventTime.Beginning, []);
        var errors = parsed.InvocationConfiguration.Error;
        if (!RulesFolder.TryCompile(parsed.GetRequiredValue(SharedOptions.Rules), errors, out var rulebook, out exit)) return false;
        var run = new PipelineRun(rulebook);
        if (StateSnapshot.Load(parsed.GetRequiredValue(_state), run) is { } unusable)
        {
            exit = parsed.Fail(unusable, CommandLine.Refused);
            return false;
        }
        queue = ApprovalQueue.Of(run);
        return true;
    }
}
