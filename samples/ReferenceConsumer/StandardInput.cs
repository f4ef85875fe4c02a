using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReferenceConsumer;

/// <summary>
/// The conformance protocol: for each line <c>{"now": ms, "record": "…"}</c> (without record: time passes) one line with what is done,
/// <c>[{"do": "show", "promptId": "…"}]</c>.
/// </summary>
public static class StandardInput
{
    public static void Run(TextReader input, TextWriter output)
    {
        var inbox = new PromptInbox();
        while (input.ReadLine() is { } line) output.WriteLine(Answer(inbox, line));
    }

    private static string Answer(PromptInbox inbox, string line)
    {
        using var step = JsonDocument.Parse(line);
        var now = step.RootElement.GetProperty("now").GetInt64();
        // What is due comes before what comes in.
        var actions = inbox.Tick(now).ToList();
        if (step.RootElement.TryGetProperty("record", out var record) && PromptMessage.Read(Encoding.UTF8.GetBytes(record.GetString()!)) is { } message)
            actions.AddRange(inbox.Receive(message, now));
        return $"[{string.Join(", ", actions.Select(Shown))}]";
    }

    private static string Shown(PromptAction action) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"do\": \"{action.Kind.ToString().ToLowerInvariant()}\", \"promptId\": \"{JsonEncodedText.Encode(action.Prompt.PromptId)}\"}}");
}
