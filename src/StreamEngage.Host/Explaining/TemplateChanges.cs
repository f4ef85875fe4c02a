using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Host.Explaining;

/// <summary>The value that a template needed and did not get.</summary>
internal static class TemplateChanges
{
    private const string Given = "given";

    public static IEnumerable<Change> For(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var values = TermValues.OfPrompt(premise, outcome, trigger.Prompt);
        var template = premise.Rules.Templates.FirstOrDefault(one => one.Name == trigger.Prompt.Template);
        var needed = template is null ? [] : TemplateText.Parse(template.Text).Placeholders
            .Where(part => part.Default is null).Select(part => part.Name!).ToHashSet();
        foreach (var field in trigger.Prompt.Data.Where(field => needed.Contains(field.Name) && values[field.Value] is null or { IsNull: true }))
            foreach (var change in Filled(premise, trigger, outcome, field)) yield return change;
        yield return new(ChangeKind.Rule, $"the rule had no template {trigger.Prompt.Template}",
            changed => changed.WithTrigger(trigger, one => one with { Prompt = one.Prompt with { Template = null } }));
    }

    private static IEnumerable<Change> Filled(Premise premise, TriggerDefinition trigger, Outcome outcome, DataField field)
    {
        var text = ExpressionText.Readable(field.Value);
        if (field.Value is NameExpression { Scope: "user" } attribute)
        {
            var moment = outcome.MomentIn(premise);
            yield return new(ChangeKind.Event, $"the user had {attribute.Property}, which `{field.Name}` needs",
                changed => changed.With(moment, "profile_update", new KeyValuePair<string, object?>(attribute.Property, Given)));
        }
        else if (field.Value is NameExpression { Scope: not "session" } name)
            foreach (var id in outcome.Last.Causes.Reverse())
                yield return new(ChangeKind.Event, $"event {id} had {name.Property}, which `{field.Name}` needs",
                    changed => changed.With(id, name.Property, Given));
        var instead = new CallExpression(field.Value.At, "coalesce", [field.Value, new LiteralExpression(field.Value.At, ValueType.Text, 0, Given)]);
        yield return new(ChangeKind.Rule, $"`{field.Name}` had a default where `{text}` is null", changed => changed.WithTrigger(trigger, one => one with
        {
            Prompt = one.Prompt with { Data = [.. one.Prompt.Data.Select(other => other.Name == field.Name ? other with { Value = instead } : other)] },
        }));
    }
}
