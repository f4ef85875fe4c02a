using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>The <c>migrate:</c> of a trigger with steps: one map, or a list of one an older version.</summary>
internal static class MigrationForm
{
    public static IReadOnlyList<MigrationDefinition> Read(Section trigger)
    {
        var migrations = new List<MigrationDefinition>();
        foreach (var node in trigger.List("migrate", RulebookLimits.ListMax) ?? [])
        {
            if (Section.Of(node, "migrate", trigger.Problems) is { } section && One(section) is { } migration)
                migrations.Add(migration);
        }

        foreach (var second in migrations.Where((one, i) => migrations.Take(i).Any(other => other.From == one.From)))
            trigger.Report(second.At, "duplicate-name", $"version {second.From} is already migrated; keep one of the two");
        if (migrations.Count > 0 && !trigger.Has("steps"))
            trigger.Report(trigger.KeyAt("migrate"), "steps", "'migrate' says where journeys go on; a trigger without 'steps' has none");
        return migrations;
    }

    private static MigrationDefinition? One(Section section)
    {
        var from = section.Whole("from", 1, int.MaxValue);
        if (!section.Has("from"))
            section.Missing("from", "the older version whose journeys are meant");
        var steps = section.Inner("steps") is { } names ? Names(names) : [];
        var otherwise = Stays(section);
        section.Close();
        return from is null ? null : new MigrationDefinition(section.At, from.Value) { Steps = steps, StaysByName = otherwise };
    }

    private static bool Stays(Section section)
    {
        if (section.Scalar("otherwise", "exit or stay-name") is not { } scalar)
            return false;
        if (scalar.Text is not ("exit" or "stay-name"))
        {
            var hint = Section.Meant(scalar.Text, ["exit", "stay-name"]);
            section.Report(scalar.At, "unknown-value", $"'otherwise' takes exit or stay-name, this is {scalar.Shown}{hint}");
        }


        return scalar.Text == "stay-name";
    }

    private static Dictionary<string, string> Names(Section section)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in section.Entries.Take(Limits.JourneyStepsMax))
        {
            if (value is YamlScalar { IsNothing: false } scalar && Section.IsName(scalar.Text))
                names[key.Text] = scalar.Text;
            else
                section.Report(value.At, "shape", $"step '{key.Text}' takes the name of a step of this version, this is {value.Shown}");
        }

        return names;
    }
}
