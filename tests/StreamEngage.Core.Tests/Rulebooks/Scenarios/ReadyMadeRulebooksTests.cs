using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

public sealed class ReadyMadeRulebooksTests
{
    [Theory]
    [InlineData("shop")]
    [InlineData("media")]
    [InlineData("app")]
    [InlineData("journeys")]
    public void Rulebook_HasNothingToSayAgainst(string rulebook) =>
        Assert.Empty(Linter.Check(RulebookFolder.Read(ReadyMade.Folder(rulebook))));

    [Theory]
    [InlineData("shop")]
    [InlineData("media")]
    [InlineData("app")]
    [InlineData("journeys")]
    public void EveryTrigger_IsInTheReadme(string rulebook)
    {
        var readme = File.ReadAllText(Path.Combine(ReadyMade.Folder(rulebook), "README.md"));
        var triggers = RulebookFolder.Read(ReadyMade.Folder(rulebook)).Definition!.Triggers;
        Assert.All(triggers, trigger => Assert.Contains($"`{trigger.Name}`", readme, StringComparison.Ordinal));
    }
}
