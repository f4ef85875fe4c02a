using System.Globalization;
using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Gate 6: a user whose score, or whose expected gain by a prompt, is known and high enough.</summary>
internal sealed class ScoreGate(Surroundings around)
{
    /// <summary>The first threshold that is not reached.</summary>
    /// <param name="trigger">Whose thresholds.</param>
    /// <param name="user">Whose scores.</param>
    /// <param name="at">The instant they are read at.</param>
    /// <param name="says">Where it is not null: receives each score that was looked at, with its threshold.</param>
    public Reason Check(CompiledTrigger trigger, UserState user, EventTime at, List<string>? says)
    {
        var scope = new Scope(user, at.UnixMilliseconds, around, captured: null);
        foreach (var threshold in trigger.Thresholds)
        {
            var score = threshold.Score.Evaluate(scope);
            says?.Add(Words(threshold, score));
            var isReached = score.Kind == ValueKind.Number && score.Number >= threshold.Definition.AtLeast;
            if (!isReached) return threshold.IsUplift ? Reason.LowUplift : Reason.LowScore;
        }
        return Reason.None;
    }

    private static string Words(CompiledThreshold threshold, in Value score)
    {
        var number = score.Kind == ValueKind.Number ? score.Number.ToString("R", CultureInfo.InvariantCulture) : "none";
        var least = threshold.Definition.AtLeast.ToString("R", CultureInfo.InvariantCulture);
        return $"{(threshold.IsUplift ? "uplift" : "score")} {number} by {threshold.Definition.Model}, at least {least}";
    }
}
