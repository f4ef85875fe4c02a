using System.Diagnostics;

namespace ReferenceConsumer.Conformance;

/// <summary>The consumer under test as a process. It ends with its case.</summary>
public sealed class TestedConsumer(string command, IEnumerable<string> arguments) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Process _process = Process.Start(
        new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private bool _isSilent;

    /// <summary>Its line for a line; null: it has ended, or has not answered for ten seconds and is not asked again.</summary>
    public string? Answer(string line)
    {
        if (_isSilent) return null;
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It reads no more; what it said before may be the answer.
        }
        var answer = _process.StandardOutput.ReadLineAsync();
        _isSilent = !answer.Wait(_patience);
        return _isSilent ? null : answer.Result;
    }

    /// <summary>Its input ends; five seconds later it does.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
        if (_isSilent || !_process.WaitForExit(5_000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
