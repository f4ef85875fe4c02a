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

    private static bool IsHeldOut(byte[] salt, UserState user, double share) => share > 0 && Assignment.Share(salt, user.Id.Span) < share;
}
