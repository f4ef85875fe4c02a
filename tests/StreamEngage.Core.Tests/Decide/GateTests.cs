using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>Each gate of the policy at its boundary.</summary>
public sealed class GateTests
{
    private const string Click = "trigger: t\non: {event: click}\ndecide: ";
    private const string Night = "quiet_hours: {from: \"22:00\", to: \"08:00\", channels: [push]}\n";

    [Theory]
    [InlineData("granted", "sent")]
    [InlineData("denied", "no-consent")]
    public void Consent_IsTheDefaultUntilTheUserSaysSomething(string otherwise, string verdict) =>
        Assert.Equal(verdict, Verdicts(With($"consent: {{default: {otherwise}}}\n", "{purpose: marketing}").Does("click")));

    [Fact]
    public void Consent_IsThatOfThePurpose()
    {
        var engine = With("", "{purpose: marketing}").Does("consent_update", ("purpose", "news"), ("status", "denied")).Does("click");
        engine.After(TimeSpan.FromMinutes(1)).Does("consent_update", ("purpose", "marketing"), ("status", "denied")).Does("click");
        engine.After(TimeSpan.FromMinutes(1)).Does("consent_update", ("purpose", "marketing"), ("status", "granted")).Does("click");
        Assert.Equal("sent no-consent sent", Verdicts(engine));
    }

    [Fact]
    public void Consent_OfTwoWordsAtOneInstantTheDenialCounts()
    {
        var engine = With("", "{purpose: marketing}")
            .Does("consent_update", ("purpose", "marketing"), ("status", "denied"))
            .Does("consent_update", ("purpose", "marketing"), ("status", "granted")).Does("click");
        Assert.Equal("no-consent", Verdicts(engine));
    }

    [Fact]
    public void Consent_AnOlderWordThatComesLaterChangesNothing()
    {
        var engine = With("", "{purpose: marketing}").At("12:00:00").Does("consent_update", ("purpose", "marketing"), ("status", "denied"));
        engine.At("11:59:59.999").Does("consent_update", ("purpose", "marketing"), ("status", "granted")).At("12:00:01").Does("click");
        Assert.Equal("no-consent", Verdicts(engine));
    }

    [Fact]
    public void Consent_IsHeardHoweverLateItComes()
    {
        var engine = With("lateness: 1m\n", "{purpose: marketing}").At("12:00:00").Does("click");
        engine.At("09:00:00").Does("consent_update", ("purpose", "marketing"), ("status", "denied")).At("12:00:01").Does("click");
        Assert.Equal("sent no-consent", Verdicts(engine));
    }

    [Fact]
    public void Unsubscribing_DeniesThePurposeOfThePrompt()
    {
        var engine = With("", "{purpose: marketing}").Does("click");
        engine.After(TimeSpan.FromSeconds(1)).Does("prompt_outcome", ("promptId", engine.Commands[0].PromptId), ("outcome", "unsubscribed")).Does("click");
        Assert.Equal("sent no-consent", Verdicts(engine));
    }

    [Theory]
    [InlineData("first_reachable", "email")]
    [InlineData("fixed", "unreachable")]
    [InlineData("best", "email")]
    public void AChannelThatDoesNotReachTheUser_IsPassedOver(string choose, string told)
    {
        var engine = With("", $"{{channels: [push, email], choose: {choose}}}").Does("channel_update", ("channel", "push"), ("reachable", false)).Does("click");
        Assert.Equal(told, engine.Commands.Count > 0 ? engine.Commands[0].Channel : Verdicts(engine));
    }

    [Fact]
    public void TheBestChannel_IsTheOneThatIsAnswered()
    {
        var engine = With("", "{channels: [push, email], choose: best}").Does("click");
        Assert.Equal("push", engine.Commands[^1].Channel);
        engine.After(TimeSpan.FromHours(1)).Does("click");
        Assert.Equal("email", engine.Commands[^1].Channel);
        engine.Does("prompt_outcome", ("promptId", engine.Commands[^1].PromptId), ("outcome", "opened")).After(TimeSpan.FromHours(1)).Does("click");
        Assert.Equal("email", engine.Commands[^1].Channel);
    }

