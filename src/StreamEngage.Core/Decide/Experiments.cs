using System.Text;
using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Which variant of a trigger a user gets: always the same one while the shares stay.</summary>
internal sealed class Experiments(CompiledRulebook rulebook)
{
    private readonly Variants?[] _variants = [.. rulebook.Triggers.Select(trigger =>
        trigger.Decide.Variants.Count == 0 ? null : Variants.Declared(trigger.Decide.Variants))];

    private readonly byte[][] _salts = [.. rulebook.Triggers.Select(trigger => Encoding.UTF8.GetBytes(Assignment.VariantSalt(trigger.Name)))];

    /// <summary>Its place among the trigger's variants; -1: the trigger has none.</summary>
    public int VariantOf(CompiledTrigger trigger, UserState user) =>
        _variants[trigger.Index] is { } variants ? variants.Of(Assignment.Share(_salts[trigger.Index], user.Id.Span)) : -1;
}
