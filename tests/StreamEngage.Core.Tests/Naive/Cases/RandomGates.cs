using System.Globalization;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>What a random rulebook says of consent, channels, holdouts, caps, quiet hours and variants.</summary>
internal sealed class RandomGates(Dice dice, CaseSetting setting)
{
    private static readonly string[] Channels = ["push", "email", "sms"];

    public string Policy()
    {
        var policy = "channels: {push: p, email: e, sms: s}\n";
        if (dice.Chance(15))
            policy += "consent: {default: denied}\n";
        if (dice.Chance(20))
            policy += $"global_holdout: {dice.Of("0.3", "0.7")}\n";
        var (from, to) = (Border(), Border());
        if (from != to && dice.Chance(60))
            policy += $"quiet_hours: {{from: \"{from}\", to: \"{to}\", channels: {dice.Of("[push]", "[push, email]", "[push, email, sms]")}{Days()}}}\n";
        if (setting.Device && dice.Chance(80))
            policy += $"other_time_zones: {dice.Of("[America/New_York]", "[Asia/Seoul, Europe/Berlin]", "[UTC, Asia/Seoul]")}\n";
        if (dice.Chance(60))
            policy += $"caps:\n{Cap()}{(dice.Chance(40) ? Cap() : "")}";
        return policy;
    }

    public string Decide()
    {
        var channels = Channels.OrderBy(_ => dice.Between(0, 99)).Take(dice.Between(1, 3)).ToList();
        var decide = $"  channels: [{string.Join(", ", channels)}]\n";
        if (dice.Chance(50))
            decide += $"  choose: {dice.Of("best", "fixed", "first_reachable")}\n";
        if (dice.Chance(60))
            decide += $"  quiet: {dice.Of("hold", "drop", "next_channel")}\n";
        if (dice.Chance(20))
            decide += "  holdout: 0.3\n";
        if (setting.Has.HasFlag(CaseFeatures.Approvals) && dice.Chance(15))
            decide += $"  approval: {{within: {dice.Of(setting.Lengths)}ms, default: {dice.Of("approve", "reject")}}}\n";
        return dice.Chance(20) ? decide + "  variants: {control: 1, urgent: 2, calm: 1}\n" : decide;
    }

    private string Cap()
    {
        var per = dice.Chance(80) ? $"{dice.Of(setting.Lengths)}ms" : dice.Of("day", "week");
        var channel = dice.Chance(40) ? $", channel: {dice.Of(Channels)}" : "";
        var category = dice.Chance(30) ? $", category: {dice.Of("marketing", "news")}" : "";
        return $"  - {{limit: {dice.Of(0, 1, 1, 1, 2, 3)}, per: {per}{channel}{category}}}\n";
    }

    /// <summary>Some days of the week, or all of them.</summary>
    private string Days()
    {
        var days = dice.Chance(30) ? Enum.GetNames<DayOfWeek>().Where(_ => dice.Chance(50)).Select(day => day.ToLowerInvariant()).ToList() : [];
        return days.Count == 0 ? "" : $", days: [{string.Join(", ", days)}]";
    }

    /// <summary>A whole second, local, near the beginning of the stream.</summary>
    private string Border()
    {
        var utc = DateTime.UnixEpoch.AddMilliseconds(setting.Origin + dice.Between(-5, 60) * dice.Of(1_000L, 1_000L, 10_000L));
        var zone = setting.Zone is { } named ? TimeZoneInfo.FindSystemTimeZoneById(named) : TimeZoneInfo.Utc;
        return TimeZoneInfo.ConvertTimeFromUtc(utc, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
