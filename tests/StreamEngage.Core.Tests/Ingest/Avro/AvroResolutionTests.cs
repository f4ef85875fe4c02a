namespace StreamEngage.Ingest.Avro;

public sealed class AvroResolutionTests
{
    private const string _old = """{"type":"enum","name":"E","symbols":["A","B","C"]}""";

    [Fact]
    public void SymbolTheReaderLacks_BecomesItsDefault()
    {
        var reader = Avro.Reader(_old, """{"type":"enum","name":"E","symbols":["U","C"],"default":"U"}""");
        Assert.Equal("\"U\"", Avro.ReadPlain(reader, "00"));
        Assert.Equal("\"C\"", Avro.ReadPlain(reader, "04"));
    }

    [Fact]
    public void SymbolTheReaderLacksWithoutDefault_IsRefused()
    {
        var reader = Avro.Reader(_old, """{"type":"enum","name":"E","symbols":["C"]}""");
        Assert.Equal(AvroStatus.UnknownSymbol, Avro.Read(reader, "00").Status);
        Assert.Equal("\"C\"", Avro.ReadPlain(reader, "04"));
    }

    [Fact]
    public void FieldsOfTheWriterOnly_AreSkippedWhateverTheyAre()
    {
        const string writer = """
            {"type":"record","name":"R","fields":[
              {"name":"a","type":{"type":"array","items":["null","string",{"type":"map","values":"double"}]}},
              {"name":"b","type":{"type":"fixed","name":"F","size":3}},
              {"name":"c","type":["null","R"]},
              {"name":"d","type":"boolean"},
              {"name":"z","type":"int"}]}
            """;
        var reader = Avro.Reader(writer, """{"type":"record","name":"R","fields":[{"name":"z","type":"long"}]}""");

        // An array of a block that says its size and one that does not, a fixed, a record of the same kind, a boolean.
        const string array = "010200" + "04" + "020261" + "0402026b000000000000000000" + "00";
        const string record = "00" + "070809" + "00" + "01" + "0c";
        Assert.Equal("""{"z":5}""", Avro.ReadPlain(reader, array + "010203" + "02" + record + "00" + "0a"));
        Assert.Equal("""{"z":6}""", Avro.ReadPlain(reader, record));
    }

    [Fact]
    public void UnionOfTheReader_PrefersTheSameTypeToPromotionAndTheFullNameToTheSimple()
    {
        Assert.Equal(1, Branch(Avro.Reader("\"int\"", """["long","int"]"""), "02"));
        Assert.Equal(0, Branch(Avro.Reader("\"int\"", """["long","string"]"""), "02"));
        const string one = """{"type":"fixed","name":"a.F","size":1}""", other = """{"type":"fixed","name":"b.F","size":1}""";
        Assert.Equal(1, Branch(Avro.Reader(other, $"[{one},{other}]"), "02"));
        Assert.Equal(0, Branch(Avro.Reader(other, $"[{one}]"), "02"));
    }

    [Fact]
    public void UnionBranchWithoutMatch_IsRefusedOnlyWhenUsed()
    {
        var reader = Avro.Reader("""["null","string"]""", """["null","int"]""");
        Assert.Equal("null", Avro.ReadPlain(reader, "00"));
        Assert.Equal(AvroStatus.NoMatchingBranch, Avro.Read(reader, "020278").Status);
    }

    [Theory]
    [InlineData("\"long\"", "\"int\"", "$: the writer has long, which cannot be read as int")]
    [InlineData("""["string","bytes"]""", """["int","boolean"]""", "$: the writer has string, which cannot be read as union")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", "$.a: the writer has no such field and the reader no default for it")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"S","fields":[]}""", "$: the writer has record 'R', which cannot be read as record 'S'")]
    [InlineData("""{"type":"fixed","name":"F","size":1}""", """{"type":"fixed","name":"F","size":2}""", "$: the writer has fixed 'F', which cannot be read as fixed 'F'")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", """{"type":"long","logicalType":"timestamp-millis"}""", "$: the writer means TimestampMicros, the reader TimestampMillis")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}""", """{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "$: the writer means Decimal(4, 1), the reader Decimal(4, 2)")]
    public void SchemasThatDoNotMatch_AreRefusedWithThePlace(string writer, string reader, string problem) =>
        Assert.Equal(problem, Avro.Mismatch(writer, reader));

    [Fact]
    public void RecordThatFailsInsideAnOtherwiseGoodUnion_IsRefusedEachTimeItIsUsed()
    {
        // A fails because of its last field, after B, which leads back to A, has been compiled in the hope that A is good.
        const string writer = """
            {"type":"record","name":"Top","fields":[
              {"name":"x","type":["null",{"type":"record","name":"A","fields":[
                {"name":"b","type":["null",{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}]},
                {"name":"bad","type":"string"}]}]},
              {"name":"y","type":["null","B"]}]}
            """;
        var reader = Avro.Reader(writer, writer.Replace("\"bad\",\"type\":\"string\"", "\"bad\",\"type\":\"int\"", StringComparison.Ordinal));
        Assert.Equal("""{"x":null,"y":{"a":null}}""", Avro.ReadPlain(reader, "000200"));
        Assert.Equal(AvroStatus.NoMatchingBranch, Avro.Read(reader, "0002020002").Status);
        Assert.Equal(AvroStatus.NoMatchingBranch, Avro.Read(reader, "02000000").Status);
    }

    // The reader takes all records but the last as an empty one, so that the chain below the last is met from its top.
    [Theory]
    [InlineData(200, true)]
    [InlineData(300, false)]
    public void LongChainOfRecords_IsGivenUpPastTheBound(int records, bool isResolved)
    {
        const string empty = """{"type":"record","name":"none.R","fields":[]}""";
        var writer = Top(Chain(records, "t", ""), $$"""{"name":"u","type":"n{{records - 1}}.R"}""");
        var reader = Top(
            string.Join(",", Enumerable.Range(0, records).Select(i => $$"""{"name":"t{{i}}","type":{{(i == 0 ? empty : "\"none.R\"")}}}""")),
            Chain(records, "d", ",\"default\":{}"),
            $$"""{"name":"u","type":"n{{records - 1}}.R"}""");
        Assert.Equal(isResolved, AvroReader.TryCompile(Avro.Schema(writer), Avro.Schema(reader), out _, out var problem));
        if (!isResolved) Assert.Contains("resolving takes more than", problem, StringComparison.Ordinal);
    }

    private static string Top(params string[] fields) =>
        """{"type":"record","name":"Top","fields":[""" + string.Join(",", fields) + "]}";

    private static string Chain(int records, string prefix, string end) => string.Join(",", Enumerable.Range(0, records).Select(i =>
        $$"""{"name":"{{prefix}}{{i}}","type":{"type":"record","name":"n{{i}}.R","fields":[""" + Link(i) + "]}" + end + "}"));

    private static string Link(int i) => i == 0 ? "" : $$"""{"name":"f","type":["null","n{{i - 1}}.R"],"default":null}""";

    private static int Branch(AvroReader reader, string hex)
    {
        Assert.True(reader.Read(Avro.Hex(hex), out var value).IsOk);
        return value!.AsBranch;
    }
}
