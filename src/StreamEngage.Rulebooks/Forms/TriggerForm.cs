using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>A trigger file.</summary>
internal static class TriggerForm
{
    private const long GoalWithinDefault = 7L * 86_400_000;

    /// <summary>The trigger as far as it can be read; null when its name or its <c>on</c> cannot.</summary>
    public static TriggerDefinition? Read(YamlNode root, ICollection<Problem> problems)
    {
        if (Section.Of(root, "a trigger", problems) is not { } section)
            return null;
        var name = KebabName(section, "trigger", "the trigger's unique name, in kebab-case");
        var clause = section.Take("on") is { } on ? OnForm.Read(on, problems) : null;
        if (!section.Has("on"))
            section.Missing("on", "what makes candidates: event, pattern, absence, silence or segment");
        var trigger = Rest(section, new TriggerDefinition(name?.At ?? root.At, name?.Text ?? "", clause ?? new SegmentOn(root.At, "", default)));
        section.Close();
        return name is null || clause is null ? null : trigger;
    }

    /// <summary>A required name in kebab-case.</summary>
    public static YamlScalar? KebabName(Section section, string key, string expected)
    {
        var name = section.Scalar(key, expected);
        if (!section.Has(key))
            section.Missing(key, expected);
        if (name is null || Section.IsKebabCase(name.Text))
            return name;
        section.Report(name.At, "name", $"'{key}' is lower-case letters, digits and single dashes between them, this is {name.Shown}");
        return null;
    }

    private static TriggerDefinition Rest(Section section, TriggerDefinition trigger) => trigger with
    {
        Version = section.Whole("version", 1, int.MaxValue) ?? trigger.Version,
        IsDraining = Drains(section),
        Description = section.Text("description"),
        Per = Per(section),
        If = section.Expression("if"),
        Exits = SelectorForm.List(section, "exit"),
        Activation = Activation(section),
        OnUpgrade = section.Choice<UpgradeMode>("on_upgrade") ?? trigger.OnUpgrade,
        Decide = section.Inner("decide") is { } decide ? DecideForm.Read(decide) : trigger.Decide,
        Prompt = section.Inner("prompt") is { } prompt ? Prompt(prompt) : trigger.Prompt,
        Steps = JourneyForm.Read(section),
        Migrations = MigrationForm.Read(section),
        Goal = section.Inner("goal") is { } goal ? Goal(goal) : null,
        Places = YamlPlaces.Of(section.Map),
    };

    private static bool Drains(Section section)
    {
        var drains = section.Flag("draining") ?? false;
        if (drains && !section.Has("steps"))
            section.Report(section.KeyAt("draining"), "steps", "a version drains until its journeys are over; a trigger without 'steps' has none: take this file out");
        return drains;
    }

    private static NameExpression? Per(Section section)
    {
        const string expected = "alias.property or event.property";
        if (section.Scalar("per", expected) is not { } scalar)
            return null;
        var dot = scalar.Text.IndexOf('.', StringComparison.Ordinal);
        var reading = ExpressionParser.Parse(scalar.Source);
        if (dot > 0 && reading.Expression is NameExpression { Scope: not ("it" or "user" or "session") } name)
            return name;
        section.Report(scalar.At, "per", $"'per' takes {expected}, this is {scalar.Shown}");
        return null;
    }

    private static EventTime? Activation(Section section)
    {
        const string expected = "a time such as 2026-01-01T00:00:00Z";
        if (section.Scalar("activation", expected) is not { } scalar)
            return null;
        if (long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && Math.Abs(milliseconds / 2) < long.MaxValue / 8)
            return new EventTime(milliseconds);
        if (DateTimeOffset.TryParse(scalar.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && scalar.Text.Length >= 10 && char.IsAsciiDigit(scalar.Text[3]))
            return new EventTime(time.ToUnixTimeMilliseconds());
        section.Report(scalar.At, "shape", $"'activation' takes {expected}, this is {scalar.Shown}");
        return null;
    }

    public static PromptDefinition Prompt(Section section)
    {
        var template = section.Scalar("template", "the name of a file of the templates folder, without its ending");
        var data = section.Inner("data") is { } fields ? Data(fields) : [];
        section.Close();
        return new PromptDefinition { Template = template?.Text, TemplateAt = template?.At ?? default, Data = data };
    }

    private static List<DataField> Data(Section section)
    {
        if (section.Entries.Count > RulebookLimits.ListMax)
            section.Report(section.At, "too-many", $"'data' may have {RulebookLimits.ListMax} fields, this has {section.Entries.Count}");
        var fields = new List<DataField>();
        foreach (var (key, value) in section.Entries.Take(RulebookLimits.ListMax))
        {
            if (value is not YamlScalar scalar)
                section.Report(value.At, "shape", $"data field '{key.Text}' takes an expression, this is {value.Shown}");
            else if (Value(section, scalar) is { } expression)
                fields.Add(new DataField(key.Text, expression));
        }

        return fields;
    }

    private static Expression? Value(Section section, YamlScalar scalar)
    {
        if (scalar.IsNothing)
            return new LiteralExpression(scalar.At, ValueType.Null, 0, null);
        return scalar.Style == YamlStyle.Plain && Section.ParseNumber(scalar.Text) is { } number
            ? new LiteralExpression(scalar.At, ValueType.Number, number, null)
            : section.Expression(scalar);
    }

    private static GoalDefinition? Goal(Section section)
    {
        var selector = SelectorForm.Read(section, "event", "goal", aliased: false);
        var within = section.Duration("within", least: 1) ?? GoalWithinDefault;
        var value = section.Name("value", "a property of the goal event");
        section.Close();
        return selector is null ? null : new GoalDefinition(selector, within, value);
    }
}
