using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>In which zone a user's civil time is: the one set by the user, else the device's, else the default.</summary>
public sealed class DeviceZoneTests
{
    private const string Policy = "device_zone: context.timezone\nquiet_hours: {from: \"22:00\", to: \"08:00\"}\n";

    [Theory]
    [InlineData("12:59:59.999", "Sent")]
    [InlineData("13:00", "Held")]
    public void QuietHours_AreThoseOfTheDevice(string click, string verdict) =>
        Assert.Equal(verdict, Verdict(Engine().At("12:00").Does("open", ("context.timezone", "Asia/Seoul")).At(click).Does("click")));

    [Fact]
    public void TheEventThatSaysIt_IsDecidedThere() => Assert.Equal("Held", Verdict(Engine().At("13:00").Does("click", ("context.timezone", "Asia/Seoul"))));

    [Fact]
    public void WhatTheUserHasSet_ComesBeforeTheDevice()
    {
        var engine = Engine().At("12:00").Does("profile_update", ("time_zone", "UTC")).At("12:30").Does("open", ("context.timezone", "Asia/Seoul"));
        Assert.Equal("Sent", Verdict(engine.At("13:00").Does("click")));
    }

    [Theory]
    [InlineData("12:30", "UTC")]
    [InlineData("12:29:59.999", "Asia/Seoul")]
    public void AnEventThatComesAfterALaterOne_SaysNothing(string late, string zone)
    {
        var engine = Engine().At("12:00").Does("open", ("context.timezone", "Asia/Seoul")).At("12:30").Does("view");
        engine.At(late).Does("open", ("context.timezone", "UTC")).At("12:31").Does("click");
        Assert.Equal(zone, Zone(engine));
    }

    [Fact]
    public void AnEventThatDoesNotSayIt_LeavesItAsItIs() => Assert.Equal(
        "Asia/Seoul", Zone(Engine().At("12:00").Does("open", ("context.timezone", "Asia/Seoul")).Does("view", ("context.timezone", 9)).Does("click")));

    [Fact]
    public void AProfileUpdateMayTellIt_WithoutAPolicy()
    {
        var engine = Engine("dedup: 1h\n").At("12:00").Does("profile_update", ("device_time_zone", "Asia/Seoul")).Does("open", ("context.timezone", "UTC")).Does("click");
        Assert.Equal("Asia/Seoul", Zone(engine));
    }

    [Fact]
    public void OfUsersWhoAreOne_TheKnownUsersDeviceCounts_OrTheOther()
    {
        var engine = Engine().User("a").At("12:00").Does("open", ("context.timezone", "Asia/Seoul"));
        Assert.Equal("Asia/Seoul", Zone(engine.User("ann").Does("identify", ("anonymous", "a")).Does("click")));
    }

    [Fact]
    public void WhileTheDevicesZoneIsUnknown_ItIsQuietInAnyZone() => Assert.Equal(
        "Held", Verdict(Engine(Policy + "other_time_zones: [Asia/Seoul]\n").At("13:00").Does("click", ("context.timezone", "Mars/Olympus"))));

    [Fact]
    public void ASegmentOverToday_IsLookedAtWhenTheDeviceMoves()
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["policy.yaml"] = Policy,
            ["segments/active.yaml"] = "segment: active\nif: count(view) over today > 0\n",
            ["t.yaml"] = "trigger: t\non: {segment: active, edge: exit}\ndecide: {purpose: transactional}\n",
        });
        // In Seoul it is the next day already.
        engine.At("14:30").Does("view").At("15:30").Does("open", ("context.timezone", "Asia/Seoul")).At("15:31").Does("open");
        Assert.Equal(["15:30:00 t"], engine.Prompts);
    }

    [Theory]
    [InlineData("device_zone: context.timezone\n", false)]
    [InlineData("device_zone: context.timezon\n", true)]
    public void Lint_WarnsOfAPropertyThatNoEventHas(string policy, bool warns)
    {
        var files = new Dictionary<string, string>
        {
            ["policy.yaml"] = policy,
            ["events.yaml"] = "types:\n  click: {context.timezone: string}\n",
            ["t.yaml"] = "trigger: t\non: {event: click}\n",
        };
        var problems = Linter.Check(RulebookFiles.Read(files));
        Assert.Equal(warns, problems.Any(problem => problem.Code == "unknown-property" && problem.Message.Contains("did you mean", StringComparison.Ordinal)));
    }

    private static EngineHarness Engine(string policy = Policy) => EngineHarness.With(new Dictionary<string, string>
    {
        ["policy.yaml"] = policy,
        ["t.yaml"] = "trigger: t\non: {event: click}\ndecide: {expires: 1d}\nprompt: {data: {zone: user.time_zone}}\n",
    });

    private static string Verdict(EngineHarness engine) => engine.Decisions[^1].Verdict.ToString();

    private static string Zone(EngineHarness engine) => engine.Commands[^1].Data[0].Value.ToString();
}
