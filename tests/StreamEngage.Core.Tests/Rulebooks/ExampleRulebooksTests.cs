using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Rulebooks;

public sealed class ExampleRulebooksTests
{
    [DatasetFact("examples/01")]
    public void EveryExampleRulebook_Loads()
    {
        var folders = Directory.GetDirectories(Path.GetDirectoryName(Datasets.PathOf("examples/01"))!, "rules", SearchOption.AllDirectories);
        Assert.NotEmpty(folders);
        Assert.All(folders, folder => Assert.Empty(RulebookFolder.Read(folder).Problems));
        Assert.All(folders, folder => Assert.Equal(Directory.GetFiles(folder).Length, RulebookFolder.Read(folder).Definition!.Triggers.Count));
    }
}
