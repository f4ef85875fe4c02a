namespace StreamEngage.Tests.Naive;

/// <summary>Local time.</summary>
internal static class NaiveZone
{
    public static bool IsKnown(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);

    public static DateTime LocalTime(long at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddMilliseconds(at), zone);

    /// <summary>A local time that does not exist moves forward by the gap; one that exists twice means the first.</summary>
    public static long Instant(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            return Instant(local.AddHours(1), zone);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return (long)(local - offset - DateTime.UnixEpoch).TotalMilliseconds;
    }
}
