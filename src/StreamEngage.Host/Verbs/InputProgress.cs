using Spectre.Console;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Verbs;

/// <summary>A progress bar on standard error while an input is read, and nothing at all where that is no terminal.</summary>
internal static class InputProgress
{
    /// <summary>Records between two looks at the progress.</summary>
    public const int Every = 16_384;

    public static T Show<T>(EventInput input, RowIntake intake, bool areOnTerminal, Func<Action, T> work) =>
        Show(input, () => intake.Read, areOnTerminal, work);

    public static T Show<T>(EventInput input, Func<long> read, bool areOnTerminal, Func<Action, T> work)
    {
        if (Console.IsErrorRedirected || areOnTerminal) return work(() => { });
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress().Start(shown =>
        {
            var task = shown.AddTask("events", maxValue: 1);
            task.IsIndeterminate = input.Done is null;
            return work(() =>
            {
                task.Value = input.Done ?? 0;
                task.Description = $"{read():N0} events";
            });
        });
    }
}
