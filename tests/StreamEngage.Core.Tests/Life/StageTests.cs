using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Life;

/// <summary>Stages, boundary by boundary.</summary>
public sealed class StageTests
{
    private const string OneDay = "12:00:00 new";
    private const string Life = OneDay + ", 7d 12:00:00 active";
    private const string Fallen = Life + ", 14d 12:00:00 at-risk";
    private const string Away = Fallen + ", 30d 12:00:00 dormant";

    [Fact]
    public void WhoComesOnce_GoesThroughAllStages() =>
        Assert.Equal(Away + ", 60d 12:00:00 churned", Stages.Watched().At("12:00").Does("view").ForEver().Entered());

    [Theory]
    [InlineData("14d 12:00", Life)]
    [InlineData("14d 12:00:00.001", Fallen)]
    public void ActivityAtTheVeryEnd_KeepsTheUserFromFalling(string second, string stages) =>
        Assert.Equal(stages, Stages.Watched().At("12:00").Does("view").At(second).Does("view").Until("20d 12:00").Entered());

    [Theory]
    [InlineData("30d 12:00", Fallen + ", 30d 12:00:01 active")]
    [InlineData("30d 12:00:00.001", Away + ", 30d 12:00:01 resurrected, 37d 12:00:01 active")]
    public void WhoWasDormant_IsResurrected_WhoWasOnlyAtRiskIsActive(string first, string stages) =>
        Assert.Equal(
            stages, Stages.Watched().At("12:00").Does("view").At(first).Does("view").At("30d 12:00:01").Does("view").Until("43d 12:00").Entered());

    [Theory]
    [InlineData("45d 12:00", ", 45d 12:00:00 resurrected")]
    [InlineData("45d 12:00:00.001", "")]
    public void WhatBringsBack_MustNotBePartedByAnotherSilence(string second, string stages) => Assert.Equal(
        Away + stages, Stages.Watched().At("12:00").Does("view").At("31d 12:00").Does("view").At(second).Does("view").Until("46d 12:00").Entered());

    [Theory]
    [InlineData("return: 1", ", 31d 12:00:00 resurrected, 38d 12:00:00 active")]
    [InlineData("return: 3", "")]
    public void Return_SaysHowOften(string how, string stages)
    {
        var engine = Stages.Watched($"lifecycle: {{{how}}}").At("12:00").Does("view").At("31d 12:00").Does("view").At("31d 13:00").Does("view");
        Assert.Equal(Away + stages, engine.Until("40d 12:00").Entered());
    }

    [Theory]
    [InlineData("60d 12:00", "")]
    [InlineData("60d 12:00:00.001", ", 60d 12:00:00 churned")]
    [InlineData("85d 12:00", ", 60d 12:00:00 churned")]
    public void OneVisitOfWhoHadFallen_OnlyBeginsTheSilenceAnew(string visit, string stages) =>
        Assert.Equal(Away + stages, Stages.Watched().At("12:00").Does("view").At(visit).Does("view").Until("120d 11:59").Entered());

    [Fact]
    public void WhoCameBackAndGoesAgain_FallsAgain()
    {
        var engine = Stages.Watched().At("12:00").Does("view").At("31d 12:00").Does("view").At("31d 13:00").Does("view").Until("60d 13:00");
        Assert.Equal(Away + ", 31d 13:00:00 resurrected, 38d 13:00:00 active, 45d 13:00:00 at-risk", engine.Entered());
    }

    [Theory]
    [InlineData("14d 12:00", ", 14d 12:30:00 active")]
    [InlineData("14d 12:00:00.001", "")]
    public void LateActivity_FillsTheSilenceInWhichItHappened(string late, string stages)
    {
        var engine = Stages.Watched("lifecycle: {return: 4}").At("12:00").Does("view").At("14d 12:30").Does("view").At(late).Does("view");
        Assert.Equal(Fallen + stages, engine.Until("14d 13:00").Entered());
    }

    [Fact]
    public void Activity_IsOfTheTypesThatThePolicyNames()
    {
        var engine = Stages.Watched("lifecycle: {of: [purchase]}").At("12:00").Does("view").At("1d 12:00").Does("purchase").At("14d 12:00").Does("view");
        Assert.Equal("1d 12:00:00 new, 8d 12:00:00 active, 15d 12:00:00 at-risk", engine.Until("20d 12:00").Entered());
    }

    [Fact]
    public void SessionEvents_CanBeActivity()
    {
        var engine = Stages.Watched("lifecycle: {of: [session_start]}").At("12:00").Does("view").At("31d 12:00").Does("view").Does("view");
        engine.At("31d 12:10").Does("view");
        Assert.Equal(Away, engine.Until("31d 14:00").Entered());
        Assert.Equal(Away + ", 31d 14:00:00 resurrected", engine.At("31d 14:00").Does("view").Until("31d 15:00").Entered());
    }

    [Fact]
    public void ControlEvents_AreNoActivity()
    {
        var engine = Stages.Watched().At("12:00").Does("view").At("10d 12:00").Does("profile_update", ("plan", "x")).Until("20d 12:00");
        Assert.Equal(Fallen, engine.Entered());
    }

    [Fact]
    public void BeforeTheFirstActivity_ThereIsNoStage()
    {
        var engine = EngineHarness.With("trigger: t\non: {event: profile_update}\nif: user.stage is null\n").At("12:00").Does("profile_update");
        Assert.Equal(["12:00:00 t"], engine.Prompts);
        Assert.Single(engine.At("12:01").Does("view").At("12:02").Does("profile_update").Prompts);
    }
}
