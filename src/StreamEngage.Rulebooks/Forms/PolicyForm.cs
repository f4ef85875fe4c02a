using System.Globalization;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>policy.yaml.</summary>
internal static class PolicyForm
{
    private enum ConsentDefault { Granted, Denied }

    public static PolicyDefinition Read(YamlNode root, ICollection<Problem> problems)
    {
        var policy = new PolicyDefinition();
        if (Section.Of(root, "the policy", problems) is not { } section)
            return policy;
        policy = policy with
        {
            TimeZone = TimeZone(section) ?? policy.TimeZone,
            DeviceZone = section.Text("device_zone"),
            OtherZones = OtherZones(section),
            GlobalHoldout = section.Number("global_holdout", 0, 1) ?? policy.GlobalHoldout,
            QuietHours = section.Inner("quiet_hours") is { } hours ? Quiet(hours) : null,
            Caps = Caps(section),
            Channels = section.Inner("channels") is { } channels ? Channels(channels) : policy.Channels,
            ConsentGrantedByDefault = section.Inner("consent") is not { } consent || Granted(consent),
            StatisticsMilliseconds = section.Inner("statistics") is { } statistics ? Statistics(statistics) : policy.StatisticsMilliseconds,
            Harm = section.Inner("harm") is { } harm ? Harm(harm) : policy.Harm,
            Lifecycle = section.Inner("lifecycle") is { } lifecycle ? LifecycleForm.Lifecycle(lifecycle) : policy.Lifecycle,
            Rfm = section.Inner("rfm") is { } rfm ? LifecycleForm.Rfm(rfm) : policy.Rfm,
            Time = Time(section, policy.Time),
            Places = YamlPlaces.Of(section.Map),
        };
        section.Close();
        return policy;
    }

