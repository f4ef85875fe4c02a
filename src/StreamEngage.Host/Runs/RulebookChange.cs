using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Host.Runs;

/// <summary>Another rulebook from an instant of the stream's clock on: what <c>--change TIME=DIR</c> says.</summary>
/// <param name="At">When.</param>
/// <param name="Next">What is in force from then on.</param>
internal sealed record RulebookChange(EventTime At, RulebookDefinition Next)
{
    /// <param name="texts">As they were given.</param>
    /// <param name="errors">Receives a line for each problem.</param>
    /// <param name="changes">In the order given.</param>
    /// <param name="exit">1 for a rulebook with errors, 2 for wrong usage.</param>
    public static bool TryRead(IReadOnlyList<string> texts, TextWriter errors, out IReadOnlyList<RulebookChange> changes, out int exit)
    {
        var read = new List<RulebookChange>();
        (changes, exit) = (read, 2);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || TimeOf(text[..equals]) is not { } at)
            {
                errors.WriteLine($"--change '{text}' is not TIME=DIR, such as 2026-02-01T00:00:00Z=rules-v2");
                return false;
            }
            if (read.Exists(change => change.At == at))
            {
                errors.WriteLine($"--change names {at} twice; give each change an instant of its own");
                return false;
            }
            if (!RulesFolder.TryCompile(text[(equals + 1)..], errors, out var rulebook, out exit)) return false;
            read.Add(new(at, rulebook.Definition));
        }
        exit = 0;
        return true;
    }

    /// <summary>Null, or why a change cannot be made.</summary>
    public static string? Schedule(IReadOnlyList<RulebookChange> changes, PipelineRun run)
    {
        foreach (var change in changes)
        {
            if (change.At <= run.Clock)
                return $"--change at {change.At} is not later than {run.Clock}, where the state stands; name a later instant, or start with that rulebook";
            run.ChangeAt(change.At, change.Next);
        }
        return null;
    }

    /// <summary>RFC 3339 or milliseconds since 1970; null where it is neither.</summary>
    public static EventTime? TimeOf(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= Limits.EventTimeMax)
            return new(milliseconds);
        return text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? new(at.ToUnixTimeMilliseconds()) : null;
    }
}
