using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Detect.Expressions;

/// <summary>The user's stage at the scope's instant; null before the first activity.</summary>
internal sealed class UserStage(LifecyclePolicy policy) : CompiledExpression
{
    private static readonly Value[] _names = [.. LifecycleStages.Names.Select(Value.Of)];

    public override Value Evaluate(in Scope scope) =>
        scope.User.Life?.StageAt(scope.At, policy) is { } stage ? _names[(int)stage] : Value.Null;

    public override long NextChange(in Scope scope) => scope.User.Life?.NextChange(scope.At, policy) ?? long.MaxValue;
}
