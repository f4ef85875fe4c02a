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
        foreach (var prompt in rulebook.Triggers.SelectMany(TriggerTerms.Prompts).Where(p => p.Template is { } name && !names.Contains(name)))
            findings.Warn(prompt.TemplateAt, "unknown-template", $"there is no templates/{prompt.Template}.hbs: its values "
                + "cannot be checked here, and whoever delivers the prompt must know the template");
    }

    private void Check(TemplateDefinition template)
    {
        var users = rulebook.Triggers.SelectMany(t => TriggerTerms.Prompts(t).Select(prompt => (t.Name, Prompt: prompt)))
            .Where(user => user.Prompt.Template == template.Name).ToList();
        if (users.Count == 0)
            findings.Warn(template.At, "unused-template", $"no trigger uses the template '{template.Name}'");
        var all = Placeholders(template).ToList();
        foreach (var (text, at) in all.Where(p => !IsName(p.Name)))
            findings.Warn(at, "unsupported-placeholder", $"a template has no blocks, comments or helpers, so {{{{{text}}}}} is taken for a value that "
                + "never comes; write {{name}} or {{name|words}}, and choose in 'data' what to show");
        var placeholders = all.Where(p => IsName(p.Name)).ToList();
        foreach (var (trigger, prompt) in users)
        {
            var fields = prompt.Data.Select(d => d.Name).ToList();
            foreach (var (name, at) in placeholders.Where(p => !fields.Any(field => Fills(field, p.Name))))
                findings.Warn(at, "unknown-placeholder", $"trigger '{trigger}' has no data field '{name}'{NearestName.Hint(name, fields)}");
            foreach (var field in prompt.Data.Where(f => !placeholders.Any(p => Fills(f.Name, p.Name))))
                findings.Warn(field.Value.At, "unused-data", $"no placeholder of template '{template.Name}' shows '{field.Name}'");
        }
    }

    private static bool Fills(string field, string placeholder) => placeholder == field;

    // What other template languages put between braces is none: #if, /if, ! a comment, > a part, {raw, ../up, else, this.
    private static bool IsName(string name) =>
        name is not ("" or "else" or "this") && (char.IsLetterOrDigit(name[0]) || name[0] == '_')
        && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.');

    private static IEnumerable<(string Name, SourcePosition At)> Placeholders(TemplateDefinition template)
    {
        var file = new YamlFile(template.At.File, template.Text);
        return TemplateText.Parse(file.Text).Placeholders.Select(part => (part.Name!, file.At(part.NameOffset)));
    }
}
