using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>
/// Which variant of a trigger a prompt gets: by fixed shares always the same one of a user; by a bandit one that is chosen for each decision anew.
/// </summary>
internal sealed class Experiments(CompiledRulebook rulebook)
{
    private readonly Variants?[] _variants = [.. rulebook.Triggers.Select(trigger => FixedOf(trigger.Decide))];

    private readonly ThompsonSampling?[] _bandits = [.. rulebook.Triggers.Select(BanditOf)];

    private readonly byte[][] _salts = [.. rulebook.Triggers.Select(trigger => Encoding.UTF8.GetBytes(Assignment.VariantSalt(trigger.Name)))];

    /// <summary>
    /// The variant's place among the trigger's, -1: the trigger has none; and the probability it was chosen with, null where nothing was drawn.
    /// </summary>
    /// <param name="trigger">Whose variants.</param>
    /// <param name="user">For whom.</param>
    /// <param name="promptId">The decision's id.</param>
    public (int Variant, double? Propensity) Of(CompiledTrigger trigger, UserState user, string promptId)
    {
        if (_variants[trigger.Index] is { } variants)
            return (variants.Of(Assignment.Share(_salts[trigger.Index], (user.Identity?.VariantUnit(user.Id) ?? user.Id).Span)), null);
        if (_bandits[trigger.Index] is not { } bandit) return (-1, null);
        var choice = bandit.Choose(Encoding.UTF8.GetBytes(promptId));
        return (choice.Arm, choice.Propensity);
    }

    /// <summary>A variant by fixed shares went out: after a merge the id that was shown one first goes on deciding.</summary>
    public void Expose(CompiledTrigger trigger, UserState user, EventTime at)
    {
        if (_variants[trigger.Index] is not null) user.OpenIdentity().Expose(at);
    }

    private static Variants? FixedOf(DecideDefinition decide)
    {
        if (decide.Variants.Count == 0 || decide.Bandit is not null) return null;
        return decide.VariantsBefore.Count == 0
            ? Variants.Declared(decide.Variants)
            : decide.VariantsBefore.Skip(1).Append(decide.Variants)
                .Aggregate(Variants.Declared(decide.VariantsBefore[0]), (before, shares) => before.Resized(shares));
    }

    /// <summary>Of what came of its arms nothing is known yet: outcomes of all users are gathered nowhere, so each is as likely the best.</summary>
    private static ThompsonSampling? BanditOf(CompiledTrigger trigger) =>
        trigger.Decide.Bandit is null ? null : new(trigger.Name, [.. trigger.Decide.Variants.Select(_ => new ArmOutcomes(0, 0))]);
}