    private static string? TimeZone(Section section)
    {
        if (section.Scalar("time_zone", "an IANA time zone such as Asia/Seoul") is not { } scalar)
            return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(scalar.Text, out _))
            return scalar.Text;
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id);
        section.Report(scalar.At, "time-zone", $"there is no time zone {scalar.Shown}{Section.Meant(scalar.Text, zones)}");
        return null;
    }

    private static TimePolicy Time(Section section, TimePolicy defaults)
    {
        var session = section.Inner("session");
        var time = new TimePolicy
        {
            DedupMilliseconds = section.Duration("dedup", least: 0) ?? defaults.DedupMilliseconds,
            LatenessMilliseconds = section.Duration("lateness", least: 0) ?? defaults.LatenessMilliseconds,
            DisorderMilliseconds = section.Duration("disorder", least: 0) ?? defaults.DisorderMilliseconds,
            MisfireAfterMilliseconds = section.Duration("misfire_after", least: 0) ?? defaults.MisfireAfterMilliseconds,
            FutureMilliseconds = section.Duration("future", least: 0) ?? defaults.FutureMilliseconds,
            SessionGapMilliseconds = session?.Duration("gap", least: 1) ?? defaults.SessionGapMilliseconds,
            SessionMaxMilliseconds = session?.Duration("max", least: 1) ?? defaults.SessionMaxMilliseconds,
        };
        session?.Close();
        if (time.SessionMaxMilliseconds < time.SessionGapMilliseconds)
            section.Report(section.KeyAt("session"), "session", "'max' is the longest session and must not be less than 'gap'");
        return time;
    }

    private static long Statistics(Section section)
    {
        var every = section.Duration("every", least: 1_000);
        section.Close();
        if (!section.Has("every"))
            section.Missing("every", DurationText.Examples);
        return every ?? new PolicyDefinition().StatisticsMilliseconds;
    }

    private static HarmPolicy Harm(Section section)
    {
        var defaults = new PolicyDefinition().Harm;
        var harm = new HarmPolicy(section.Flag("pause") ?? defaults.Pause, section.Number("alpha", 0.0001, 0.5) ?? defaults.Alpha);
        section.Close();
        return harm;
    }

    private static QuietHours? Quiet(Section section)
    {
        var (from, to) = (Hour(section, "from"), Hour(section, "to"));
        var channels = section.Names("channels") ?? [];
        var days = Days(section);
        section.Close();
        if (from is null || to is null)
            return null;
        if (from == to)
            section.Report(section.KeyAt("to"), "quiet-hours", "hours that end where they begin are none; leave 'quiet_hours' out");
        if (from == TimeSpan.FromDays(1))
            section.Report(section.KeyAt("from"), "quiet-hours", "hours begin before \"24:00\"; the next day begins at \"00:00\"");
        return new QuietHours(from == TimeSpan.FromDays(1) ? TimeSpan.Zero : from.Value, to.Value, channels) { Days = days };
    }

    private static Weekdays Days(Section section)
    {
        if (section.Names("days") is not { } names)
            return Weekdays.Every;
        var days = Weekdays.None;
        foreach (var name in names)
        {
            if (Enum.TryParse<Weekdays>(name, ignoreCase: true, out var day) && Enum.IsDefined(day) && day is not (Weekdays.None or Weekdays.Every))
                days |= day;
            else
                section.Report(section.KeyAt("days"), "unknown-value", $"'days' takes monday to sunday, this is {name}");
        }

        return days;
    }

    private static List<string> OtherZones(Section section)
    {
        var zones = section.Names("other_time_zones") ?? [];
        foreach (var zone in zones.Where(zone => !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)))
        {
            var meant = Section.Meant(zone, TimeZoneInfo.GetSystemTimeZones().Select(known => known.Id));
            section.Report(section.KeyAt("other_time_zones"), "time-zone", $"there is no time zone {zone}{meant}");
        }

        return [.. zones.Where(zone => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))];
    }

    private static TimeSpan? Hour(Section section, string key)
    {
        const string expected = "a time of day such as \"21:00\"";
        if (!section.Has(key))
            section.Missing(key, expected);
        if (section.Scalar(key, expected) is not { } scalar)
            return null;
        if (scalar.Text == "24:00")
            return TimeSpan.FromDays(1);
        string[] formats = ["HH:mm", "H:mm", "HH:mm:ss"];
        if (TimeOnly.TryParseExact(scalar.Text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time.ToTimeSpan();
        section.Report(scalar.At, "shape", $"'{key}' takes {expected}, this is {scalar.Shown}");
        return null;
    }

    private static List<CapDefinition> Caps(Section section)
    {
        if (section.Take("caps") is not { } node)
            return [];
        if (node is YamlSequence { Items.Count: <= RulebookLimits.ListMax } list)
            return list.Items.Select(item => Cap(item, section.Problems)).OfType<CapDefinition>().ToList();
        section.Report(node.At, "shape", $"'caps' takes a list of at most {RulebookLimits.ListMax} caps, this is {node.Shown}");
        return [];
    }

    private static CapDefinition? Cap(YamlNode node, ICollection<Problem> problems)
    {
        if (Section.Of(node, "a cap", problems) is not { } section)
            return null;
        var limit = section.Whole("limit", 0, 1_000_000);
        var per = section.Scalar("per", "a duration, day or week");
        var channel = section.Name("channel", "the name of a channel");
        var category = section.Name("category", "a consent purpose");
        section.Close();
        if (!section.Has("limit"))
            section.Missing("limit", "how many prompts at most");
        if (!section.Has("per"))
            section.Missing("per", "a duration, day or week");
        if (limit is null || per is null)
            return null;
        var unit = per.Text is "day" or "week" ? per.Text : null;
        var rolling = unit is null ? DurationText.Parse(per.Text) : null;
        if (unit is null && rolling is not > 0)
            section.Report(per.At, "shape", $"'per' takes {DurationText.Examples}, day or week; this is {per.Shown}");
        return new CapDefinition(limit.Value, rolling, unit, channel, category);
    }

    private static Dictionary<string, string> Channels(Section section)
    {
        var channels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in section.Entries.Take(RulebookLimits.ListMax))
        {
            if (!Section.IsName(key.Text))
                section.Report(key.At, "name", $"a channel has a name of at most {RulebookLimits.NameMax} characters");
            else if (Topic(key.Text, value, section.Problems) is { } topic)
                channels.Add(key.Text, topic);
        }

        return channels;
    }

    private static string? Topic(string channel, YamlNode value, ICollection<Problem> problems)
    {
        if (value is YamlScalar { IsNothing: false } scalar && Section.IsName(scalar.Text))
            return scalar.Text;
        if (Section.Of(value, $"channel {channel}", problems) is not { } section)
            return null;
        var topic = section.Name("topic", "the topic its prompts go to");
        section.Close();
        if (!section.Has("topic"))
            section.Missing("topic", "the topic its prompts go to");
        return topic;
    }

    private static bool Granted(Section section)
    {
        var consent = section.Choice<ConsentDefault>("default") ?? ConsentDefault.Granted;
        section.Close();
        return consent == ConsentDefault.Granted;
    }
}
