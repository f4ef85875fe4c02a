using System.Text;
using StreamEngage.Rulebooks.Forms;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>Reads a rulebook from the texts of its files.</summary>
internal static class RulebookFiles
{
    /// <summary>Fewer files are read sooner than several threads have begun.</summary>
    private const int ParallelFrom = 64;

    private enum Role { None, Trigger, Segment, Model, Policy, Catalogue, Template, Stray }

    /// <summary>Reads the files, checks each and then what they say of one another.</summary>
    /// <param name="filesByRelativePath">Texts by path relative to the rulebook, with forward slashes.</param>
    /// <param name="models">Names <c>score</c> may use besides the rulebook's own; null: not known here, so without models of its own none is refused.</param>
    /// <param name="unread">Problems of files that could not be read, kept in the result.</param>
    public static RulebookReading Read(
        IReadOnlyDictionary<string, string> filesByRelativePath,
        IReadOnlyCollection<string>? models = null,
        IEnumerable<Problem>? unread = null)
    {
        var rulebook = new RulebookDraft();
        var problems = rulebook.Problems;
        problems.AddRange(unread ?? []);
        if (filesByRelativePath.Count > RulebookLimits.FilesMax)
            problems.Add(new Problem(new SourcePosition("", 1, 1), Severity.Error, "folder", $"a rulebook may have {RulebookLimits.FilesMax} files"));
        var files = filesByRelativePath.OrderBy(f => f.Key, StringComparer.Ordinal).Take(RulebookLimits.FilesMax).ToList();
        foreach (var add in files.Count < ParallelFrom ? files.Select(Read) : files.AsParallel().AsOrdered().Select(Read))
            add(rulebook);
        return rulebook.Finished(models);
    }

    /// <summary>True when a file of this name is part of a rulebook, or looks as if it were meant to be.</summary>
    public static bool Concerns(string name) => RoleOf(name) != Role.None;

    public static Problem TooLarge(string name) => new(
        new SourcePosition(name, 1, 1), Severity.Error, "too-large", $"a file of a rulebook may have {RulebookLimits.FileBytesMax} bytes");

    private static Role RoleOf(string name)
    {
        var slash = name.LastIndexOf('/');
        var (folder, file) = (slash < 0 ? "" : name[..slash], name[(slash + 1)..]);
        if (file.StartsWith('.') || folder.StartsWith('.') || folder.Contains("/.", StringComparison.Ordinal))
            return Role.None;
        var ending = Path.GetExtension(file);
        return (folder, ending, file) switch
        {
            ("templates", ".hbs", _) => Role.Template,
            (_, not (".yaml" or ".yml"), _) => Role.None,
            ("", _, "policy.yaml" or "policy.yml") => Role.Policy,
            ("", _, "events.yaml" or "events.yml") => Role.Catalogue,
            ("", _, _) => Role.Trigger,
            ("segments", _, _) => Role.Segment,
            ("models", _, _) => Role.Model,
            _ => Role.Stray,
        };
    }

    /// <summary>Reads one file on its own: what that gives is added to the rulebook in the order of the files.</summary>
    private static Action<RulebookDraft> Read(KeyValuePair<string, string> file)
    {
        var (name, text) = file;
        var role = RoleOf(name);
        if (role == Role.None)
            return _ => { };
        if (Encoding.UTF8.GetByteCount(text) > RulebookLimits.FileBytesMax)
            return rulebook => rulebook.Problems.Add(TooLarge(name));
        return role switch
        {
            Role.Template => rulebook => rulebook.Add(
                new TemplateDefinition(new SourcePosition(name, 1, 1), Path.GetFileNameWithoutExtension(name), text)),
            Role.Stray => rulebook => rulebook.Problems.Add(new Problem(
                new SourcePosition(name, 1, 1),
                Severity.Warning,
                "ignored-file",
                "this file is not read: triggers stand in the rulebook's own folder, segments in segments/, models in models/")),
            _ => ReadYaml(role, new YamlFile(name, text)),
        };
    }

    private static Action<RulebookDraft> ReadYaml(Role role, YamlFile file)
    {
        var problems = new List<Problem>();
        var add = YamlTree.Read(file, problems) is { } root ? ReadRoot(role, root, problems) : static _ => { };
        return rulebook =>
        {
            // What is wrong with it beside the other files is said at its end.
            add(rulebook);
            rulebook.Problems.AddRange(problems.Take(RulebookLimits.ProblemsAFileMax));
        };
    }

    private static Action<RulebookDraft> ReadRoot(Role role, YamlNode root, List<Problem> problems)
    {
        switch (role)
        {
            case Role.Policy:
                var policy = PolicyForm.Read(root, problems);
                return rulebook => rulebook.Set(policy, root.At, problems);
            case Role.Catalogue:
                var catalogue = CatalogueForm.Read(root, problems);
                return rulebook => rulebook.Set(catalogue, root.At, problems);
            case Role.Segment:
                var segment = SegmentForm.Read(root, problems);
                return rulebook => rulebook.Add(segment);
            case Role.Model:
                var model = ModelForm.Read(root, problems);
                return rulebook => rulebook.Add(model);
            default:
                var trigger = TriggerForm.Read(root, problems);
                return rulebook => rulebook.Add(trigger);
        }
    }
}