    [Theory]
    [InlineData("23:59:59.999", "sent cap")]
    [InlineData("1d 00:00:00", "sent sent")]
    public void ARollingCap_CountsWhatIsYoungerThanItsLength(string second, string verdicts) =>
        Assert.Equal(verdicts, Verdicts(With("caps: [{limit: 1, per: 24h}]\n", "{}").At("00:00:00").Does("click").At(second).Does("click")));

    // The harness begins on a Thursday.
    [Theory]
    [InlineData("day", "14:59:59.999", "sent cap")]
    [InlineData("day", "15:00:00", "sent sent")]
    [InlineData("week", "3d 14:59:59.999", "sent cap")]
    [InlineData("week", "3d 15:00:00", "sent sent")]
    public void ACalendarCap_BeginsAnewAtTheUsersMidnight_AndToMonday(string unit, string second, string verdicts) =>
        Assert.Equal(verdicts, Verdicts(
            With($"time_zone: Asia/Seoul\ncaps: [{{limit: 1, per: {unit}}}]\n", "{}").At("14:00:00").Does("click").At(second).Does("click")));

    [Fact]
    public void ACap_CountsItsChannelAndCategoryAlone()
    {
        const string caps = "caps: [{limit: 1, per: 24h, channel: push, category: news}]\n";
        Assert.Equal("sent sent", Verdicts(With(caps, "{purpose: marketing}").Does("click").After(TimeSpan.FromHours(1)).Does("click")));
        Assert.Equal("sent cap", Verdicts(With(caps, "{purpose: news}").Does("click").After(TimeSpan.FromHours(1)).Does("click")));
        Assert.Equal("sent sent", Verdicts(With(caps, "{purpose: news, channels: [email]}").Does("click").After(TimeSpan.FromHours(1)).Does("click")));
    }

    [Fact]
    public void AFailedPrompt_GivesItsPlaceInTheCapsBack()
    {
        var engine = With("caps: [{limit: 1, per: 24h}]\n", "{}").Does("click").After(TimeSpan.FromMinutes(1)).Does("click");
        engine.Does("prompt_outcome", ("promptId", engine.Commands[0].PromptId), ("outcome", "failed")).After(TimeSpan.FromMinutes(1)).Does("click");
        engine.After(TimeSpan.FromMinutes(1)).Does("click");
        Assert.Equal("sent cap sent cap", Verdicts(engine));
    }

    [Fact]
    public void TransactionalPrompts_AreCountedInNoCapAndMeetNone() =>
        Assert.Equal("sent sent", Verdicts(
            With("caps: [{limit: 1, per: 24h}]\n" + Night, "{purpose: transactional}").At("23:00:00").Does("click").Does("click")));

    [Theory]
    [InlineData("21:59:59.999", "sent")]
    [InlineData("22:00:00", "held sent")]
    [InlineData("1d 07:59:59.999", "held sent")]
    [InlineData("1d 08:00:00", "sent")]
    public void QuietHours_HoldFromTheirBeginningToBeforeTheirEnd(string at, string verdicts) =>
        Assert.Equal(verdicts, Verdicts(With(Night, "{expires: 24h}").At(at).Does("click").ForEver()));

    [Fact]
    public void AHeldPrompt_KeepsItsTimesAndComesAtTheEndOfTheQuiet()
    {
        var engine = With(Night, "{expires: 24h}").At("23:00:00").Does("click").Until("1d 07:59:59.999");
        Assert.Empty(engine.Commands);
        var prompt = Assert.Single(engine.Until("1d 08:00:00").Commands);
        Assert.Equal(9 * 3_600_000L, prompt.NotBefore - prompt.DecidedAt);
        Assert.Equal(24 * 3_600_000L, prompt.NotAfter - prompt.DecidedAt);
    }

    [Theory]
    [InlineData("9h", "held sent")]
    [InlineData("32399999ms", "expired")]
    public void APromptThatWouldBeOverBeforeTheQuiet_IsNotHeld(string expires, string verdicts) =>
        Assert.Equal(verdicts, Verdicts(With(Night, $"{{expires: {expires}}}").At("23:00:00").Does("click").ForEver()));

