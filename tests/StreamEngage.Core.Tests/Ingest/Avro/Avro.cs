using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

// Short forms for tests.
internal static class Avro
{
    public static AvroSchema Schema(string json)
    {
        Assert.True(AvroSchema.TryParse(json, out var schema, out var problem), problem);
        return schema;
    }

    public static string Problem(string json)
    {
        Assert.False(AvroSchema.TryParse(json, out _, out var problem));
        return problem;
    }

    public static AvroReader Reader(string writer, string reader) => Reader(Schema(writer), Schema(reader));

    public static AvroReader Reader(AvroSchema writer, AvroSchema reader)
    {
        Assert.True(AvroReader.TryCompile(writer, reader, out var compiled, out var problem), problem);
        return compiled;
    }

    public static AvroReader Reader(string schema) => Reader(schema, schema);

    public static string Mismatch(string writer, string reader)
    {
        Assert.False(AvroReader.TryCompile(Schema(writer), Schema(reader), out _, out var problem));
        return problem;
    }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex);

    public static byte[] Encode(AvroSchema schema, AvroValue value)
    {
        var output = new AvroOutput();
        AvroWriter.Write(schema, value, output);
        return output.Written.ToArray();
    }

    public static string Plain(AvroSchema schema, AvroValue value, JsonWriterOptions options = default)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, options))
            AvroPlainJson.Write(schema, value, json);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public static string ReadPlain(AvroReader reader, string hex)
    {
        var bytes = Hex(hex);
        var read = reader.Read(bytes, out var value);
        Assert.Equal(new AvroRead(AvroStatus.Ok, bytes.Length), read);
        return Plain(reader.Schema, value!);
    }

    public static AvroRead Read(AvroReader reader, string hex) => reader.Read(Hex(hex), out _);
}
