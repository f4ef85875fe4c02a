using System.Globalization;

namespace ReferenceConsumer;

/// <summary>
/// Which prompts were shown, on disk: offsets go back to the oldest prompt that still waits, so that after a restart records come again whose
/// prompts were shown. Written before a prompt is shown: a crash between the two loses one prompt rather than show it twice.
/// </summary>
public sealed class ShownLedger : IDisposable
{
    private readonly StreamWriter _lines;

    public ShownLedger(string path) => _lines = new(path, append: true) { AutoFlush = true };

    public void Add(PromptMessage shown) =>
        _lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shown.PromptId} {shown.Kind} {shown.NotAfter}"));

    /// <summary>What was shown and has not expired.</summary>
    public static IEnumerable<PromptMessage> Read(string path, long now) =>
        from line in File.Exists(path) ? File.ReadAllLines(path) : []
        let words = line.Split(' ')
        // The last line of a crashed process may be cut off.
        where words.Length == 3 && long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var notAfter) && notAfter >= now
        select new PromptMessage(words[0], words[1], "", 0, long.Parse(words[2], CultureInfo.InvariantCulture));

    public void Dispose() => _lines.Dispose();
}
