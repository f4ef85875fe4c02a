using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Templates nobody names, placeholders nothing fills, data nothing shows.</summary>
internal sealed class TemplateLint(RulebookDefinition rulebook, Findings findings)
{
    public void Check()
    {
        foreach (var template in rulebook.Templates)
            Check(template);
        var names = rulebook.Templates.Select(t => t.Name).ToList();
        foreach (var trigger in rulebook.Triggers.Where(t => t.Prompt.Template is { } name && !names.Contains(name)))
            findings.Warn(trigger.Prompt.TemplateAt, "unknown-template", $"there is no templates/{trigger.Prompt.Template}.hbs: its prompts end as template-error");
    }

    private void Check(TemplateDefinition template)
    {
        var users = rulebook.Triggers.Where(t => t.Prompt.Template == template.Name).ToList();
        if (users.Count == 0)
            findings.Warn(template.At, "unused-template", $"no trigger uses the template '{template.Name}'");
        var placeholders = Placeholders(template).ToList();
        foreach (var trigger in users)
        {
            var fields = trigger.Prompt.Data.Select(d => d.Name).ToList();
            foreach (var (name, at) in placeholders.Where(p => !fields.Any(field => Fills(field, p.Name))))
                findings.Warn(at, "unknown-placeholder", $"trigger '{trigger.Name}' has no data field '{name}'{NearestName.Hint(name, fields)}");
            foreach (var field in trigger.Prompt.Data.Where(f => !placeholders.Any(p => Fills(f.Name, p.Name))))
                findings.Warn(field.Value.At, "unused-data", $"no placeholder of template '{template.Name}' shows '{field.Name}'");
        }
    }

    private static bool Fills(string field, string placeholder) =>
        placeholder == field || placeholder.StartsWith(field + ".", StringComparison.Ordinal);

    /// <summary>The names between double (or triple) braces; of a block such as <c>#if name</c>, what it tests.</summary>
    private static IEnumerable<(string Name, SourcePosition At)> Placeholders(TemplateDefinition template)
    {
        var file = new YamlFile(template.At.File, template.Text);
        for (var open = Next(file.Text, 0); open >= 0; open = Next(file.Text, open + 2))
        {
            var close = file.Text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
                yield break;
            var inner = file.Text[(open + 2)..close];
            var start = inner.Length - inner.TrimStart('{', '&', ' ', '\t').Length;
            var name = inner[start..].TrimEnd();
            if (name.StartsWith('#'))
                (name, start) = (name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim(), inner.LastIndexOf(' ') + 1);
            if (name.Length > 0 && name[0] is not ('/' or '!' or '>' or '#' or '@' or '^') && name is not ("else" or "this" or "."))
                yield return (name, file.At(open + 2 + start));
        }
    }

    private static int Next(string text, int from) => from >= text.Length ? -1 : text.IndexOf("{{", from, StringComparison.Ordinal);
}
