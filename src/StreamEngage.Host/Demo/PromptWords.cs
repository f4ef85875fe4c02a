using StreamEngage.Emit;
using StreamEngage.Rules;

namespace StreamEngage.Host.Demo;

/// <summary>Says a command in the words its user would read.</summary>
internal sealed class PromptWords(RulebookDefinition rulebook)
{
    private readonly Dictionary<string, TemplateText> _templates =
        rulebook.Templates.ToDictionary(template => template.Name, template => TemplateText.Parse(template.Text));

    public ShownPrompt Of(PromptCommand prompt) =>
        new(prompt.DecidedAt, prompt.User, prompt.Channel, prompt.Trigger, Text(prompt), string.Join("; ", prompt.Reasons));

    private string Text(PromptCommand prompt)
    {
        if (prompt.Kind == PromptKind.Cancel) return "(taken back)";
        if (prompt.Template is not { } name || !_templates.TryGetValue(name, out var template)) return Data(prompt);
        var rendered = TemplateRenderer.Render(template, prompt.Data, TextForm.Of(prompt.Channel));
        return rendered.IsSendable ? rendered.Text
            : rendered.Missing is { } missing ? $"({name} needs {missing})" : $"({name} is too long)";
    }

    private static string Data(PromptCommand prompt) => string.Join(", ", prompt.Data.Select(field => $"{field.Key} {field.Value}"));
}
