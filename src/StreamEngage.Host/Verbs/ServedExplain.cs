using System.CommandLine;
using Spectre.Console;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Serving;
using StreamEngage.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage explain --config</c>: the decisions of a serving engine.</summary>
internal static class ServedExplain
{
    public static async Task<int> RunAsync(
        ParseResult parsed, string config, ExplainQuestion question, Action<IReadOnlyList<Explanation>> write, CancellationToken stop)
    {
        if (!ServedConfig.TryRead(parsed, config, out var settings, out var rulebook)) return CommandLine.Refused;
        if (Librdkafka.Problem is { } missing) return parsed.Fail(missing, CommandLine.Refused);
        try
        {
            var (served, problem) = await ShowAsync(progress =>
                Composition.ExplainAsync(settings, rulebook, question, progress, stop));
            return served is null ? parsed.Fail(problem!, CommandLine.Refused) : Explain(parsed, question, served, write);
        }
        catch (LogFailedException away)
        {
            return parsed.Fail(away.Message, CommandLine.Refused);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return parsed.Fail("stopped; nothing was explained", CommandLine.Refused);
        }
    }

    private static int Explain(ParseResult parsed, ExplainQuestion question, ServedUser served, Action<IReadOnlyList<Explanation>> write)
    {
        var answer = ServedAnswer.To(question, served);
        if (answer.Explanations is { } explanations) write(explanations);
        var elsewhere = served is { IsKnown: false, Problem: null } && question.Lane is null
            ? "; --lane names another, where producers partition otherwise than kafka.partitioner says" : "";
        return answer.Problem is null ? CommandLine.Done
            : parsed.Fail(answer.Problem + elsewhere, answer.IsMistaken ? CommandLine.WrongUsage : CommandLine.Refused);
    }

    /// <summary>A progress bar on standard error, and nothing at all where that is no terminal.</summary>
    private static async Task<T> ShowAsync<T>(Func<Action<long, long>, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return await work((_, _) => { });
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Progress().StartAsync(shown =>
        {
            var task = shown.AddTask("records", maxValue: 1);
            return work((read, all) =>
            {
                if (read % InputProgress.Every != 0) return;
                task.Value = all == 0 ? 1 : (double)read / all;
                task.Description = $"{read:N0} records";
            });
        });
    }
}
