using System.Security.Cryptography;
using System.Text;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>The gates of the policy, each answered from lists.</summary>
internal sealed class NaiveGates(PolicyDefinition policy)
{
    public PolicyDefinition Policy => policy;

    /// <summary>The reason of a ghost, or null.</summary>
    public string? Holdout(NaiveUser user, TriggerDefinition trigger) =>
        user.Names.Any(name => Share("global", name) < policy.GlobalHoldout) ? "global-holdout"
        : user.Names.Any(name => Share($"holdout/{trigger.Name}", name) < trigger.Decide.Holdout) ? "holdout"
        : null;

    public static string? Variant(string user, TriggerDefinition trigger)
    {
        var (share, total) = (Share($"variant/{trigger.Name}", user), trigger.Decide.Variants.Sum(v => v.Share));
        var before = 0.0;
        foreach (var variant in trigger.Decide.Variants)
        {
            before += variant.Share;
            if (share < before / total)
                return variant.Name;
        }

        return null;
    }

    /// <summary>The reason against the user's scores, or null.</summary>
    public static string? Score(NaiveUser user, DecideDefinition decide, long at)
    {
        bool Reaches(ScoreThreshold? threshold) =>
            threshold is null || NaiveModel.Score(user.Rulebook, threshold.Model, user, at) is double score && score >= threshold.AtLeast;
        return !Reaches(decide.Score) ? "low-score" : !Reaches(decide.Uplift) ? "low-uplift" : null;
    }

    /// <summary>Null: none reaches the user.</summary>
    public static string? Channel(NaiveContact contact, DecideDefinition decide)
    {
        var reachable = decide.Channels.Where(contact.Reaches).ToList();
        return decide.Choose switch
        {
            ChannelChoice.Fixed => contact.Reaches(decide.Channels[0]) ? decide.Channels[0] : null,
            ChannelChoice.Best => reachable.MaxBy(contact.Rate),
            _ => reachable.FirstOrDefault(),
        };
    }

    /// <summary>Every window of a cap's length, and every calendar unit, that would hold this prompt too.</summary>
    public bool IsFull(NaiveUser user, string channel, string purpose, long at, string? except) => policy.Caps.Any(cap =>
        purpose != "transactional" && (cap.Channel ?? channel) == channel && (cap.Category ?? purpose) == purpose
        && user.Contact.Prompts.Count(p => p.Id != except && !p.Failed && p.Purpose != "transactional"
            && (cap.Channel ?? p.Channel) == p.Channel && (cap.Category ?? p.Purpose) == p.Purpose && Shares(cap, user, p.At, at)) >= cap.Limit);

    public bool IsQuiet(NaiveUser user, string channel, long at) => QuietUntil(user, channel, at) is not null;

    /// <summary>When the quiet ends, or null where it is not quiet.</summary>
    public long? QuietUntil(NaiveUser user, string channel, long at)
    {
        if (policy.QuietHours is not { } quiet || (quiet.Channels.Count > 0 && !quiet.Channels.Contains(channel)))
            return null;
        var windows = user.QuietZones.SelectMany(zone => Windows(quiet, zone, at)).ToList();
        var end = at;
        while (windows.Where(w => w.From <= end && end < w.To).Select(w => (long?)w.To).Max() is { } later)
            end = later;
        return end == at ? null : end;
    }

    /// <summary>Each belongs to the day on which it begins.</summary>
    private static IEnumerable<(long From, long To)> Windows(QuietHours quiet, TimeZoneInfo zone, long at) => Enumerable.Range(-2, 12)
        .Select(day => NaiveZone.LocalTime(at, zone).Date.AddDays(day))
        .Where(day => quiet.Days.HasFlag(Enum.Parse<Weekdays>(day.DayOfWeek.ToString())))
        .Select(day => (NaiveZone.Instant(day + quiet.From, zone), NaiveZone.Instant(day + quiet.To + TimeSpan.FromDays(quiet.To > quiet.From ? 0 : 1), zone)));

    public static string PromptId(string trigger, string user, string instance, string arming, string step = "0") => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{trigger}|{user}|{instance}|{arming}|{step}")).AsSpan(0, 16));

    private static bool Shares(CapDefinition cap, NaiveUser user, long one, long other) => cap switch
    {
        { PerMilliseconds: { } per } => Math.Abs(one - other) < per,
        { PerUnit: "week" } => user.StartOfWeek(one) == user.StartOfWeek(other),
        _ => user.StartOfDay(one) == user.StartOfDay(other),
    };

    public static double Share(string salt, string unit)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}:{unit}"));
        return hash.Take(8).Aggregate(0.0, (sum, b) => sum * 256 + b) / Math.Pow(2, 64);
    }
}
