using Spectre.Console;
using StreamEngage.Host.Replaying;

namespace StreamEngage.Host.Verbs;

/// <summary>How far a replay is, on standard error: a bar on a terminal, elsewhere a line now and then.</summary>
internal static class ReplayProgress
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(10);

    public static Task<T> ShowAsync<T>(TextWriter errors, Func<Action<ReplayPlace>, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return work(Lines(errors, TimeProvider.System));
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Progress().StartAsync(shown =>
        {
            var task = shown.AddTask("replay", maxValue: 1);
            return work(at => (task.Value, task.Description) = (at.Share, $"{at}"));
        });
    }

    /// <summary>The first line comes after some seconds: what is done sooner needs none.</summary>
    public static Action<ReplayPlace> Lines(TextWriter errors, TimeProvider time)
    {
        var last = time.GetTimestamp();
        return at =>
        {
            if (time.GetElapsedTime(last) < _every) return;
            last = time.GetTimestamp();
            errors.WriteLine($"replay: {at}");
        };
    }
}
