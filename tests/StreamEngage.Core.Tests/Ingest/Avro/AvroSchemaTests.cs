namespace StreamEngage.Ingest.Avro;

public sealed class AvroSchemaTests
{
    [Theory]
    [InlineData("{", "$: not JSON: ")]
    [InlineData("7", "$: a schema is a name, a list or an object")]
    [InlineData("\"strin\"", "$: unknown type 'strin'")]
    [InlineData("\"\\ud800\"", "$: a string holds half of a surrogate pair")]
    [InlineData("""{"type":7}""", "$: an object schema names its type in 'type'")]
    [InlineData("""{"type":"array"}""", "$: 'items' is missing")]
    [InlineData("""{"type":"map","values":{"type":"array","items":"x"}}""", "$.values.items: unknown type 'x'")]
    [InlineData("""["int","int"]""", "$[1]: the union has 'int' twice")]
    [InlineData("""["int",["null"]]""", "$[1]: a union cannot hold a union directly")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "$: 'size' is a number from 0 to 1048576")]
    [InlineData("""{"type":"fixed","name":"1F","size":1}""", "$: '1F' is not a name")]
    [InlineData("""{"type":"fixed","name":"int","size":1}""", "$: 'int' is a primitive type")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""", "$.symbols: a symbol stands twice")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A-B"]}""", "$.symbols: 'A-B' is not a name")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""", "$.default: the default is not one of the symbols")]
    [InlineData("""{"type":"record","name":"R"}""", "$: a record lists its 'fields'")]
    [InlineData("""{"type":"record","name":"R","fields":[{"type":"int"}]}""", "$.fields[0]: a field is an object with a 'name'")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""", "$.fields[1]: the record has 'a' twice")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"R","fields":[]}}]}""", "$.fields[0].type: 'R' is defined twice")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}""", "$.fields[0].default: String does not fit int")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":3000000000}]}""", "$.fields[0].default: Number does not fit int")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"],"default":"x"}]}""", "$.fields[0].default: String does not fit null")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"R","default":{}}]}""", "$.fields[0].default: the default nests deeper than 32")]
    public void InvalidSchema_IsRefusedWithItsPath(string json, string problem) =>
        Assert.StartsWith(problem, Avro.Problem(json), StringComparison.Ordinal);

    [Fact]
    public void DefaultsThatDoubleAtEachLevel_AreRefusedSoon()
    {
        string Half(string name, int i) =>
            $$"""{"name":"{{name}}","type":"R{{i - 1}}","default":{} }""";
        var records = Enumerable.Range(1, 30).Select(i =>
            $$"""{"name":"f{{i}}","type":{"type":"record","name":"R{{i}}","fields":[{{Half("a", i)}},{{Half("b", i)}}""" + "]}}");
        var fields = """{"name":"f0","type":{"type":"record","name":"R0","fields":[]}},""" + string.Join(",", records);
        var problem = Avro.Problem("""{"type":"record","name":"All","fields":[""" + fields + "]}");
        Assert.EndsWith("the defaults of a schema expand to more than 10000 values", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesAreResolvedInTheNamespaceAround()
    {
        var schema = Avro.Schema("""
            {"type":"record","name":"a.b.R","aliases":["Old","c.Old"],"fields":[
              {"name":"x","type":{"type":"enum","name":"E","symbols":["S"]}},
              {"name":"y","type":"E"},
              {"name":"z","type":["null","a.b.R"]}]}
            """);
        var record = Assert.IsType<AvroRecordSchema>(schema);
        Assert.Equal(["a.b.Old", "c.Old"], record.Aliases.Select(alias => alias.Full));
        Assert.Same(record.Fields[0].Schema, record.Fields[1].Schema);
        Assert.Equal("a.b.E", ((AvroNamedSchema)record.Fields[0].Schema).Name.Full);
        Assert.Same(record, ((AvroUnionSchema)record.Fields[2].Schema).Branches[1]);
    }

    [Theory]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", AvroLogicalType.Decimal)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}""", AvroLogicalType.None)]
    [InlineData("""{"type":"bytes","logicalType":"decimal"}""", AvroLogicalType.None)]
    [InlineData("""{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4}""", AvroLogicalType.Decimal)]
    [InlineData("""{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":5}""", AvroLogicalType.None)]
    [InlineData("""{"type":"string","logicalType":"date"}""", AvroLogicalType.None)]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", AvroLogicalType.Uuid)]
    [InlineData("""{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}""", AvroLogicalType.Uuid)]
    [InlineData("""{"type":"fixed","name":"F","size":12,"logicalType":"duration"}""", AvroLogicalType.Duration)]
    [InlineData("""{"type":"fixed","name":"F","size":11,"logicalType":"duration"}""", AvroLogicalType.None)]
    [InlineData("""{"type":"long","logicalType":"local-timestamp-micros"}""", AvroLogicalType.LocalTimestampMicros)]
    [InlineData("""{"type":"long","logicalType":7}""", AvroLogicalType.None)]
    public void LogicalTypeThatIsUnknownOrInvalid_IsIgnored(string json, AvroLogicalType expected) =>
        Assert.Equal(expected, Avro.Schema(json).Logical.Type);

    [Theory]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""", "02fb", "\"-0.05\"")]
    [InlineData("""{"type":"fixed","name":"D","size":2,"logicalType":"decimal","precision":4}""", "ff38", "\"-200\"")]
    [InlineData("""{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}""", "00112233445566778899aabbccddeeff", "\"00112233-4455-6677-8899-aabbccddeeff\"")]
    [InlineData("""{"type":"fixed","name":"P","size":12,"logicalType":"duration"}""", "0100000002000000dc050000", "\"P1M2DT1.500S\"")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", "01", "\"1969-12-31T23:59:59.999999Z\"")]
    [InlineData("""{"type":"long","logicalType":"local-timestamp-millis"}""", "02", "\"1970-01-01T00:00:00.001000\"")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "feffffffffffffffff01", "9223372036854775807")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "01", "-1")]
    public void LogicalValues_AreShownInIsoFormOrAsTheyAre(string schema, string hex, string plain) =>
        Assert.Equal(plain, Avro.ReadPlain(Avro.Reader(schema), hex));

    [Fact]
    public void ProductSchemas_AreEmbedded()
    {
        Assert.Equal("streamengage.BehaviorEvent", ((AvroNamedSchema)AvroSchemas.BehaviorEvent).Name.Full);
        Assert.Equal("streamengage.PromptCommand", ((AvroNamedSchema)AvroSchemas.PromptCommand).Name.Full);
    }
}
