using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Rulebooks;

public sealed class RulebookReadingTests
{
    [Fact]
    public void TriggerWithEveryKey_IsReadAsWritten()
    {
        var trigger = Assert.Single(Defined("cart.yaml", RulebookText.CartAbandonment).Triggers);
        Assert.Equal(("cart-abandonment", 1), (trigger.Name, trigger.Version));
        var on = Assert.IsType<AbsenceOn>(trigger.On);
        Assert.Equal(("cart_add", "cart", 1_800_000L), (on.After.Type, on.After.Alias, on.ForMilliseconds));
        Assert.Equal(["purchase", "cart_clear"], on.Of.Select(s => s.Type));
        Assert.Equal("cart.cart_id", ExpressionText.Canonical(trigger.Per!));
        Assert.Equal(
            "sum(cart_add.price) over 3600000ms >= 20 and count(view) over 600000ms >= 3 and score(\"purchase-propensity\") < 0.4",
            ExpressionText.Canonical(trigger.If!));
        Assert.Equal(1_767_225_600_000, trigger.Activation!.Value.UnixMilliseconds);
        Assert.Equal("purchase", Assert.Single(trigger.Exits).Type);
        Assert.Equal(("cart-reminder", 2), (trigger.Prompt.Template, trigger.Prompt.Data.Count));
        Assert.Equal((259_200_000L, "value"), (trigger.Goal!.WithinMilliseconds, trigger.Goal.Value));
    }

    [Fact]
    public void DecideWithEveryKey_IsReadAsWritten()
    {
        var decide = Assert.Single(Defined("cart.yaml", RulebookText.CartAbandonment).Triggers).Decide;
        Assert.Equal((50, 4.0, 43_200_000L, ReentryMode.Cooldown), (decide.Priority, decide.Value, decide.CooldownMilliseconds, decide.Reentry));
        Assert.Equal(["push", "email", "in_app"], decide.Channels);
        Assert.Equal((ChannelChoice.FirstReachable, 7_200_000L, QuietMode.Hold), (decide.Choose, decide.ExpiresMilliseconds, decide.Quiet));
        Assert.Equal((MisfireMode.Fire, 0.05), (decide.Misfire, decide.Holdout));
        Assert.Equal([new VariantShare("control", 1), new VariantShare("urgent", 1)], decide.Variants);
    }

    [Fact]
    public void Bandit_HasItsArms()
    {
        var decide = Defined("t.yaml", "trigger: t\non: {event: a}\ndecide: {variants: {bandit: thompson, arms: [plain, urgent]}}").Triggers[0].Decide;
        Assert.Equal("thompson", decide.Bandit);
        Assert.Equal(["plain", "urgent"], decide.Variants.Select(v => v.Name));
    }

    [Fact]
    public void PolicyWithEveryKey_IsReadAsWritten()
    {
        var policy = Defined("policy.yaml", RulebookText.Policy + "\nmisfire_after: 90s\nfuture: 1m").Policy;
        Assert.Equal(("Asia/Seoul", 0.02, true), (policy.TimeZone, policy.GlobalHoldout, policy.ConsentGrantedByDefault));
        Assert.Equal((new TimeSpan(21, 0, 0), new TimeSpan(8, 0, 0)), (policy.QuietHours!.From, policy.QuietHours.To));
        Assert.Equal(["push", "sms", "email"], policy.QuietHours.Channels);
        Assert.Equal(
            [new CapDefinition(1, 86_400_000, null, "push", null), new(3, 604_800_000, null, null, null), new(1, null, "day", null, "marketing")],
            policy.Caps);
        Assert.Equal("prompts.in_app", policy.Channels["in_app"]);
        Assert.Equal((90_000L, 60_000L, 0L), (policy.Time.MisfireAfterMilliseconds, policy.Time.FutureMilliseconds, policy.Time.DisorderMilliseconds));
    }

    [Fact]
    public void Pattern_IsReadAsWritten()
    {
        var on = Assert.IsType<PatternOn>(Assert.Single(Defined("p.yaml", RulebookText.Pattern).Triggers).On);
        Assert.Equal((300_000L, SkipMode.PastLast), (on.WithinMilliseconds!.Value, on.Skip));
        Assert.Equal([false, true, false], on.Steps.Select(s => s.Negated));
        Assert.Equal((3, 3), (on.Steps[0].TimesMin, on.Steps[0].TimesMax!.Value));
    }

    [Fact]
    public void StepWithEveryKey_IsReadAsWritten()
    {
        const string text = """
            trigger: p
            on:
              pattern:
                - a
                - {event: b, as: x, where: "x.n > 1", times: 2.., contiguity: any, optional: true, greedy: true, until: "event.n = 0", within: 1m, loop: next}
                - {not: {event: c, where: "event.n > 1"}, contiguity: next, for: 5m}
              skip: to_last(x)
            """;
        var on = Assert.IsType<PatternOn>(Assert.Single(Defined("p.yaml", text).Triggers).On);
        var step = on.Steps[1];
        Assert.Equal((2, null, Contiguity.Any, Contiguity.Next), (step.TimesMin, step.TimesMax, step.Contiguity, step.Loop));
        Assert.True(step.Optional && step.Greedy && step.Until is not null && step.WithinMilliseconds == 60_000);
        Assert.Equal((Contiguity.Next, 300_000L), (on.Steps[2].Contiguity, on.Steps[2].ForMilliseconds!.Value));
        Assert.NotNull(on.Steps[2].Event.Where);
        Assert.Equal((SkipMode.ToLast, "x"), (on.Skip, on.SkipTo));
    }

