using StreamEngage.Emit;

namespace StreamEngage.Host.Explaining;

/// <summary>A slot in the cap that was full.</summary>
internal static class CapChanges
{
    public static IEnumerable<Change> For(Premise premise, Outcome outcome)
    {
        var detail = outcome.Last.Gates[^1].Detail ?? "";
        var colon = detail.LastIndexOf(':');
        if (colon < 0) yield break;
        var (cap, counted) = (detail[..colon], detail[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        yield return Raised(premise, cap, 1);
        var decisions = Course.Of(premise).Decisions;
        foreach (var id in counted)
            yield return Refunded(premise, outcome, cap, id, decisions.FirstOrDefault(decision => decision.PromptId == id));
        for (var more = 2; more <= ExplainLimits.AddedSlotsMax; more *= 2) yield return Raised(premise, cap, more);
    }

    private static Change Raised(Premise premise, string cap, int more)
    {
        var limit = premise.Rules.Policy.Caps.First(one => one.ToString() == cap).Limit + more;
        return new(ChangeKind.Rule, $"the cap `{cap}` had {more} more {(more == 1 ? "slot" : "slots")}", changed => changed.WithPolicy(policy => policy with
        {
            Caps = [.. policy.Caps.Select(one => one.ToString() == cap ? one with { Limit = limit } : one)],
        }));
    }

    /// <summary>A prompt that was not delivered gives its slot back.</summary>
    private static Change Refunded(Premise premise, Outcome outcome, string cap, string promptId, DecisionRecord? sent)
    {
        var moment = outcome.MomentIn(premise);
        var which = sent is null ? $"prompt {promptId}" : $"the prompt of {sent.Trigger} at {Spoken.Time(sent.At)}";
        return new(ChangeKind.Event, $"a slot of the cap `{cap}` were free, {which} not having been delivered",
            changed => changed.With(moment, "prompt_outcome", new("promptId", promptId), new("outcome", "failed")));
    }
}
