using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

public sealed class AvroVectorTests
{
    public static TheoryData<string> Cases => Names("cases", "id");

    public static TheoryData<string> Malformed => Names("malformed", "name");

    [DatasetFact(AvroVectors.Set)]
    public void Vectors_AreAllThere()
    {
        Assert.Equal(46, Cases.Count);
        Assert.Equal(17, Malformed.Count);
    }

    [DatasetTheory(AvroVectors.Set)]
    [MemberData(nameof(Cases))]
    public void CanonicalFormAndFingerprints_AreThoseOfTheVector(string id)
    {
        var vector = Find("cases", "id", id);
        var writer = Avro.Schema(vector.GetProperty("writer").GetRawText());
        var canonical = writer.ToCanonicalForm();
        var bytes = Encoding.UTF8.GetBytes(canonical);
        Assert.Equal(vector.GetProperty("writerCanonical").GetString(), canonical);
        Assert.Equal(vector.GetProperty("rabin").GetString(), writer.Fingerprint().ToString("x16", CultureInfo.InvariantCulture));
        Assert.Equal(vector.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
#pragma warning disable CA5351 // The vectors have MD5 too; it identifies and protects nothing here.
        Assert.Equal(vector.GetProperty("md5").GetString(), Convert.ToHexStringLower(MD5.HashData(bytes)));
#pragma warning restore CA5351
        Assert.Equal(canonical, Avro.Schema(canonical).ToCanonicalForm());
    }

    [DatasetTheory(AvroVectors.Set)]
    [MemberData(nameof(Cases))]
    public void Values_AreReadAndWrittenBackAsTheVectorSays(string id)
    {
        var vector = Find("cases", "id", id);
        var writer = Avro.Schema(vector.GetProperty("writer").GetRawText());
        var wanted = Avro.Schema(vector.GetProperty("reader").GetRawText());
        var isMatch = AvroReader.TryCompile(writer, wanted, out var reader, out _);
        foreach (var value in vector.GetProperty("values").EnumerateArray())
        {
            var bytes = Avro.Hex(value.GetProperty("hex").GetString()!);

            // Java lets top-level records of different names pass (err-record-name); the vectors, the specification and this reader do not.
            if (vector.GetProperty("expectError").GetBoolean())
            {
                Assert.False(isMatch && reader!.Read(bytes, out _).IsOk);
                continue;
            }

            var read = reader!.Read(bytes, out var tree);
            Assert.Equal(new AvroRead(AvroStatus.Ok, bytes.Length), read);
            Assert.Equal(read, reader.Skip(bytes));
            Assert.Equal(value.GetProperty("readerHex").GetString(), Convert.ToHexStringLower(Avro.Encode(wanted, tree!)));
            AssertSame(value.GetProperty("plain"), JsonDocument.Parse(Avro.Plain(wanted, tree!)).RootElement);
            AssertWrittenAgain(writer, bytes);
        }
    }

    [DatasetTheory(AvroVectors.Set)]
    [MemberData(nameof(Malformed))]
    public void MalformedInput_IsAValueInBoundedTimeAndMemory(string name)
    {
        var vector = Find("malformed", "name", name);
        var schema = Avro.Schema(vector.GetProperty("schema").GetRawText());
        var reader = Avro.Reader(schema, schema);
        var bytes = Avro.Hex(vector.GetProperty("hex").GetString()!);
        reader.Read(bytes, out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var read = reader.Read(bytes, out var value);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 10_000);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 100);
        var expected = vector.GetProperty("expected").GetString()!;

        // The vectors leave invalid UTF-8 to the implementation; this one refuses it.
        Assert.Equal(expected.StartsWith("accept", StringComparison.Ordinal), read.IsOk);
        Assert.Equal(read.IsOk, value is not null);
        Assert.InRange(read.Position, 0, bytes.Length);
    }