    [Fact]
    public void MorePromptsThanMayWait_EndAsQuiet()
    {
        var engine = Engine(Night, "trigger: t\non: {event: click, as: c}\nper: c.k\ndecide: {expires: 24h}\n").At("23:00:00");
        for (var key = 0; key <= Limits.HeldMax; key++) engine.Does("click", ("k", $"k{key}"));
        Assert.Equal(Limits.HeldMax, engine.Decisions.Count(decision => decision.Verdict == Verdict.Held));
        var ended = Assert.Single(engine.Decisions, decision => decision.Verdict == Verdict.Suppressed);
        Assert.Equal((Reason.Quiet, $"k{Limits.HeldMax}"), (ended.Reason, ended.Instance));
    }

    [Theory]
    [InlineData("{quiet: drop, channels: [push, email]}", "quiet")]
    [InlineData("{quiet: next_channel, channels: [push]}", "quiet")]
    [InlineData("{quiet: next_channel, channels: [push, email]}", "email")]
    public void QuietHours_DropOrTakeTheNextChannel(string decide, string told)
    {
        var engine = With(Night, decide).At("23:00:00").Does("click");
        Assert.Equal(told, engine.Commands.Count > 0 ? engine.Commands[0].Channel : Verdicts(engine));
    }

    [Theory]
    [InlineData("consent_update", "no-consent")]
    [InlineData("bought", "exited")]
    [InlineData("paid", "converted")]
    public void WhatHappensWhileItIsHeld_Counts(string type, string reason)
    {
        var engine = Engine(Night, "trigger: t\non: {event: click}\nexit: bought\ngoal: {event: paid, within: 3d}\ndecide: {expires: 24h}\n");
        engine.At("23:00:00").Does("click").At("23:30:00").Does(type, ("purpose", "marketing"), ("status", "denied")).ForEver();
        Assert.Equal($"held {reason}", Verdicts(engine));
    }

    [Theory]
    [InlineData("bought", "held exited")]
    [InlineData("other", "held sent")]
    public void AnEventThatShouldHaveCancelledAHeldAbsence_EndsItInSilence(string type, string verdicts)
    {
        var engine = Engine(Night, "trigger: t\non: {absence: {of: [bought], after: {event: cart}, for: 30m}}\ndecide: {expires: 24h}\n");
        engine.At("22:00:00").Does("cart").Until("22:30:00").At("22:29:00").Does(type).ForEver();
        Assert.Equal(verdicts, Verdicts(engine));
        Assert.DoesNotContain(engine.Commands, command => command.Kind == PromptKind.Cancel);
    }

    [Fact]
    public void AHeldPrompt_ReservesItsPlaceInTheCaps()
    {
        var engine = Engine(
            "caps: [{limit: 1, per: 24h}]\n" + Night,
            "trigger: t\non: {event: click}\ndecide: {expires: 24h}\n", "trigger: u\non: {event: look}\ndecide: {channels: [in_app]}\n");
        Assert.Equal("held cap sent", Verdicts(engine.At("23:00:00").Does("click").At("23:10:00").Does("look").ForEver()));
    }

    [Fact]
    public void AHeldPredicate_IsReadAgainAtTheEndOfTheQuiet()
    {
        var engine = Engine(Night, "trigger: t\non: {event: click, as: c}\nif: 'c.price > 5 and count(click) over 9h >= 2'\ndecide: {expires: 24h}\n");
        engine.At("22:30:00").Does("click", ("price", 9)).At("23:30:00").Does("click", ("price", 9)).ForEver();
        Assert.Equal("predicate held predicate", Verdicts(engine));
    }

    [Theory]
    [InlineData("global_holdout: 1\n", "{}", "global-holdout")]
    [InlineData("", "{holdout: 1}", "holdout")]
    [InlineData("", "{holdout: 0}", "sent")]
    public void AHeldOutUser_LeavesAGhost(string policy, string decide, string told)
    {
        var engine = With(policy, decide).Does("click");
        Assert.Equal(told, Verdicts(engine));
        Assert.Equal(told == "sent" ? Verdict.Sent : Verdict.Ghost, engine.Decisions[0].Verdict);
    }