    [Fact]
    public void OtherForms_AreReadAsWritten()
    {
        var rulebook = Defined(
            "a.yaml", "trigger: a\non: {event: search, where: \"event.results = 0\"}",
            "b.yaml", "trigger: b\non: {silence: 14d, of: [session_start]}",
            "c.yaml", "trigger: c\non: {segment: at-risk, edge: exit}",
            "d.yml", "trigger: d\non: {silence: 1m}",
            "segments/s.yaml", "segment: at-risk\ndescription: Quiet.\nif: user.recency > 30d");
        Assert.Equal(["a", "b", "c", "d"], rulebook.Triggers.Select(t => t.Name));
        Assert.NotNull(Assert.IsType<EventOn>(rulebook.Triggers[0].On).Event.Where);
        Assert.Equal(1_209_600_000, Assert.IsType<SilenceOn>(rulebook.Triggers[1].On).ForMilliseconds);
        Assert.Equal(SegmentEdge.Exit, Assert.IsType<SegmentOn>(rulebook.Triggers[2].On).Edge);
        Assert.Empty(Assert.IsType<SilenceOn>(rulebook.Triggers[3].On).Of);
        Assert.Equal("at-risk", Assert.Single(rulebook.Segments).Name);
    }

    [Fact]
    public void TriggerWithoutOptions_HasTheDefaults()
    {
        var trigger = Assert.Single(Defined("t.yaml", "trigger: t\non: {event: a}\ngoal: {event: b}").Triggers);
        Assert.Equal(new DecideDefinition().ExpiresMilliseconds, trigger.Decide.ExpiresMilliseconds);
        Assert.Equal((50, ReentryMode.Always, MisfireMode.Default), (trigger.Decide.Priority, trigger.Decide.Reentry, trigger.Decide.Misfire));
        Assert.Equal(604_800_000, trigger.Goal!.WithinMilliseconds);
    }

    [Fact]
    public void DataOfScalars_AreLiterals()
    {
        const string text = "trigger: t\non: {event: a}\nprompt: {data: {n: 5, f: -1.5, b: true, e: , s: '\"x\"', x: event.y}}";
        var data = Defined("t.yaml", text).Triggers[0].Prompt.Data;
        Assert.Equal(["5", "-1.5", "true", "null", "\"x\"", "event.y"], data.Select(d => ExpressionText.Canonical(d.Value)));
    }

    [Fact]
    public void ExitsOfEveryShape_AreRead()
    {
        static IReadOnlyList<EventSelector> Exits(string text) => Defined("t.yaml", $"trigger: t\non: {{event: a, as: x}}\nexit: {text}").Triggers[0].Exits;
        Assert.Equal(["b"], Exits("b").Select(e => e.Type));
        Assert.Equal(["b", "c"], Exits("[b, {event: c, where: \"event.n = event.m\"}]").Select(e => e.Type));
        Assert.NotNull(Exits("{event: c, where: \"event.n = 1\"}")[0].Where);
    }

    [Fact]
    public void Catalogue_HasDottedNamesOfNestedMaps()
    {
        const string text = """
            types:
              cart_add: {price: number, cart: {total: number}}
              view: {description: Seen., properties: {category: string}}
              leave:
            """;
        var types = Defined("events.yaml", text).Catalogue!.Types;
        Assert.Equal(["price", "cart.total"], types["cart_add"].Keys);
        Assert.Equal(["category"], types["view"].Keys);
        Assert.Empty(types["leave"]);
    }

    [Fact]
    public void FilesNamedInAnyOrder_GiveTheSameRulebook()
    {
        string[] names = ["z.yaml", "a.yaml", "m.yaml"];
        var forward = RulebookFiles.Read(names.ToDictionary(n => n, n => $"trigger: t{n[0]}\non: {{event: a}}"));
        var backward = RulebookFiles.Read(names.Reverse().ToDictionary(n => n, n => $"trigger: t{n[0]}\non: {{event: a}}"));
        Assert.Equal(["ta", "tm", "tz"], forward.Definition!.Triggers.Select(t => t.Name));
        Assert.Equal(forward.Definition.Triggers.Select(t => t.Name), backward.Definition!.Triggers.Select(t => t.Name));
    }

    [Fact]
    public void MissingFolder_IsAProblemNotAnException() =>
        Assert.Equal("folder", Assert.Single(RulebookFolder.Read("no-such-folder").Problems).Code);

    private static RulebookDefinition Defined(params string[] namesAndTexts)
    {
        var reading = RulebookText.Read(namesAndTexts);
        Assert.Empty(reading.Problems);
        return reading.Definition!;
    }
}
