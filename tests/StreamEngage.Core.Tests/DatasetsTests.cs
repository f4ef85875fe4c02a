namespace StreamEngage;

public sealed class DatasetsTests
{
    [Fact]
    public void AMissingDataset_SkipsTheTestAndIsNamed()
    {
        var fact = new DatasetFactAttribute("no-such-set");
        Assert.StartsWith("missing data set no-such-set ", fact.Skip, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_StandBesideTheDatasets() =>
        Assert.Equal(Path.GetFullPath(Path.Combine(Datasets.PathOf("cdnow"), "..", "..", "examples", "01")), Datasets.PathOf("examples/01"));

    [Fact]
    public void TheRepositoryRoot_HoldsTheSolution() => Assert.True(File.Exists(Path.Combine(Datasets.RepositoryRoot, "StreamEngage.sln")));
}