    [Fact]
    public void AGhost_TakesNoPlaceInCapsCooldownOrArbitration()
    {
        var engine = Engine(
            "caps: [{limit: 1, per: 24h}]\n",
            "trigger: a\non: {event: click}\ndecide: {holdout: 1, priority: 90, cooldown: 1h}\n", "trigger: b\non: {event: click}\n");
        // The second time the ghost meets the cap that the other's prompt filled.
        Assert.Equal("holdout sent cap cap", Verdicts(engine.Does("click").After(TimeSpan.FromMinutes(1)).Does("click")));
    }

    [Fact]
    public void AVariant_IsTheSameForAUserAlways()
    {
        var engine = With("", "{variants: {control: 1, urgent: 1}}");
        foreach (var user in (string[])["u1", "u2", "u3", "u4", "u1", "u2", "u3", "u4"]) engine.User(user).After(TimeSpan.FromMinutes(1)).Does("click");
        var variants = engine.Commands.Select(command => command.Variant!).ToList();
        Assert.Equal(variants.Take(4), variants.Skip(4));
        Assert.Equal(["control", "urgent"], variants.Distinct().Order());
    }

    [Fact]
    public void FormerShares_KeepWhoNeedNotMove()
    {
        const string former = "{control: 1, urgent: 2, calm: 2}";
        var before = VariantsOf($"{{variants: {former}}}");
        var after = VariantsOf($"{{variants: {{control: 4, urgent: 3, calm: 3}}, variants_before: [{former}]}}");
        var moved = before.Zip(after).Where(pair => pair.First != pair.Second).ToList();
        Assert.All(moved, pair => Assert.Equal("control", pair.Second));
        Assert.InRange(moved.Count, 30, 90);

        List<string?> VariantsOf(string decide)
        {
            var engine = With("", decide);
            for (var user = 0; user < 300; user++) engine.User($"u{user}").Does("click");
            return [.. engine.Commands.OrderBy(command => command.User, StringComparer.Ordinal).Select(command => command.Variant)];
        }
    }

    [Fact]
    public void ABandit_ChoosesForEachDecisionAndSaysHowLikelyThatWas()
    {
        var engine = With("", "{variants: {bandit: thompson, arms: [plain, urgent]}}");
        for (var click = 0; click < 40; click++) engine.After(TimeSpan.FromMinutes(1)).Does("click");
        Assert.Equal(["plain", "urgent"], engine.Commands.Select(command => command.Variant!).Distinct().Order());
        Assert.All(engine.Commands, command => Assert.Equal(0.5, command.Propensity!.Value, 6));
    }

    [Fact]
    public void EveryGateItCameTo_StandsInTheTrace()
    {
        var engine = With("caps: [{limit: 1, per: 24h, channel: push}]\n", "{}").Does("click").After(TimeSpan.FromMinutes(1)).Does("click");
        var gates = engine.Decisions[1].Gates;
        Assert.Equal("Predicate Reentry Holdout Consent Channel Arbitration Cap", string.Join(' ', gates.Select(gate => gate.Gate)));
        Assert.All(gates.SkipLast(1), gate => Assert.True(gate.Passed));
        Assert.Equal($"1 per 1d on push: {engine.Commands[0].PromptId}", gates[^1].Detail);
    }

    private static string Verdicts(EngineHarness engine) => string.Join(' ', engine.Decisions.Select(decision =>
        ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant()));

    private static EngineHarness With(string policy, string decide) => Engine(policy, $"{Click}{decide}\n");

    private static EngineHarness Engine(string policy, params string[] triggers)
    {
        var files = triggers.Select((text, i) => (Name: $"t{i}.yaml", Text: text)).ToDictionary(file => file.Name, file => file.Text);
        if (policy.Length > 0) files["policy.yaml"] = policy;
        return EngineHarness.With(files);
    }
}
