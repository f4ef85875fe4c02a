using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Rulebooks.Lint;

public sealed class LifecycleLintTests
{
    private const string Catalogue = "types: {view: {}, order: {total: number}}\n";

    [Theory]
    [InlineData("if: user.stage = \"at_risk\"", "unknown-stage", "did you mean 'at-risk'?")]
    [InlineData("if: user.stage in [\"new\", \"lost\"]", "unknown-stage", "there are new, active")]
    [InlineData("if: segment(\"lifecycle/activ\")", "unknown-segment", "no segment 'lifecycle/activ'")]
    [InlineData("if: user.stage > 3", "type", "cannot be compared")]
    [InlineData("if: user.frequency > 3", "rfm", "read of 'purchase'")]
    [InlineData("if: user.monetary > 3", "rfm", "read of 'purchase.value'")]
    public void WhatCannotBeMeant_IsRefused(string condition, string code, string part) =>
        Assert.Contains(part, Assert.Single(Check(condition, ""), problem => problem.Code == code).Message, StringComparison.Ordinal);

    [Fact]
    public void NearStageOfASegment_IsNamed() => Assert.Contains(
        "did you mean 'lifecycle/at-risk'?",
        Assert.Single(RulebookText.Read("t.yaml", "trigger: t\non: {segment: lifecycle/at_risk}").Problems).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("unused-lifecycle", "if: event.at > 1d", "lifecycle: {new: 1d}")]
    [InlineData("unused-rfm", "if: user.stage = \"new\"", "rfm: {monetary: order.total}")]
    [InlineData("never-reached", "if: user.stage = \"new\"", "lifecycle: {new: 0s}")]
    [InlineData("never-reached", "if: segment(\"lifecycle/resurrected\")", "lifecycle: {resurrected: 0s}")]
    [InlineData("never-true", "if: user.stage = \"new\" and user.stage = \"active\"", "lifecycle: {new: 1d}")]
    [InlineData("never-true", "if: user.frequency < 0", "rfm: {monetary: order.total}")]
    [InlineData("unknown-event-type", "if: user.stage = \"new\"", "lifecycle: {of: [view, odrer]}")]
    public void WhatIsOfNoUse_IsReported(string code, string condition, string policy) =>
        Assert.Single(Check(condition, policy), problem => problem.Code == code);

    [Theory]
    [InlineData("if: user.stage in [\"new\", \"resurrected\"]", "lifecycle: {of: [view]}")]
    [InlineData("if: segment(\"lifecycle/churned\") or segment(\"lifecycle/dormant\")", "lifecycle: {at_risk: 1h}")]
    [InlineData("if: user.recency > 3d and user.frequency >= 2 and user.monetary > 10", "rfm: {monetary: order.total}")]
    public void WhatIsMeant_IsNot(string condition, string policy) => Assert.Empty(Check(condition, policy));

    private static IReadOnlyList<Problem> Check(string condition, string policy) => Linter.Check(RulebookText.Read(
        "t.yaml", $"trigger: t\non: {{event: view}}\n{condition}\n", "policy.yaml", $"lateness: 1m\n{policy}\n", "events.yaml", Catalogue));
}
