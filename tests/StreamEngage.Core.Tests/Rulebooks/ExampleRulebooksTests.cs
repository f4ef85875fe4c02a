using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Rulebooks;

public sealed class ExampleRulebooksTests
{
    [ExamplesFact]
    public void EveryExampleRulebook_Loads()
    {
        var folders = Directory.GetDirectories(ExamplesFolder.Path!, "rules", SearchOption.AllDirectories);
        Assert.NotEmpty(folders);
        Assert.All(folders, folder => Assert.Empty(RulebookFolder.Read(folder).Problems));
        Assert.All(folders, folder => Assert.Equal(Directory.GetFiles(folder).Length, RulebookFolder.Read(folder).Definition!.Triggers.Count));
    }
}
