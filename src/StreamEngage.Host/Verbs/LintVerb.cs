using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage lint</c>: every problem of a rulebook.</summary>
internal static class LintVerb
{
    private static readonly JsonWriterOptions _relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Argument<string> _folder = new("DIR") { Description = "folder of the rulebook" };

    private static readonly Option<bool> _json = new("--json") { Description = "the problems as one JSON object" };

    public static Command Command()
    {
        var command = new Command("lint",
            "Name every problem of a rulebook, one a line: file(line,column): error code: message. Exit 1 when any is an error.\n" +
            "Example: streamengage lint rules");
        command.Arguments.Add(_folder);
        command.Options.Add(_json);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_folder);
        if (!Directory.Exists(folder))
            return parsed.Fail($"{folder}: there is no such folder; name the folder that holds the rulebook", CommandLine.WrongUsage);
        var problems = Linter.Check(RulebookFolder.Read(folder));
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        var console = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) console.WriteLine(ToJson(problems, errors));
        else
        {
            foreach (var problem in problems) console.WriteLine(problem);
            console.WriteLine($"{Counted(errors, "error")}, {Counted(problems.Count - errors, "warning")}");
        }
        return errors > 0 ? CommandLine.Refused : CommandLine.Done;
    }

    private static string Counted(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string ToJson(IReadOnlyList<Problem> problems, int errors)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, _relaxed))
        {
            json.WriteStartObject();
            json.WriteNumber("errors", errors);
            json.WriteNumber("warnings", problems.Count - errors);
            json.WriteStartArray("problems");
            foreach (var problem in problems) Write(json, problem);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Write(Utf8JsonWriter json, Problem problem)
    {
        json.WriteStartObject();
        json.WriteString("file", problem.At.File);
        json.WriteNumber("line", problem.At.Line);
        json.WriteNumber("column", problem.At.Column);
        json.WriteString("severity", problem.Severity == Severity.Error ? "error" : "warning");
        json.WriteString("code", problem.Code);
        json.WriteString("message", problem.Message);
        json.WriteEndObject();
    }
}
