using System.Text;
using System.Text.Encodings.Web;

namespace StreamEngage.Ingest.Avro;

// The files in schemas/examples. STREAMENGAGE_APPROVE=1 writes them anew.
public sealed class AvroExamplesTests
{
    [Theory]
    [InlineData("behavior-event")]
    [InlineData("prompt-command")]
    public void Example_IsWhatTheCodeWrites(string name)
    {
        var schema = name == "behavior-event" ? AvroSchemas.BehaviorEvent : AvroSchemas.PromptCommand;
        var value = name == "behavior-event" ? Event() : Prompt();
        var folder = Path.Combine(Datasets.RepositoryRoot, "schemas", "examples");

        // The canonical form has no logical types: times are shown as the integer milliseconds that event and prompt lines have.
        var bare = Avro.Schema(schema.ToCanonicalForm());
        var json = Avro.Plain(bare, value, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }) + "\n";
        Check(Path.Combine(folder, name + ".json"), Encoding.UTF8.GetBytes(json));
        Check(Path.Combine(folder, name + ".avro"), Packed(schema, value));
        var file = AvroFileReader.Open(new MemoryStream(File.ReadAllBytes(Path.Combine(folder, name + ".avro"))), schema);
        Assert.True(file.Read(out var row));
        Assert.Equal(Avro.Encode(schema, value), Avro.Encode(schema, row!));
    }

    [Fact]
    public void EveryKindOfPrompt_HasASymbol() =>
        Assert.Equal(
            ["send", "cancel", "supersede"],
            ((AvroEnumSchema)((AvroRecordSchema)AvroSchemas.PromptCommand).Fields[1].Schema).Symbols);

    internal static AvroValue Event() => AvroValue.Record(
        AvroValue.String("e-1001"),
        AvroValue.String("u-42"),
        AvroValue.String("cart_add"),
        AvroValue.Long(1_700_000_000_123),
        Nothing(),
        Some(AvroValue.String("s-7")),
        Some(AvroValue.Long(1_700_000_000_456)),
        Some(AvroValue.String("web")),
        AvroValue.Map(new()
        {
            ["sku"] = AvroValue.Union(4, AvroValue.String("A-1")),
            ["value"] = AvroValue.Union(3, AvroValue.Double(39.9)),
            ["cart.count"] = AvroValue.Union(2, AvroValue.Long(3)),
            ["member"] = AvroValue.Union(1, AvroValue.Boolean(true)),
            ["tags"] = AvroValue.Union(5, AvroValue.Array(
                AvroValue.Union(4, AvroValue.String("new")), AvroValue.Union(4, AvroValue.String("sale")))),
        }));

    private static AvroValue Prompt() => AvroValue.Record(
        AvroValue.String("00112233445566778899aabbccddeeff"),
        AvroValue.Enum(0),
        AvroValue.String("u-42"),
        AvroValue.String("push"),
        AvroValue.String("cart-abandoned"),
        AvroValue.Int(1),
        AvroValue.String(""),
        Some(AvroValue.String("short-text")),
        AvroValue.Long(1_700_001_800_123),
        AvroValue.Long(1_700_001_800_123),
        AvroValue.Long(1_700_088_200_123),
        Some(AvroValue.String("cart")),
        AvroValue.Int(50),
        AvroValue.Long(7),
        Some(AvroValue.String("cart-reminder")),
        AvroValue.Map(new() { ["count"] = AvroValue.Union(2, AvroValue.Long(3)) }),
        Some(AvroValue.String("marketing")),
        Some(AvroValue.Double(0.5)),
        AvroValue.Array(AvroValue.String("absence of purchase for 30m")),
        AvroValue.Array(AvroValue.String("e-1001")));

    private static AvroValue Nothing() => AvroValue.Union(0, AvroValue.Null);

    private static AvroValue Some(AvroValue value) => AvroValue.Union(1, value);

    private static byte[] Packed(AvroSchema schema, AvroValue value)
    {
        using var stream = new MemoryStream();
        using (var file = new AvroFileWriter(stream, schema))
            file.Append(value);
        return stream.ToArray();
    }

    private static void Check(string path, byte[] bytes)
    {
        if (Environment.GetEnvironmentVariable("STREAMENGAGE_APPROVE") == "1")
            File.WriteAllBytes(path, bytes);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }
}
