using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Keeps, of what was decided for a user, what may still come of it: goals that would count, and prompts that a later one would supersede.</summary>
internal sealed class OutcomeWatch(CompiledRulebook rulebook, Lane lane)
{
    /// <summary>A prompt was sent, or a ghost left where one would have been: both count, and both may convert.</summary>
    public void Decided(Decision decision, UserState user, int variant)
    {
        var trigger = decision.Trigger;
        if (trigger.Definition.Goal is not { } goal) return;
        var aftermath = Of(user);
        var isFirst = trigger.PausesOnHarm && aftermath.Meet(trigger.Index);
        var until = decision.At + goal.WithinMilliseconds;
        var open = new OpenGoal(trigger.Index, (short)Math.Max(0, variant), decision.HeldOut, isFirst, decision.At, until);
        lane.Outcomes.Add(open.Delta(isConversion: false));
        lane.Counters.OpenGoalsDropped += aftermath.Open(open);
    }

    /// <summary>True when a former prompt of the instance may still be seen on this channel.</summary>
    public bool Supersedes(Decision decision, UserState user)
    {
        var trigger = decision.Trigger;
        if (!trigger.Decide.Supersede) return false;
        var channel = trigger.Channels[decision.Channel].Identity;
        var shown = new ShownPrompt(trigger.Index, decision.Candidate.Key.Identity, channel, decision.NotAfter);
        return Of(user).Show(shown) is { } former && former.Channel == channel && decision.At <= former.Until;
    }

    private Aftermath Of(UserState user)
    {
        var aftermath = user.Aftermath ??= new();
        aftermath.Prune(lane.Clock, rulebook.Time.LatenessMilliseconds);
        return aftermath;
    }
}
