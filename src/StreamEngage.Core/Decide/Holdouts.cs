using System.Text;
using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Gate 3: who is kept from prompts so that their worth can be measured. The global holdout goes before a trigger's.</summary>
internal sealed class Holdouts(CompiledRulebook rulebook)
{
    private readonly byte[] _global = Encoding.UTF8.GetBytes(Assignment.GlobalSalt);
    private readonly byte[][] _salts = [.. rulebook.Triggers.Select(trigger => Encoding.UTF8.GetBytes(Assignment.HoldoutSalt(trigger.Name)))];

    public HeldOut Of(UserState user, CompiledTrigger trigger)
    {
        if (user.IsHeldOutOfAll ??= IsHeldOut(_global, user, rulebook.Definition.Policy.GlobalHoldout)) return HeldOut.FromAll;
        return IsHeldOut(_salts[trigger.Index], user, trigger.Decide.Holdout) ? HeldOut.FromTrigger : HeldOut.No;
    }

    /// <summary>Held out under any of the ids that became this user: who was kept from prompts once stays so.</summary>
    private static bool IsHeldOut(byte[] salt, UserState user, double share)
    {
        if (share <= 0) return false;
        if (Assignment.Share(salt, user.Id.Span) < share) return true;
        if (user.Identity is not { } identity) return false;
        // Not by a lambda: what that captures would be allocated for every candidate.
        foreach (var former in identity.Former)
            if (Assignment.Share(salt, former.Id.Span) < share) return true;
        return false;
    }
}
