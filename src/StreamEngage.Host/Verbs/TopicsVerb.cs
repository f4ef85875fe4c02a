using System.CommandLine;
using StreamEngage.Host.Serving;
using StreamEngage.Kafka;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage topics</c>: the topics a deployment needs.</summary>
internal static class TopicsVerb
{
    private const int PartitionsMax = 10_000;

    private static readonly Option<bool> _create = new("--create") { Description = "create those that are missing; nothing that exists is changed" };

    private static readonly Option<int> _partitions = new("--partitions")
    {
        HelpName = "N", Description = "lanes: a deployment keeps its number, because users are dealt out by it", DefaultValueFactory = _ => 12,
    };

    private static readonly Option<short> _replicas = new("--replicas")
    {
        HelpName = "N", Description = "copies of each partition; 3 in production", DefaultValueFactory = _ => 3,
    };

    public static Command Command()
    {
        var command = new Command("topics",
            "Print the commands that make the topics which settings and rulebook need, or create them. Exit 1 when one could not be created.\n" +
            "Example: streamengage topics --config streamengage.yaml --partitions 48 --create");
        foreach (var option in (Option[])[ServedConfig.Option, _create, _partitions, _replicas]) command.Options.Add(option);
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (partitions, replicas) = (parsed.GetValue(_partitions), parsed.GetValue(_replicas));
        if (partitions is < 1 or > PartitionsMax) return parsed.Fail($"--partitions must be 1 to {PartitionsMax}, was {partitions}", CommandLine.WrongUsage);
        if (replicas < 1) return parsed.Fail($"--replicas must be 1 or more, was {replicas}", CommandLine.WrongUsage);
        if (!ServedConfig.TryRead(parsed, out var settings, out var rulebook)) return CommandLine.Refused;
        var create = parsed.GetValue(_create);
        if (create && Librdkafka.Problem is { } missing) return parsed.Fail(missing, CommandLine.Refused);
        var plan = TopicPlan.Of(settings.Kafka, rulebook.PromptTopics, partitions, replicas);
        return await Composition.TopicsAsync(plan, settings, create, parsed.InvocationConfiguration.Output) ? CommandLine.Done : CommandLine.Refused;
    }
}
