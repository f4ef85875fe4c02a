using System.Globalization;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>The <c>pattern:</c> form of <c>on:</c> with its steps, <c>within</c> and <c>skip</c>.</summary>
internal static class PatternForm
{
    public static PatternOn? Read(Section section)
    {
        var nodes = section.List("pattern", RulebookLimits.StepsMax) ?? [];
        var steps = nodes.Select(node => Step(node, section.Problems)).OfType<PatternStep>().ToList();
        var within = section.Duration("within", least: 1);
        var skip = section.Scalar("skip", "past_last, to_next, none, to_first(step) or to_last(step)");
        if (steps.Count < nodes.Count)
            return null;
        var pattern = new PatternOn(section.At, steps) { WithinMilliseconds = within };
        if (skip is not null)
            pattern = Skipping(pattern, skip, section);
        return Stands(pattern, section) ? pattern : null;
    }

    private static PatternStep? Step(YamlNode node, ICollection<Problem> problems)
    {
        if (node is YamlScalar { IsNothing: false })
            return SelectorForm.Read(node, "a step", aliased: true, problems) is { } type ? new PatternStep(node.At, type) : null;
        if (Section.Of(node, "a step", problems) is not { } section)
            return null;
        if (section.Has("not") && section.Has("event"))
            section.Report(section.KeyAt("not"), "step", "a step has 'event' or 'not'; make two steps of it");
        var step = section.Has("not") ? Negated(section) : Taken(section);
        section.Close();
        return step;
    }

    private static PatternStep? Negated(Section section)
    {
        var selector = SelectorForm.Read(section, "not", "not", aliased: false);
        var length = section.Duration("for", least: 1);
        var contiguity = section.Choice<Contiguity>("contiguity") ?? Contiguity.Then;
        return selector is null ? null : new PatternStep(section.At, selector)
        {
            Negated = true,
            ForMilliseconds = length,
            Contiguity = contiguity,
        };
    }

    private static PatternStep? Taken(Section section)
    {
        var selector = SelectorForm.Read(section, "event", "a step", aliased: true);
        var (least, most) = Times(section);
        var step = new PatternStep(section.At, selector ?? new EventSelector(section.At, ""))
        {
            TimesMin = least,
            TimesMax = most,
            Contiguity = section.Choice<Contiguity>("contiguity") ?? Contiguity.Then,
            Optional = section.Flag("optional") ?? false,
            Greedy = section.Flag("greedy") ?? false,
            Until = section.Expression("until"),
            WithinMilliseconds = section.Duration("within", least: 1),
            Loop = section.Choice<Contiguity>("loop") ?? Contiguity.Then,
        };
        return selector is null ? null : step;
    }

    private static (int Least, int? Most) Times(Section section)
    {
        const string expected = "a count such as 3, 2..5 or 1..";
        if (section.Scalar("times", expected) is not { } scalar)
            return (1, 1);
        var dots = scalar.Text.IndexOf("..", StringComparison.Ordinal);
        var least = Count(dots < 0 ? scalar.Text : scalar.Text[..dots]);
        var most = dots < 0 ? least : Count(scalar.Text[(dots + 2)..]);
        var open = dots >= 0 && scalar.Text.EndsWith("..", StringComparison.Ordinal);
        var problem = (least, most) switch
        {
            (null, _) => $"'times' takes {expected}, this is {scalar.Shown}",
            (_, null) when !open => $"'times' takes {expected}, this is {scalar.Shown}",
            (0, _) => "'times' counts from 1; for none or more add 'optional: true'",
            ( > RulebookLimits.TimesMax, _) or (_, > RulebookLimits.TimesMax) => $"'times' may be at most {RulebookLimits.TimesMax}, this is {scalar.Shown}",
            _ => most < least ? $"'times' runs from the lesser to the greater, this is {scalar.Shown}" : null,
        };
        if (problem is null)
            return (least!.Value, open ? null : most);
        section.Report(scalar.At, "times", problem);
        return (1, 1);
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static PatternOn Skipping(PatternOn pattern, YamlScalar skip, Section section)
    {
        var modes = new Dictionary<string, SkipMode>(StringComparer.Ordinal)
        {
            ["past_last"] = SkipMode.PastLast,
            ["to_next"] = SkipMode.ToNext,
            ["none"] = SkipMode.None,
        };
        if (modes.TryGetValue(skip.Text, out var mode))
            return pattern with { Skip = mode };
        foreach (var (word, to) in new[] { ("to_first(", SkipMode.ToFirst), ("to_last(", SkipMode.ToLast) })
        {
            if (skip.Text.StartsWith(word, StringComparison.Ordinal) && skip.Text.EndsWith(')'))
                return SkippingTo(pattern with { Skip = to }, skip, skip.Text[word.Length..^1].Trim(), section);
        }

        var hint = Section.Meant(skip.Text, modes.Keys.Concat(["to_first(step)", "to_last(step)"]));
        section.Report(skip.At, "unknown-value", $"'skip' takes past_last, to_next, none, to_first(step) or to_last(step), this is {skip.Shown}{hint}");
        return pattern;
    }

    private static PatternOn SkippingTo(PatternOn pattern, YamlScalar skip, string step, Section section)
    {
        var names = pattern.Steps.Where(s => !s.Negated).Select(s => s.Event.Alias ?? s.Event.Type).ToList();
        if (!names.Contains(step))
            section.Report(skip.At, "unknown-step", $"no step is called '{step}'{Rules.Expressions.NearestName.Hint(step, names)}");
        return pattern with { SkipTo = step };
    }

    private static bool Stands(PatternOn pattern, Section section)
    {
        var steps = pattern.Steps;
        if (steps.Count == 0)
            section.Report(section.KeyAt("pattern"), "shape", "'pattern' needs at least one step");
        else if (steps[0].Negated)
            section.Report(steps[0].At, "step", "a pattern begins with an event to take; 'not' stands between two steps, or last with 'for'");
        else if (steps[^1] is { Negated: true, ForMilliseconds: null })
            section.Report(steps[^1].At, "trailing-not", "a 'not' that ends a pattern needs 'for': how long the event must not come");
        else if (steps.SkipLast(1).FirstOrDefault(s => s.ForMilliseconds is not null) is { } early)
            section.Report(early.At, "step", "'for' belongs to a 'not' that ends the pattern; between two steps use 'within'");
        else if (steps.All(s => s.Negated || s.Optional))
            section.Report(section.KeyAt("pattern"), "step", "every step is optional: the pattern would match nothing at all; make one required");
        else
            return true;
        return false;
    }
}
