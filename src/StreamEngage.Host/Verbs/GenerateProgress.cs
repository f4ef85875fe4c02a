using Spectre.Console;

namespace StreamEngage.Host.Verbs;

/// <summary>A progress bar on standard error, and nothing at all where that is no terminal or the lines go to the same one.</summary>
internal static class GenerateProgress
{
    public static Task ShowAsync(string outPath, long total, Func<Action<long>, Task> work)
    {
        var isSeen = !Console.IsErrorRedirected && (outPath != "-" || Console.IsOutputRedirected);
        if (!isSeen || total == 0) return work(_ => { });
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress().StartAsync(shown =>
        {
            var task = shown.AddTask("events", maxValue: total);
            return work(done => task.Value = done);
        });
    }
}
