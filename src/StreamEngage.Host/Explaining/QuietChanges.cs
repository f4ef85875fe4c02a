using System.Globalization;
using StreamEngage.Decide;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>Another hour, or another way of being quiet.</summary>
internal static class QuietChanges
{
    private const long Week = 7 * 86_400_000L;

    public static Change NoQuietHours { get; } = new(
        ChangeKind.Rule, "there were no quiet hours", premise => premise.WithPolicy(policy => policy with { QuietHours = null }));

    public static IEnumerable<Change> For(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        if (EndOf(premise, trigger, outcome) is { } end)
        {
            var missing = end - outcome.First.At.UnixMilliseconds;
            if (GateChanges.Later(outcome, missing) is { } later)
                yield return later with { Says = $"{later.Says}, when it is not quiet any more" };
            if (trigger.Decide.Quiet != QuietMode.Hold)
                yield return GateChanges.Rule("the rule said quiet: hold", trigger, decide => decide with { Quiet = QuietMode.Hold });
            if (trigger.Decide.ExpiresMilliseconds < missing)
                yield return GateChanges.Rule(
                    $"the prompt expired after {Spoken.Duration(missing)} instead of {Spoken.Duration(trigger.Decide.ExpiresMilliseconds)}", trigger,
                    decide => decide with { ExpiresMilliseconds = missing });
        }
        if (outcome.Last.Reason == Reason.Expired)
            yield return GateChanges.Rule("the prompt expired a week later", trigger, decide => decide with
            {
                ExpiresMilliseconds = decide.ExpiresMilliseconds + Week,
            });
        yield return NoQuietHours;
        yield return GateChanges.Transactional(trigger);
    }

    /// <summary>When the quiet hours end that the candidate met: the engine says it of a candidate that it would hold.</summary>
    private static long? EndOf(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var holding = premise.WithDecide(trigger, decide => decide with { Quiet = QuietMode.Hold, ExpiresMilliseconds = Week });
        var detail = Course.Of(holding).Find(outcome)?.First is { Verdict: Verdict.Held } held ? held.Gates[^1].Detail : null;
        return long.TryParse(detail?.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var end) ? end : null;
    }
}
