using System.Diagnostics;
using Xunit.Abstractions;

namespace StreamEngage.Ingest.Avro;

public sealed class AvroPropertyTests(ITestOutputHelper output)
{
    private const int _tries = 200_000;

    [Fact]
    public void RandomValues_ComeBackAsTheyWere()
    {
        var random = Seeded(71_003);
        foreach (var schema in RandomAvro.Schemas.Select(Avro.Schema))
        {
            var reader = Avro.Reader(schema, schema);
            for (var i = 0; i < 500; i++)
            {
                var bytes = Avro.Encode(schema, random.Value(schema));
                Assert.Equal(new AvroRead(AvroStatus.Ok, bytes.Length), reader.Read(bytes, out var value));
                Assert.Equal(bytes, Avro.Encode(schema, value!));
                Assert.Equal(new AvroRead(AvroStatus.Ok, bytes.Length), reader.Skip(bytes));
            }
        }
    }

    [Fact]
    public void EveryTruncation_IsRefusedAsOne()
    {
        var random = Seeded(71_004);
        foreach (var schema in RandomAvro.Schemas.Select(Avro.Schema))
        {
            var reader = Avro.Reader(schema, schema);
            var bytes = Avro.Encode(schema, random.Value(schema));
            for (var length = 0; length < Math.Min(bytes.Length, 2000); length++)
                Assert.Equal(AvroStatus.Truncated, reader.Read(bytes.AsSpan(0, length), out _).Status);
        }
    }

    [Fact]
    public void MutatedData_AreReadOrRefusedInBoundedTime()
    {
        var random = Seeded(71_005);
        var pairs = RandomAvro.Schemas.Select(s => (Writer: s, Reader: s))
            .Concat(RandomAvro.ReadersOfAll.Select(s => (Writer: RandomAvro.Schemas[1], Reader: s)));
        var targets = pairs.Select(pair => (
            Reader: Avro.Reader(pair.Writer, pair.Reader),
            Samples: Samples(random, Avro.Schema(pair.Writer)))).ToArray();
        var refused = 0;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < _tries; i++)
        {
            var (reader, samples) = targets[i % targets.Length];
            var bytes = random.Mutated(samples[random.Below(samples.Length)]);
            var read = reader.Read(bytes, out var value);
            Assert.InRange(read.Position, 0, bytes.Length);
            Assert.Equal(read.IsOk, value is not null);
            if (!read.IsOk) refused++;

            // What is read whole can be skipped, to the same end.
            else Assert.Equal(read, reader.Skip(bytes));
        }

        output.WriteLine($"{refused} of {_tries} refused, {clock.ElapsedMilliseconds} ms");
        Assert.InRange(refused, _tries / 10, _tries);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 120_000);
    }

    [Fact]
    public void MutatedSchemas_AreParsedOrRefused()
    {
        var random = Seeded(71_006);
        var sources = RandomAvro.Schemas.Select(System.Text.Encoding.UTF8.GetBytes).ToArray();
        var whole = Avro.Schema(RandomAvro.Schemas[1]);
        for (var i = 0; i < 20_000; i++)
        {
            var text = System.Text.Encoding.UTF8.GetString(random.Mutated(sources[i % sources.Length]));
            if (!AvroSchema.TryParse(text, out var schema, out var problem)) Assert.StartsWith("$", problem, StringComparison.Ordinal);
            else if (AvroReader.TryCompile(whole, schema, out var reader, out _)) reader.Read(random.Bytes(50), out _);
        }
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void MutatedFiles_EndInAStatusAndNeverInMoreRows(AvroCodec codec)
    {
        var random = Seeded(71_007);
        var schema = AvroSchemas.BehaviorEvent;
        using var written = new MemoryStream();
        using (var file = new AvroFileWriter(written, schema, codec))
            for (var i = 0; i < 50; i++) file.Append(random.Value(schema));
        var bytes = written.ToArray();
        for (var i = 0; i < 2000; i++)
        {
            var file = AvroFileReader.Open(new MemoryStream(random.Mutated(bytes)));
            while (file.Read(out _)) Assert.InRange(file.Rows, 0, 1000);
            Assert.NotEqual(AvroFileStatus.Reading, file.Status);
            Assert.Equal(file.Status == AvroFileStatus.End, file.Problem.Length == 0);
        }
    }

    private static byte[][] Samples(RandomAvro random, AvroSchema schema) =>
        [.. Enumerable.Range(0, 40).Select(_ => Avro.Encode(schema, random.Value(schema))).Where(bytes => bytes.Length < 4000)];

    private RandomAvro Seeded(int seed)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("STREAMENGAGE_SEED"), out var other)) seed = other;
        output.WriteLine($"seed {seed}");
        return new(seed);
    }
}