    [DatasetFact(AvroVectors.Set)]
    public void MalformedInputThatIsAccepted_HasTheValueOfTheVector()
    {
        Assert.Equal("[1,2]", Avro.ReadPlain(Avro.Reader("""{"type":"array","items":"int"}"""), "0202020400"));
        Assert.Equal("""{"a":2}""", Avro.ReadPlain(Avro.Reader("""{"type":"map","values":"int"}"""), "0402610202610400"));
        Assert.Equal(new AvroRead(AvroStatus.Ok, 1), Avro.Read(Avro.Reader("\"int\""), "0204"));
        Assert.Equal(new AvroRead(AvroStatus.InvalidUtf8, 0), Avro.Read(Avro.Reader("\"string\""), "02ff"));
    }

    [DatasetTheory(AvroVectors.Set)]
    [InlineData("events-java-null.avro", "null", "java")]
    [InlineData("events-java-deflate.avro", "deflate", "java")]
    [InlineData("events-csharp-null.avro", "null", "csharp")]
    [InlineData("events-csharp-deflate.avro", "deflate", "csharp")]
    public void ContainerFile_HasItsTwoHundredRows(string name, string codec, string source)
    {
        using var stream = File.OpenRead(AvroVectors.FileOf(name));
        var file = AvroFileReader.Open(stream);
        Assert.Equal(codec, file.Codec);
        Assert.Equal(source, Encoding.UTF8.GetString(file.Metadata["source"]));
        Assert.Equal("com.acme.events.Event", ((AvroRecordSchema)file.Schema!).Name.Full);
        for (var i = 0; file.Read(out var row); i++)
            AssertRow(i, row!.AsItems);
        Assert.Equal((AvroFileStatus.End, 200L, ""), (file.Status, file.Rows, file.Problem));
        Assert.Equal(stream.Length, file.Position);
    }

    [DatasetFact(AvroVectors.Set)]
    public void ContainerFileOfAnUnknownCodec_IsRefusedByItsName()
    {
        using var stream = File.OpenRead(AvroVectors.FileOf("events-java-bzip2.avro"));
        var file = AvroFileReader.Open(stream);
        Assert.False(file.Read(out _));
        Assert.Equal(AvroFileStatus.CodecUnknown, file.Status);
        Assert.Equal("codec 'bzip2' is not supported, only null and deflate are", file.Problem);
    }

    private static void AssertRow(int i, IReadOnlyList<AvroValue> row)
    {
        Assert.Equal($"e{i}", row[0].AsString);
        Assert.Equal($"u{i % 17}", row[1].AsString);
        Assert.Equal(i % 3, row[2].AsSymbol);
        Assert.Equal(1_700_000_000_000 + (1000L * i), row[3].AsLong);
        Assert.Equal(i % 3 == 2 ? 1 : 0, row[4].AsBranch);
        if (i % 3 == 2) Assert.Equal(i * 0.5, row[4].Inner.AsDouble);
        Assert.Equal(i % 2 == 0 ? [$"k=v{i}"] : [], row[5].AsMap.Select(entry => $"{entry.Key}={entry.Value.AsString}"));
    }

    private static void AssertWrittenAgain(AvroSchema writer, byte[] bytes)
    {
        Assert.True(Avro.Reader(writer, writer).Read(bytes, out var tree).IsOk);
        Assert.Equal(bytes, Avro.Encode(writer, tree!));
    }

    private static void AssertSame(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.ValueKind, actual.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Number:
                var (one, other) = (expected.GetDouble(), actual.GetDouble());
                Assert.True(one == other || (float)one == (float)other, $"{expected} but was {actual}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                foreach (var (x, y) in expected.EnumerateArray().Zip(actual.EnumerateArray())) AssertSame(x, y);
                break;
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.EnumerateObject().Select(p => p.Name));
                foreach (var part in expected.EnumerateObject()) AssertSame(part.Value, actual.GetProperty(part.Name));
                break;
            default: Assert.Equal(expected.ToString(), actual.ToString()); break;
        }
    }

    private static TheoryData<string> Names(string list, string key) =>
        !AvroVectors.AreThere
            ? []
            : new(AvroVectors.Root().GetProperty(list).EnumerateArray().Select(v => v.GetProperty(key).GetString()!));

    private static JsonElement Find(string list, string key, string name) =>
        AvroVectors.Root().GetProperty(list).EnumerateArray().Single(v => v.GetProperty(key).GetString() == name);
}
