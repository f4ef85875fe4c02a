using System.IO.Compression;
using Xunit.Abstractions;

namespace StreamEngage.Ingest.Avro;

public sealed class AvroFileTests(ITestOutputHelper output)
{
    private const string _row = """{"type":"record","name":"Row","fields":[{"name":"i","type":"int"},{"name":"s","type":"string"}]}""";

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void RowsOfManyBlocks_ComeBackInOrder(AvroCodec codec)
    {
        var file = AvroFileReader.Open(new Dripping(Written(codec, 5000)));
        for (var i = 0; file.Read(out var row); i++)
            Assert.Equal((i, $"row {i}"), ((int)row!.AsItems[0].AsLong, row.AsItems[1].AsString));
        Assert.Equal((AvroFileStatus.End, 5000L), (file.Status, file.Rows));
    }

    [Fact]
    public void Rows_AreDeliveredInTheSchemaWanted()
    {
        var wanted = Avro.Schema("""{"type":"record","name":"Row","fields":[{"name":"i","type":"long"},{"name":"z","type":"int","default":7}]}""");
        var file = AvroFileReader.Open(new MemoryStream(Written(AvroCodec.Null, 3)), wanted);
        Assert.True(file.Read(out var row));
        Assert.Equal("""{"i":0,"z":7}""", Avro.Plain(wanted, row!));
        var other = AvroFileReader.Open(new MemoryStream(Written(AvroCodec.Null, 3)), Avro.Schema("\"int\""));
        Assert.False(other.Read(out _));
        Assert.Equal(AvroFileStatus.SchemaMismatch, other.Status);
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void TruncatedFile_GivesTheRowsOfItsWholeBlocks(AvroCodec codec)
    {
        var bytes = Written(codec, 5000);
        var whole = AvroFileReader.Open(new MemoryStream(bytes));
        var ends = new SortedDictionary<long, long>();
        for (var rows = 0L; whole.Read(out _); rows++) ends.TryAdd(whole.Position, rows);
        Assert.True(ends.Count > 3);
        foreach (var (position, rows) in ends.Skip(1))
        {
            var file = AvroFileReader.Open(new MemoryStream(bytes[..(int)(position + 100)]));
            while (file.Read(out _))
            {
            }
            Assert.Equal((AvroFileStatus.Truncated, position, rows), (file.Status, file.Position, file.Rows));
        }
    }

    [Fact]
    public void DamagedRow_IsFoundAtItsPositionAfterTheRowsBefore()
    {
        var bytes = Written(AvroCodec.Null, 10);
        var at = bytes.AsSpan().IndexOf("row 7"u8);
        bytes[at] = 0xff;
        var file = AvroFileReader.Open(new MemoryStream(bytes));
        while (file.Read(out _))
        {
        }
        Assert.Equal((AvroFileStatus.RowRefused, 7L, at - 1L), (file.Status, file.Rows, file.Position));
        Assert.StartsWith("row 7 is refused: InvalidUtf8 at byte ", file.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherSyncMarker_EndsTheReadingBeforeItsBlock()
    {
        var bytes = Written(AvroCodec.Null, 10);
        bytes[^1] ^= 1;
        var file = AvroFileReader.Open(new MemoryStream(bytes));
        Assert.False(file.Read(out _));
        Assert.Equal((AvroFileStatus.SyncLost, bytes.Length - 16L), (file.Status, file.Position));
    }

    [Fact]
    public void BlockThatInflatesPastTheBound_IsRefused()
    {
        using var packed = new MemoryStream();
        using (var deflating = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            deflating.Write(new byte[AvroLimits.FileBlockBytesMax + 1]);
        var file = AvroFileReader.Open(new MemoryStream(Raw("deflate", "\"int\"", 5, packed.ToArray())));
        Assert.False(file.Read(out _));
        Assert.Equal(AvroFileStatus.BlockDamaged, file.Status);
    }

    [Theory]
    [InlineData("null", "\"null\"", 10_000, "", AvroFileStatus.End)]
    [InlineData("null", "\"null\"", 10_001, "", AvroFileStatus.BlockDamaged)]
    [InlineData("null", "\"int\"", -1, "", AvroFileStatus.BlockDamaged)]
    [InlineData("null", "\"int\"", 1, "0000", AvroFileStatus.BlockDamaged)]
    [InlineData("null", "\"int\"", 0, "", AvroFileStatus.End)]
    [InlineData("deflate", "\"int\"", 1, "ffff", AvroFileStatus.BlockDamaged)]
    [InlineData("null", "\"intt\"", 1, "00", AvroFileStatus.SchemaInvalid)]
    [InlineData("snappy", "\"int\"", 1, "00", AvroFileStatus.CodecUnknown)]
    public void File_EndsInTheStatusOfItsDamage(string codec, string schema, long rows, string hex, AvroFileStatus expected)
    {
        var file = AvroFileReader.Open(new MemoryStream(Raw(codec, schema, rows, Avro.Hex(hex))));
        while (file.Read(out _))
        {
        }
        Assert.Equal(expected, file.Status);
    }

    [Fact]
    public void WhatIsNotAContainerFile_IsSaidToBeNone()
    {
        Assert.Equal(AvroFileStatus.NotAvro, AvroFileReader.Open(new MemoryStream()).Status);
        Assert.Equal(AvroFileStatus.NotAvro, AvroFileReader.Open(new MemoryStream("{\"a\":1}"u8.ToArray())).Status);
        Assert.Equal(AvroFileStatus.Truncated, AvroFileReader.Open(new MemoryStream("Obj\u0001"u8.ToArray())).Status);
        var huge = "Obj\u0001"u8.ToArray().Concat(Avro.Hex("02feffffff0f")).ToArray();
        Assert.Equal(AvroFileStatus.HeaderDamaged, AvroFileReader.Open(new MemoryStream(huge)).Status);
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void DamageAnywhereInABlock_CostsNoMoreThanThatBlockAndTheNext(AvroCodec codec)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var stream = new MemoryStream();
        var ends = new List<long>();
        using (var file = new AvroFileWriter(stream, Avro.Schema(_row), codec))
        {
            for (var i = 0; i < 50; i++)
            {
                if (i % 10 == 0) file.Flush();
                if (i % 10 == 0) ends.Add(stream.Length);
                file.Append(AvroValue.Record(AvroValue.Int(i), AvroValue.String($"row {i}")));
            }
        }
        for (var times = 0; times < 2_000; times++)
        {
            var bytes = stream.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--) bytes[random.Next((int)ends[1], (int)ends[2])] = (byte)random.Next(256);
            var rows = Taken(new Dripping(bytes));
            Assert.Equal(Enumerable.Range(0, 10), rows.Take(10));
            Assert.Equal(Enumerable.Range(30, 20), rows.TakeLast(20));
        }
    }

    [Fact]
    public void RowsLostInABlockThatHasItsEnd_AreCounted()
    {
        var bytes = Written(AvroCodec.Null, 3000);
        bytes[bytes.AsSpan().IndexOf("row 7"u8) - 1] = 0xff;
        var file = AvroFileReader.Open(new MemoryStream(bytes));
        while (file.TryTake(out _))
        {
        }
        Assert.Equal((AvroFileStatus.RowRefused, 7L), (file.Status, file.Rows));
        Assert.True(file.TryGoOn());
        var before = file.Rows;
        Assert.True(file.Read(out var row));
        Assert.Equal((before, $"row {before}"), (row!.AsItems[0].AsLong, row.AsItems[1].AsString));
        Assert.InRange(before, 8, 2999);
    }

    [Fact]
    public void WhereThereIsNothingBehind_ReadingDoesNotGoOn()
    {
        Assert.False(AvroFileReader.Open(new MemoryStream()).TryGoOn());
        var cut = AvroFileReader.Open(new MemoryStream(Written(AvroCodec.Null, 10)[..^5]));
        Assert.False(cut.TryTake(out _));
        Assert.False(cut.TryGoOn());
        Assert.Equal(AvroFileStatus.Truncated, cut.Status);
        var whole = AvroFileReader.Open(new MemoryStream(Written(AvroCodec.Null, 0)));
        Assert.False(whole.TryTake(out _));
        Assert.False(whole.TryGoOn());
    }

    // The numbers of the rows that can be read, in a file with damage.
    private static List<int> Taken(Stream stream)
    {
        var file = AvroFileReader.Open(stream);
        var rows = new List<int>();
        do
        {
            while (file.TryTake(out var datum))
                if (file.Reader!.Read(datum.Span, out var row).IsOk) rows.Add((int)row!.AsItems[0].AsLong);
        }
        while (file.TryGoOn());
        return rows;
    }

    private static byte[] Written(AvroCodec codec, int rows)
    {
        using var stream = new MemoryStream();
        using (var file = new AvroFileWriter(stream, Avro.Schema(_row), codec))
            for (var i = 0; i < rows; i++)
                file.Append(AvroValue.Record(AvroValue.Int(i), AvroValue.String($"row {i}")));
        return stream.ToArray();
    }

    private static byte[] Raw(string codec, string schema, long rows, byte[] block)
    {
        var output = new AvroOutput();
        output.WriteRaw("Obj\u0001"u8);
        output.WriteLong(2);
        output.WriteString("avro.codec");
        output.WriteString(codec);
        output.WriteString("avro.schema");
        output.WriteString(schema);
        output.WriteLong(0);
        output.WriteRaw(new byte[AvroLimits.SyncBytes]);
        output.WriteLong(rows);
        output.WriteBytes(block);
        output.WriteRaw(new byte[AvroLimits.SyncBytes]);
        return output.Written.ToArray();
    }

    // A stream that cannot seek and gives few bytes at a time, as a socket does.
    private sealed class Dripping(byte[] bytes) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(Math.Min(count, 7), bytes.Length - _at);
            Array.Copy(bytes, _at, buffer, offset, read);
            _at += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
