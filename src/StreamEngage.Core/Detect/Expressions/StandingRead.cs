using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>By what users are ranked, read of one.</summary>
internal sealed class StandingRead(CompiledExpression recency, CompiledExpression frequency, CompiledExpression monetary)
{
    /// <summary>At the scope's instant; null: there never was such an event.</summary>
    public UserStanding? Of(in Scope scope) => recency.Evaluate(scope) is { IsNull: false } since
        ? UserStanding.Of(scope.At - (long)since.Number, frequency.Evaluate(scope).Number, monetary.Evaluate(scope).Number)
        : null;
}

/// <summary>In which part of all users the user stands, from 1, the worst; null: the user, or everybody, stands nowhere.</summary>
internal sealed class UserScore(Ranking ranking, StandingRead standing, int parts) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) =>
        standing.Of(scope) is { } own && scope.Around.Standings[ranking].PartOf(own.Bucket(ranking), parts) is { } part ? Value.Of(part) : Value.Null;
}
