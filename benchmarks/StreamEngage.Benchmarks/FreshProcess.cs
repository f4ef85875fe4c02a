using System.Diagnostics;

namespace StreamEngage.Benchmarks;

/// <summary>
/// This program again, in a process of its own: what the compiler has learnt of one workload makes another one slower, and an engine in use runs one.
/// </summary>
internal static class FreshProcess
{
    /// <summary>What it prints, line by line, and shown as it comes.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static IReadOnlyList<string> Run(string options)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(FreshProcess).Assembly.Location);
        foreach (var option in options.Split(' ')) start.ArgumentList.Add(option);
        using var process = Process.Start(start)!;
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Console.WriteLine(line);
            lines.Add(line);
        }
        process.WaitForExit();
        return process.ExitCode == 0 ? lines : throw new InvalidOperationException($"{options} ended with exit code {process.ExitCode}.");
    }
}
