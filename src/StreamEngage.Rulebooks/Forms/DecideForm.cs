using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>The <c>decide:</c> of a trigger.</summary>
internal static class DecideForm
{
    public static DecideDefinition Read(Section section)
    {
        var defaults = new DecideDefinition();
        var (variants, bandit) = Variants(section);
        var decide = new DecideDefinition
        {
            Priority = section.Whole("priority", 0, 100) ?? defaults.Priority,
            Value = section.Number("value", double.NegativeInfinity, double.PositiveInfinity) ?? defaults.Value,
            CooldownMilliseconds = section.Duration("cooldown", least: 0) ?? defaults.CooldownMilliseconds,
            Reentry = section.Choice<ReentryMode>("reentry") ?? defaults.Reentry,
            Purpose = section.Name("purpose", "a consent purpose such as marketing or transactional") ?? defaults.Purpose,
            Channels = Channels(section) ?? defaults.Channels,
            Choose = section.Choice<ChannelChoice>("choose") ?? defaults.Choose,
            ExpiresMilliseconds = section.Duration("expires", least: 1) ?? defaults.ExpiresMilliseconds,
            Quiet = section.Choice<QuietMode>("quiet") ?? defaults.Quiet,
            Misfire = section.Choice<MisfireMode>("misfire") ?? defaults.Misfire,
            Holdout = section.Number("holdout", 0, 1) ?? defaults.Holdout,
            Variants = variants,
            VariantsBefore = VariantsBefore(section),
            Approval = section.Inner("approval") is { } approval ? Approval(approval) : null,
            Bandit = bandit,
        };
        section.Close();
        return decide;
    }

    private static ApprovalDefinition? Approval(Section section)
    {
        var within = section.Duration("within", least: 1);
        var silence = section.Choice<ApprovalAnswer>("default") ?? ApprovalAnswer.Reject;
        if (!section.Has("within")) section.Missing("within", "how long a person has to answer, such as 4h");
        section.Close();
        return within is { } milliseconds ? new(milliseconds, silence) : null;
    }

    public static IReadOnlyList<string>? Channels(Section section)
    {
        if (section.Names("channels") is not { } names)
            return null;
        if (names.Count == 0)
            section.Report(section.KeyAt("channels"), "shape", "'channels' needs at least one channel");
        return names;
    }

    private static (IReadOnlyList<VariantShare> Shares, string? Bandit) Variants(Section section)
    {
        if (section.Inner("variants") is not { } variants)
            return ([], null);
        return variants.Has("arms") ? Bandit(variants) : (Shares(variants), null);
    }

    private static List<IReadOnlyList<VariantShare>> VariantsBefore(Section section)
    {
        var before = new List<IReadOnlyList<VariantShare>>();
        foreach (var node in section.List("variants_before", RulebookLimits.ListMax) ?? [])
        {
            if (Section.Of(node, "former variants", section.Problems) is { } shares)
                before.Add(Shares(shares));
        }

        return before;
    }

    private static (IReadOnlyList<VariantShare> Shares, string? Bandit) Bandit(Section variants)
    {
        var bandit = variants.Scalar("bandit", "thompson");
        var arms = variants.Names("arms") ?? [];
        variants.Close();
        if (bandit is null)
            variants.Missing("bandit", "thompson");
        else if (bandit.Text != "thompson")
            variants.Report(bandit.At, "unknown-value", $"'bandit' takes thompson, this is {bandit.Shown}");
        if (arms.Count < 2)
            variants.Report(variants.KeyAt("arms"), "shape", "a bandit needs at least two arms");
        return (arms.Select(arm => new VariantShare(arm, 1)).ToList(), bandit?.Text);
    }

    private static List<VariantShare> Shares(Section variants)
    {
        var shares = new List<VariantShare>();
        foreach (var entry in variants.Entries.Take(RulebookLimits.ListMax))
        {
            var share = entry.Value is YamlScalar scalar ? Section.ParseNumber(scalar.Text) : null;
            if (share is > 0 && Section.IsName(entry.Key.Text))
                shares.Add(new VariantShare(entry.Key.Text, share.Value));
            else
                variants.Report(entry.Value.At, "shape", $"variant '{entry.Key.Text}' takes a share above 0, this is {entry.Value.Shown}");
        }

        return shares;
    }
}
