using System.Text;
using StreamEngage.Host.Feeds;
using StreamEngage.Rules;

namespace StreamEngage.Host.Tests.Feeds;

public sealed class MappingFileTests
{
    private const string Good = "id: a\nuser: b\ntype: c\nat: d\n";

    [Theory]
    [InlineData("id: a\nuser: b\ntype: c\n", "m.yaml(1,1): error missing-key: the mapping has no 'at'")]
    [InlineData(Good + "prop: {}\n", "m.yaml(5,7): error unknown-key: the mapping has no 'prop'; did you mean 'props'?")]
    [InlineData(Good + "props: {p: {column: x, as: numbr}}\n", "m.yaml(5,28): error bad-value: 'numbr' is not one of text, number, integer, boolean; did you mean 'number'?")]
    [InlineData("id: a\nuser: b\ntype: c\nat: {column: d, format: unix_sec}\n", "m.yaml(4,25): error bad-value: 'unix_sec' is not unix_ms, unix_s, rfc3339")]
    [InlineData(Good + "format: {header: false}\n", "m.yaml(1,1): error missing-key: a file without a header needs 'columns: [names]'")]
    [InlineData(Good + "format: {delimiter: ab}\n", "m.yaml(5,9): error bad-value: 'ab' is not one ASCII character")]
    [InlineData(Good + "session: \"{x\"\n", "m.yaml(5,10): error bad-value: '{x' opens a brace it never closes")]
    [InlineData(Good + "skip_lines: -1\n", "m.yaml(5,13): error bad-value: '-1' is not a whole number")]
    [InlineData(Good + "props: [a\n", "error unreadable-mapping: not YAML")]
    [InlineData("", "m.yaml(1,1): error missing-key: the mapping has no 'id'")]
    [InlineData("- a\n", "m.yaml(1,1): error bad-value: the mapping must be a map of names")]
    public void WrongMapping_SaysWhereAndWhatIsNear(string yaml, string message)
    {
        Assert.False(MappingFile.TryParse(yaml, "m.yaml", out _, out var problems));
        Assert.Contains(message, string.Join('\n', problems), StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnTheFileLacks_IsNamedWithItsPlaceAndTheNearest()
    {
        Assert.True(MappingFile.TryParse("id: \"{row}\"\nuser: user_idd\ntype: kind\nat: at\n", "m.yaml", out var mapping, out _));
        using var csv = new MemoryStream(Encoding.UTF8.GetBytes("user_id,kind,at\n"));
        Assert.False(CsvEvents.TryOpen(csv, mapping, out _, out var problems));
        Assert.Equal([new Problem(new SourcePosition("m.yaml", 2, 7), Severity.Error, "unknown-column",
            "the file has no column 'user_idd'; did you mean 'user_id'?")], problems);
    }

    [Fact]
    public void EveryShippedMap_Loads()
    {
        foreach (var map in Directory.GetFiles(Path.Combine(Datasets.RepositoryRoot, "maps"), "*.yaml"))
            Assert.True(MappingFile.TryLoad(map, out _, out var problems), string.Join('\n', problems));
    }

    [Fact]
    public void Zst_IsRefusedWithTheRemedy()
    {
        Assert.False(EventFiles.TryOpen("events.ndjson.zst", out _, out var error));
        Assert.Contains("zstd -dc", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AbsentFile_IsAnErrorOfOneLine()
    {
        Assert.False(EventFiles.TryOpen("no-such-file.csv", out _, out var error));
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void GzipFile_ReadsBackWhatWasWritten()
    {
        var path = Path.Combine(Path.GetTempPath(), $"streamengage-{Environment.ProcessId}.gz");
        Assert.True(EventFiles.TryCreate(path, out var written, out _));
        using (written) written.Write("abc"u8);
        Assert.True(EventFiles.TryOpen(path, out var read, out _));
        using (var reader = new StreamReader(read)) Assert.Equal("abc", reader.ReadToEnd());
        File.Delete(path);
    }
}
