using System.CommandLine;
using StreamEngage.Host.Serving;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage topics</c>: the topics a deployment needs.</summary>
internal static class TopicsVerb
{
    private static readonly Option<bool> _create = new("--create") { Description = "create those that are missing; nothing that exists is changed" };

    public static Command Command()
    {
        var command = new Command("topics",
            "Print the topics that the settings and the rulebook need, with partitions and settings, and what is wrong with those there are.\n" +
            "Example: streamengage topics --config streamengage.yaml --create");
        command.Options.Add(ServedConfig.Option);
        command.Options.Add(_create);
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        if (!ServedConfig.TryRead(parsed, out var settings, out var rulebook)) return CommandLine.Refused;
        return await Composition.TopicsAsync(settings, rulebook, parsed.GetValue(_create), parsed.InvocationConfiguration.Output)
            ?? parsed.Fail("this version cannot ask a broker yet: nothing was printed or created", CommandLine.Refused);
    }
}
