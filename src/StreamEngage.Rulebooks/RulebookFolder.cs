using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>Reads a rulebook from disk.</summary>
internal static class RulebookFolder
{
    /// <summary>Reads every file of the folder that belongs to a rulebook.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="models">Names <c>score</c> may use besides the rulebook's own; null: not known here, so without models of its own none is refused.</param>
    /// <returns>Also when the folder is not there or a file cannot be read: that is a problem like any other.</returns>
    public static RulebookReading Read(string folder, IReadOnlyCollection<string>? models = null)
    {
        if (!Directory.Exists(folder))
            return Refused(folder, "there is no such folder; name the folder that holds the rulebook");
        try
        {
            var paths = Paths(folder).Take(RulebookLimits.FilesMax + 1).ToList();
            if (paths.Count > RulebookLimits.FilesMax)
                return Refused(folder, $"a rulebook may have {RulebookLimits.FilesMax} files, this folder has more");
            var unread = new List<Problem>();
            var files = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var path in paths)
                Add(files, folder, path, unread);
            return RulebookFiles.Read(files, models, unread);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Refused(folder, $"the folder cannot be read: {unreadable.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static IEnumerable<string> Paths(string folder)
    {
        var deep = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.Hidden };
        return Directory.EnumerateFiles(folder, "*", deep).Where(path => RulebookFiles.Concerns(Relative(folder, path)));
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');

    private static void Add(Dictionary<string, string> files, string folder, string path, List<Problem> problems)
    {
        var name = Relative(folder, path);
        if (new FileInfo(path).Length > RulebookLimits.FileBytesMax)
            problems.Add(RulebookFiles.TooLarge(name));
        else
            files.Add(name, File.ReadAllText(path));
    }

    private static RulebookReading Refused(string folder, string message) =>
        new(null, [new Problem(new SourcePosition(folder, 1, 1), Severity.Error, "folder", message)]);
}
