using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>Triggers that ask a person first.</summary>
public sealed class ApprovalTests
{
    private const string Night = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n";

    [Fact]
    public void Prompt_WaitsForTheYes()
    {
        var engine = With("{within: 1h}").At("12:00").Does("click");
        var id = engine.Decisions[0].PromptId!;
        Assert.Equal(("held", 0), (Verdicts(engine), engine.Commands.Count));
        Answer(engine.At("12:30"), id, "approved").At("15:00").Does("x");
        Assert.Equal("held sent", Verdicts(engine));
        Assert.Equal(id, engine.Commands[0].PromptId);
        Assert.Equal(30 * 60_000, engine.Commands[0].NotBefore - engine.Commands[0].DecidedAt);
    }

    [Fact]
    public void No_EndsIt() => Assert.Equal("held human-rejected", Verdicts(Answered("{within: 1h, default: approve}", "12:30", "rejected")));

    [Theory]
    [InlineData("13:00", "held sent")]
    [InlineData("13:00:00.001", "held human-rejected")]
    public void Answer_CountsUpToTheDeadlineIncluded(string at, string verdicts) => Assert.Equal(verdicts, Verdicts(Answered("{within: 1h}", at, "approved")));

    [Theory]
    [InlineData("reject", "held human-rejected")]
    [InlineData("approve", "held sent")]
    public void Silence_MeansWhatTheTriggerSays(string otherwise, string verdicts)
    {
        var engine = With($"{{within: 1h, default: {otherwise}}}").At("12:00").Does("click").At("12:59:59.999").Does("x");
        Assert.Equal("held", Verdicts(engine));
        Assert.Equal(verdicts, Verdicts(engine.At("13:00:00.001").Does("x")));
    }

    [Fact]
    public void DeadlineIsThePromptsOwn_WhereThatIsEarlier()
    {
        var engine = With("{within: 9h, default: approve}, expires: 2h").At("12:00").Does("click").At("14:00:00.001").Does("x");
        Assert.Equal("held sent", Verdicts(engine));
    }

    [Fact]
    public void Gates_ArePassedAgainAfterTheYes()
    {
        var engine = With("{within: 1h}").At("12:00").Does("click");
        engine.At("12:10").Does("consent_update", ("purpose", "marketing"), ("status", "denied"));
        Assert.Equal("held no-consent", Verdicts(Answer(engine.At("12:30"), engine.Decisions[0].PromptId!, "approved")));
    }

    [Fact]
    public void YesAtNight_IsHeldUntilTheMorning()
    {
        var engine = With("{within: 1h}", Night).At("23:00").Does("click");
        Answer(engine.At("23:30"), engine.Decisions[0].PromptId!, "approved").At("1d 08:00:00.001").Does("x");
        Assert.Equal("held sent", Verdicts(engine));
        Assert.Equal(9 * 3_600_000, engine.Commands[0].NotBefore - engine.Commands[0].DecidedAt);
    }

    [Theory]
    [InlineData("quiet: drop", "held quiet")]
    [InlineData("quiet: next_channel", "held quiet")]
    [InlineData("purpose: transactional", "held sent")]
    public void YesAtNight_WaitsOnlyWhereQuietHoursHold(string decide, string verdicts)
    {
        var engine = With($"{{within: 2h}}, {decide}", Night).At("21:30").Does("click");
        Answer(engine.At("22:30"), engine.Decisions[0].PromptId!, "approved").At("22:31").Does("x");
        Assert.Equal(verdicts, Verdicts(engine));
    }

    [Fact]
    public void Reservation_FillsTheCapWhileItWaits()
    {
        var engine = With("{within: 1h}", "caps: [{limit: 1, per: 1d}]\n").At("12:00").Does("click").At("12:10").Does("click");
        Assert.Equal("held cap", Verdicts(engine));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", "approved")]
    [InlineData("nonsense", "approved")]
    [InlineData(null, "perhaps")]
    public void AnswerToNothing_ChangesNothing(string? id, string status)
    {
        var engine = With("{within: 1h}").At("12:00").Does("click");
        Answer(engine.At("12:30"), id ?? engine.Decisions[0].PromptId!, status).At("12:40").Does("x");
        Assert.Equal("held", Verdicts(engine));
    }

    [Fact]
    public void NobodyIsAsked_AboutAGhost() => Assert.Equal("holdout", Verdicts(With("{within: 1h}, holdout: 1").At("12:00").Does("click")));

    private static EngineHarness Answered(string approval, string at, string status)
    {
        var engine = With(approval).At("12:00").Does("click");
        return Answer(engine.At(at), engine.Decisions[0].PromptId!, status).At("20:00").Does("x");
    }

    private static EngineHarness Answer(EngineHarness engine, string id, string status) =>
        engine.Does("prompt_approval", ("promptId", id), ("status", status), ("by", "somebody"));

    private static EngineHarness With(string approval, string policy = "") => EngineHarness.With(new Dictionary<string, string>
    {
        ["policy.yaml"] = "channels: {push: {topic: prompts.push}}\n" + policy,
        ["t.yaml"] = $"trigger: t\non: {{event: click}}\ndecide: {{approval: {approval}}}\n",
    });

    private static string Verdicts(EngineHarness engine) => string.Join(' ', engine.Decisions.Select(Words));

    private static string Words(DecisionRecord decision) =>
        ReasonCodes.Code(decision.Reason) ?? (decision.Verdict == Verdict.Held ? "held" : "sent");
}
