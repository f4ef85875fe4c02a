using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Versions that only finish their journeys, and what others say of them.</summary>
internal sealed class DrainLint(RulebookDefinition rulebook, Findings findings)
{
    public void Check()
    {
        foreach (var versions in rulebook.Triggers.GroupBy(trigger => trigger.Name).Where(versions => versions.Any(version => version.IsDraining)))
            Check([.. versions]);
    }

    private void Check(List<TriggerDefinition> versions)
    {
        var draining = versions.Where(version => version.IsDraining).ToList();
        if (draining.Count == versions.Count)
            findings.Warn(draining[0].PlaceOf("draining"), "drains-alone", $"no version of '{draining[0].Name}' takes entries: nobody begins it any more. "
                + "Take the file out when its journeys are over");
        foreach (var migration in versions.Where(version => !version.IsDraining).SelectMany(version => version.Migrations))
        {
            if (draining.Find(version => version.Version == migration.From) is { } version)
                findings.Warn(migration.At, "unused-migration", $"version {version.Version} drains ({version.At.File}, line "
                    + $"{version.PlaceOf("draining").Line}): its journeys go on under it and none moves; take this out, or that file");
        }
    }
}
