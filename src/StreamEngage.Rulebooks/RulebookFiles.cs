using System.Text;
using StreamEngage.Rulebooks.Forms;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>Reads a rulebook from the texts of its files.</summary>
internal static class RulebookFiles
{
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
        foreach (var (name, text) in filesByRelativePath.OrderBy(f => f.Key, StringComparer.Ordinal).Take(RulebookLimits.FilesMax))
            ReadFile(rulebook, name, text);
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

    private static void ReadFile(RulebookDraft rulebook, string name, string text)
    {
        var role = RoleOf(name);
        if (role == Role.None)
            return;
        if (Encoding.UTF8.GetByteCount(text) > RulebookLimits.FileBytesMax)
            rulebook.Problems.Add(TooLarge(name));
        else if (role == Role.Template)
            rulebook.Add(new TemplateDefinition(new SourcePosition(name, 1, 1), Path.GetFileNameWithoutExtension(name), text));
        else if (role == Role.Stray)
            rulebook.Problems.Add(new Problem(
                new SourcePosition(name, 1, 1),
                Severity.Warning,
                "ignored-file",
                "this file is not read: triggers stand in the rulebook's own folder, segments in segments/, models in models/"));
        else
            ReadYaml(rulebook, role, new YamlFile(name, text));
    }

    private static void ReadYaml(RulebookDraft rulebook, Role role, YamlFile file)
    {
        var problems = new List<Problem>();
        if (YamlTree.Read(file, problems) is { } root)
            ReadRoot(rulebook, role, root, problems);
        rulebook.Problems.AddRange(problems.Take(RulebookLimits.ProblemsAFileMax));
    }

    private static void ReadRoot(RulebookDraft rulebook, Role role, YamlNode root, List<Problem> problems)
    {
        switch (role)
        {
            case Role.Policy:
                rulebook.Set(PolicyForm.Read(root, problems), root.At, problems);
                break;
            case Role.Catalogue:
                rulebook.Set(CatalogueForm.Read(root, problems), root.At, problems);
                break;
            case Role.Segment:
                rulebook.Add(SegmentForm.Read(root, problems));
                break;
            case Role.Model:
                rulebook.Add(ModelForm.Read(root, problems));
                break;
            default:
                rulebook.Add(TriggerForm.Read(root, problems));
                break;
        }
    }
}
