using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>A prompt that takes the place of its instance's former one.</summary>
public sealed class SupersedeTests
{
    private const string Trigger = "trigger: t\non: {event: click, as: c}\nper: c.item\ndecide: {supersede: true, expires: 10m, channels: [push, email]}\n";

    [Theory]
    [InlineData("12:10:00", "12:00:00 t|12:10:00 supersede t")]
    [InlineData("12:10:00.001", "12:00:00 t|12:10:00.001 t")]
    public void AFormerPrompt_IsSupersededUntilItIsOver(string second, string prompts) =>
        Assert.Equal(prompts, Prompts(Engine().At("12:00:00").Does("click", ("item", "a")).At(second).Does("click", ("item", "a"))));

    [Fact]
    public void APromptOfAnotherInstanceOrUser_IsNotSuperseded() => Assert.Equal("12:00:00 t|12:00:00 t|12:00:00 t", Prompts(
        Engine().At("12:00:00").Does("click", ("item", "a")).Does("click", ("item", "b")).User("u2").Does("click", ("item", "a"))));

    [Fact]
    public void APromptOnAnotherChannel_IsNotSuperseded()
    {
        var engine = Engine().At("12:00:00").Does("click", ("item", "a")).Does("channel_update", ("channel", "push"), ("reachable", false));
        Assert.Equal("12:00:00 t|12:01:00 t|12:02:00 supersede t", Prompts(
            engine.At("12:01:00").Does("click", ("item", "a")).At("12:02:00").Does("click", ("item", "a"))));
    }

    [Fact]
    public void WithoutTheWord_EveryPromptIsSent()
    {
        var engine = EngineHarness.With(Trigger.Replace("supersede: true, ", "", StringComparison.Ordinal));
        engine.At("12:00:00").Does("click", ("item", "a")).At("12:01:00").Does("click", ("item", "a"));
        Assert.Equal("12:00:00 t|12:01:00 t", Prompts(engine));
    }

    [Fact]
    public void ASupersedingPrompt_HasAnIdOfItsOwnAndTheSameCollapseKey()
    {
        var commands = Engine().At("12:00:00").Does("click", ("item", "a")).At("12:01:00").Does("click", ("item", "a")).Commands;
        Assert.Equal((PromptKind.Send, PromptKind.Supersede), (commands[0].Kind, commands[1].Kind));
        Assert.NotEqual(commands[0].PromptId, commands[1].PromptId);
        Assert.Equal(("t/a", "t/a"), (commands[0].CollapseKey, commands[1].CollapseKey));
    }

    private static EngineHarness Engine() => EngineHarness.With(Trigger);

    private static string Prompts(EngineHarness engine) => string.Join('|', engine.Prompts);
}
