using System.Diagnostics.CodeAnalysis;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Runs;

/// <summary>The outputs of a run as they are named on the command line.</summary>
internal sealed record OutputNames(string Prompts, string? Decisions, string? Quarantine, string Events)
{
    /// <summary>Two names of one place would overwrite each other, or the input; null when there are none.</summary>
    public string? Problem()
    {
        (string Option, string? Path)[] named = [("--events", Events), ("--prompts", Prompts), ("--decisions", Decisions), ("--quarantine", Quarantine)];
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (option, path) in named)
        {
            // Standard input is not standard output, and a device is no place.
            if (path is null || path.StartsWith("/dev/", StringComparison.Ordinal) || option == "--events" && path == "-") continue;
            var place = path == "-" ? path : Path.GetFullPath(path);
            if (!seen.TryAdd(place, option)) return $"{seen[place]} and {option} are both '{path}'; give each a file of its own";
        }
        return null;
    }
}

/// <summary>Where a run writes to.</summary>
internal sealed class RunOutputs : IDisposable
{
    private readonly List<OutputLines> _open = [];

    public OutputLines Prompts { get; private set; } = null!;

    /// <summary>Null where nobody wants them.</summary>
    public OutputLines? Decisions { get; private set; }

    /// <summary>Null where nobody wants it.</summary>
    public OutputLines? Quarantine { get; private set; }

    public bool UsesStandardOutput => _open.Exists(lines => lines.Path == "-");

    public bool AreOnTerminal => UsesStandardOutput && !Console.IsOutputRedirected;

    /// <param name="error">What is wrong and what to do, one line; null on success.</param>
    public static bool TryOpen(OutputNames names, [NotNullWhen(true)] out RunOutputs? outputs, [NotNullWhen(false)] out string? error)
    {
        var opened = new RunOutputs();
        outputs = null;
        if (!opened.TryOpen(names.Prompts, out var prompts, out error)
            || !opened.TryOpen(names.Decisions, out var decisions, out error)
            || !opened.TryOpen(names.Quarantine, out var quarantine, out error))
        {
            opened.Dispose();
            error ??= "an output cannot be opened";
            return false;
        }
        (opened.Prompts, opened.Decisions, opened.Quarantine) = (prompts!, decisions, quarantine);
        outputs = opened;
        return true;
    }

    /// <summary>Writes what is gathered, to the last byte of a compressed file.</summary>
    public void Close()
    {
        _open.ForEach(lines => lines.Flush());
        Dispose();
    }

    public void Dispose() => _open.ForEach(lines => lines.Dispose());

    private bool TryOpen(string? path, out OutputLines? lines, out string? error)
    {
        (lines, error) = (null, null);
        if (path is null) return true;
        if (!EventFiles.TryCreate(path, out var bytes, out error)) return false;
        lines = new(path, bytes);
        _open.Add(lines);
        return true;
    }
}
