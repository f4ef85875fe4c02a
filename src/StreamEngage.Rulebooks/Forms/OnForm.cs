using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>The <c>on:</c> of a trigger: exactly one of the five forms.</summary>
internal static class OnForm
{
    private static readonly string[] Forms = ["event", "pattern", "absence", "silence", "segment"];

    public static OnClause? Read(YamlNode node, ICollection<Problem> problems)
    {
        if (node is YamlScalar { IsNothing: false } && SelectorForm.Read(node, "on", aliased: false, problems) is { } type)
            return new EventOn(node.At, type);
        if (Section.Of(node, "on", problems) is not { } section)
            return null;
        var named = Forms.Where(section.Has).ToList();
        if (named.Count != 1)
        {
            var found = named.Count == 0 ? "none" : string.Join(" and ", named);
            section.Report(section.At, "on", $"'on' takes exactly one of {string.Join(", ", Forms)}; this has {found}{Near(section)}");
            return null;
        }

        var clause = Form(section, named[0]);
        section.Close();
        return clause;
    }

    private static string Near(Section section) =>
        section.Entries.Select(e => Section.Meant(e.Key.Text, Forms)).FirstOrDefault(hint => hint.Length > 0) ?? "";

    private static OnClause? Form(Section section, string form) => form switch
    {
        "event" => Event(section),
        "pattern" => PatternForm.Read(section),
        "absence" => section.Inner("absence") is { } absence ? Absence(absence) : null,
        "silence" => Silence(section),
        _ => Segment(section),
    };

    private static EventOn? Event(Section section) =>
        SelectorForm.Read(section, "event", "on", aliased: true) is { } selector ? new EventOn(section.At, selector) : null;

    private static AbsenceOn? Absence(Section section)
    {
        var after = section.Take("after") is { } node ? SelectorForm.Read(node, "after", aliased: true, section.Problems) : null;
        var of = SelectorForm.List(section, "of");
        var length = section.Duration("for", least: 1);
        var repeat = section.Choice<RepeatMode>("repeat") ?? RepeatMode.Restart;
        var grace = section.Duration("grace", least: 0) ?? 0;
        section.Close();
        Require(section, "after", "the event that arms it");
        Require(section, "of", "the event types that must not come");
        Require(section, "for", "how long they must not come");
        return after is null || of.Count == 0 || length is null ? null : new AbsenceOn(section.At, after, of)
        {
            ForMilliseconds = length.Value,
            GraceMilliseconds = grace,
            Repeat = repeat,
        };
    }

    private static void Require(Section section, string key, string expected)
    {
        if (!section.Has(key))
            section.Missing(key, expected);
        else if (section.Take(key) is YamlSequence { Items.Count: 0 } empty)
            section.Report(empty.At, "shape", $"'{key}' needs at least one event type");
    }

    private static SilenceOn? Silence(Section section)
    {
        var length = section.Duration("silence", least: 1);
        var of = SelectorForm.List(section, "of");
        return length is { } milliseconds ? new SilenceOn(section.At, milliseconds, of) : null;
    }

    private static SegmentOn? Segment(Section section)
    {
        var name = section.Scalar("segment", "the name of a segment");
        var edge = section.Choice<SegmentEdge>("edge") ?? SegmentEdge.Enter;
        return name is null ? null : new SegmentOn(name.At, name.Text, edge);
    }
}
