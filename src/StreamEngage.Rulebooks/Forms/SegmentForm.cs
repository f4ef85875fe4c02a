using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>A file of the segments folder: <c>segment</c>, <c>if</c>, <c>description</c>.</summary>
internal static class SegmentForm
{
    public static SegmentDefinition? Read(YamlNode root, ICollection<Problem> problems)
    {
        if (Section.Of(root, "a segment", problems) is not { } section)
            return null;
        var name = TriggerForm.KebabName(section, "segment", "the segment's unique name, in kebab-case");
        var condition = section.Expression("if");
        section.Text("description");
        section.Close();
        if (!section.Has("if"))
            section.Missing("if", "the condition of membership");
        return name is null || condition is null ? null : new SegmentDefinition(name.At, name.Text, condition);
    }
}
