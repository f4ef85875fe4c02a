using System.Diagnostics;

namespace StreamEngage.Ingest.Avro;

public sealed class AvroBoundsTests
{
    private const string _list = """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""";
    private const string _nulls = """{"type":"array","items":"null"}""";

    [Fact]
    public void DepthAtTheBound_IsReadAndOneMoreIsNot()
    {
        var reader = Avro.Reader(_list);
        Assert.True(Avro.Read(reader, string.Concat(Enumerable.Repeat("02", 31)) + "00").IsOk);
        Assert.Equal(AvroStatus.TooDeep, Avro.Read(reader, string.Concat(Enumerable.Repeat("02", 32)) + "00").Status);
        Assert.Equal(AvroStatus.TooDeep, reader.Skip(Avro.Hex(string.Concat(Enumerable.Repeat("02", 1000)))).Status);
    }

    [Fact]
    public void ItemsAtTheBound_AreReadAndOneMoreIsNot()
    {
        var reader = Avro.Reader(_nulls);
        Assert.True(reader.Read(Blocks(10_000, 0), out var value).IsOk);
        Assert.Equal(10_000, value!.AsItems.Count);
        Assert.Equal(new AvroRead(AvroStatus.TooManyItems, 0), reader.Read(Blocks(10_001, 0), out _));
        Assert.Equal(new AvroRead(AvroStatus.TooManyItems, 3), reader.Read(Blocks(9_999, 2, 0), out _));
        Assert.Equal(AvroStatus.TooManyItems, reader.Read(Blocks(long.MinValue, 0), out _).Status);
    }

    [Fact]
    public void ItemsWithoutBytesInArraysOfArrays_AreBoundedAsAWhole()
    {
        var reader = Avro.Reader($$"""{"type":"array","items":{{_nulls}}}""");
        var output = new AvroOutput();
        output.WriteLong(10_000);
        for (var i = 0; i < 10_000; i++) output.WriteRaw(Blocks(10_000, 0));
        output.WriteLong(0);
        var clock = Stopwatch.StartNew();
        Assert.Equal(AvroStatus.TooManyItems, reader.Read(output.Written, out _).Status);
        Assert.Equal(AvroStatus.TooManyItems, reader.Skip(output.Written).Status);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 2000);
    }

    [Fact]
    public void LargeDefaultsInManyItems_AreBoundedAsAWhole()
    {
        var text = new string('x', 100_000);
        var reader = Avro.Reader(
            """{"type":"array","items":{"type":"record","name":"R","fields":[]}}""",
            """{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"a","type":"string","default":"TEXT"}]}}"""
                .Replace("TEXT", text, StringComparison.Ordinal));
        Assert.True(reader.Read(Blocks(10, 0), out _).IsOk);
        Assert.Equal(AvroStatus.TooManyItems, reader.Read(Blocks(10_000, 0), out _).Status);
    }

    [Fact]
    public void DatumAtTheBound_IsReadAndOneByteMoreIsNot()
    {
        var reader = Avro.Reader("\"bytes\"");
        var fits = Bytes(AvroLimits.DatumBytesMax - 3);
        Assert.Equal(new AvroRead(AvroStatus.Ok, AvroLimits.DatumBytesMax), reader.Read(fits, out _));
        Assert.Equal(AvroStatus.TooLarge, reader.Read(Bytes(AvroLimits.DatumBytesMax - 2), out _).Status);
        Assert.Equal(AvroStatus.Truncated, reader.Read(fits.AsSpan(0, fits.Length - 1), out _).Status);
    }

    [Theory]
    [InlineData("\"long\"", "ffffffffffffffffff01", AvroStatus.Ok)]
    [InlineData("\"long\"", "ffffffffffffffffff02", AvroStatus.NumberTooLong)]
    [InlineData("\"long\"", "80808080808080808080", AvroStatus.NumberTooLong)]
    [InlineData("\"long\"", "808080", AvroStatus.Truncated)]
    [InlineData("\"int\"", "ffffffff0f", AvroStatus.Ok)]
    [InlineData("\"int\"", "ffffffff10", AvroStatus.NumberTooLong)]
    [InlineData("\"int\"", "808080808000", AvroStatus.NumberTooLong)]
    [InlineData("\"bytes\"", "ffffffffffffffffff01", AvroStatus.NegativeLength)]
    [InlineData("""["null"]""", "01", AvroStatus.UnionIndex)]
    [InlineData("""{"type":"array","items":"int"}""", "01040202" + "00", AvroStatus.BlockSize)]
    [InlineData("""{"type":"array","items":"int"}""", "0102020200" + "00", AvroStatus.Ok)]
    [InlineData("""{"type":"array","items":"int"}""", "010302" + "00", AvroStatus.NegativeLength)]
    [InlineData("""{"type":"array","items":"int"}""", "016402" + "00", AvroStatus.Truncated)]
    [InlineData("""{"type":"map","values":"int"}""", "0202ff0200", AvroStatus.InvalidUtf8)]
    [InlineData("\"double\"", "00000000000000", AvroStatus.Truncated)]
    public void Bytes_AreReadOrRefusedByTheRule(string schema, string hex, AvroStatus expected) =>
        Assert.Equal(expected, Avro.Read(Avro.Reader(schema), hex).Status);

    [Fact]
    public void RefusedValue_IsFoundAtItsPosition()
    {
        var reader = Avro.Reader("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}""");
        Assert.Equal(new AvroRead(AvroStatus.Truncated, 2), Avro.Read(reader, "8001" + "0a6162"));
        Assert.Equal(new AvroRead(AvroStatus.InvalidUtf8, 2), Avro.Read(reader, "8001" + "02ff"));
    }

    private static byte[] Blocks(params long[] counts)
    {
        var output = new AvroOutput();
        foreach (var count in counts) output.WriteLong(count);
        return output.Written.ToArray();
    }

    private static byte[] Bytes(int length)
    {
        var output = new AvroOutput();
        output.WriteBytes(new byte[length]);
        return output.Written.ToArray();
    }
}
