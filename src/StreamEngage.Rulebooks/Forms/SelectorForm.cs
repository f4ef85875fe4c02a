using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>An event selector: a type, or <c>{event, as, where}</c>.</summary>
internal static class SelectorForm
{
    private const string Expected = "an event type or {event: type, where: \"...\"}";

    public static EventSelector? Read(YamlNode node, string what, bool aliased, ICollection<Problem> problems)
    {
        if (node is YamlScalar scalar)
            return Type(scalar, what, problems) is { } type ? new EventSelector(scalar.At, type) : null;
        if (node is not YamlMapping || Section.Of(node, what, problems) is not { } section)
        {
            problems.Add(new Problem(node.At, Severity.Error, "shape", $"{what} takes {Expected}, this is {node.Shown}"));
            return null;
        }

        var selector = Read(section, "event", what, aliased);
        section.Close();
        return selector;
    }

    /// <summary>The selector whose keys stand beside other keys of a section.</summary>
    public static EventSelector? Read(Section section, string typeKey, string what, bool aliased)
    {
        var typeNode = section.Take(typeKey);
        var alias = aliased ? Alias(section) : null;
        var where = section.Expression("where");
        if (typeNode is null)
        {
            section.Missing(typeKey, "an event type");
            return null;
        }

        return typeNode is YamlScalar scalar
            ? Type(scalar, what, section.Problems) is { } type ? new EventSelector(scalar.At, type, alias, where) : null
            : Nested(typeNode, what, section, where);
    }

    /// <summary>A type, a selector, or a list of them.</summary>
    public static IReadOnlyList<EventSelector> List(Section section, string key)
    {
        var nodes = section.List(key, RulebookLimits.ListMax) ?? [];
        return nodes.Select(node => Read(node, key, aliased: false, section.Problems)).OfType<EventSelector>().ToList();
    }

    /// <remarks><c>not: {event: x, where: ...}</c>: the condition may stand inside or beside, not both.</remarks>
    private static EventSelector? Nested(YamlNode node, string what, Section section, Expression? where)
    {
        if (Read(node, what, aliased: false, section.Problems) is not { } inner)
            return null;
        if (inner.Where is not null && where is not null)
            section.Report(section.KeyAt("where"), "duplicate-key", "'where' is already written inside; join the two with 'and'");
        return inner with { Where = inner.Where ?? where };
    }

    private static string? Type(YamlScalar scalar, string what, ICollection<Problem> problems)
    {
        if (!scalar.IsNothing && Section.IsName(scalar.Text))
            return scalar.Text;
        problems.Add(new Problem(scalar.At, Severity.Error, "shape", $"{what} takes {Expected}, this is {scalar.Shown}"));
        return null;
    }

    private static string? Alias(Section section)
    {
        if (section.Scalar("as", "a name for the matched event") is not { } scalar)
            return null;
        var name = scalar.Text;
        if (ExpressionFunctions.Scopes.Contains(name) || ExpressionFunctions.Keywords.Contains(name))
            section.Report(scalar.At, "alias", $"'{name}' is a word of the language; choose another name");
        else if (!char.IsLetter(name[0]) || !name.All(c => char.IsLetterOrDigit(c) || c == '_') || name.Length > RulebookLimits.NameMax)
            section.Report(scalar.At, "alias", $"an alias is a letter, then letters, digits and '_'; this is '{name}'");
        else
            return name;
        return null;
    }
}
