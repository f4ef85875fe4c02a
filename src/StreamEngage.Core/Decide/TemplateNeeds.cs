using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Decide;

/// <summary>Which data fields each trigger's template cannot do without.</summary>
internal sealed class TemplateNeeds
{
    private readonly int[][] _needed;
    private readonly Dictionary<CompiledTrigger, int[]> _neededOfSteps;

    public TemplateNeeds(CompiledRulebook rulebook)
    {
        var templates = rulebook.Definition.Templates.ToDictionary(template => template.Name, template => TemplateText.Parse(template.Text));
        _needed = [.. rulebook.Triggers.Select(trigger => Needed(trigger, templates))];
        _neededOfSteps = rulebook.Triggers.SelectMany(trigger => trigger.Journey?.Prompts ?? []).ToDictionary(step => step, step => Needed(step, templates));
    }

    /// <summary>True when a value is null, or not among the data at all, for which the template gives no default.</summary>
    public bool IsMissing(CompiledTrigger trigger, Value[] data)
    {
        foreach (var field in trigger.Step is null ? _needed[trigger.Index] : _neededOfSteps[trigger])
            if (field < 0 || data[field].IsNull) return true;
        return false;
    }

    private static int[] Needed(CompiledTrigger trigger, Dictionary<string, TemplateText> templates)
    {
        if (trigger.Definition.Prompt.Template is not { } name || !templates.TryGetValue(name, out var template)) return [];
        var required = template.Placeholders.Where(placeholder => placeholder.Default is null).Select(placeholder => placeholder.Name!);
        return [.. required.Distinct().Select(field => Array.FindIndex(trigger.Data, data => data.Name == field))];
    }
}
