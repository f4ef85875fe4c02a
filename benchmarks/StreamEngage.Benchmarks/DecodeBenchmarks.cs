using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Attributes;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Benchmarks;

/// <summary>One event of 279 bytes of JSON or 147 of Avro, of which rules read two properties.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private readonly EventSchema _schema = new();
    private readonly EventBatch _batch = new();
    private byte[] _line = [];
    private byte[] _datum = [];
    private JsonEventDecoder _json = null!;
    private AvroEventDecoder _avro = null!;
    private AvroReader _reader = null!;
    private int _decoded;

    [GlobalSetup]
    public void Setup()
    {
        var view = _schema.AddType("view");
        _schema.Read(view, _schema.AddProperty("category"));
        _schema.Read(view, _schema.AddProperty("price"));
        _schema.Freeze();
        const string line =
            """{"id":"01HZX3V9K2Q8","user":"u000123","type":"view","at":1767225600000,"session":"s-77","source":"web","props":"""
            + """{"category":"shoes","item":"sku-00042","price":39.9,"page":"product","position":7,"member":"""
            + """true,"referrer":"https://example.com/list?page=2","campaign":"winter-sale"}}""";
        _line = Encoding.UTF8.GetBytes(line.PadRight(279));
        _datum = Datum();
        _json = new(_schema);
        _avro = new(_schema);
        if (!AvroReader.TryCompile(AvroSchemas.BehaviorEvent, AvroSchemas.BehaviorEvent, out var reader, out var problem))
            throw new InvalidOperationException(problem);
        _reader = reader;
    }

    [Benchmark(Baseline = true)]
    public int SystemTextJson() => JsonSerializer.Deserialize(_line, PlainEventContext.Default.PlainEvent)!.Type!.Length;

    [Benchmark]
    public int Json()
    {
        if ((_decoded++ & 511) == 0) _batch.Clear();
        return _json.TryDecode(_line, _batch, out var e, out _) == Decoded.Event ? e.TypeName.Length : throw new InvalidOperationException();
    }

    [Benchmark]
    public int Avro()
    {
        if ((_decoded++ & 511) == 0) _batch.Clear();
        return _avro.TryDecode(_reader, _datum, _batch, out var e, out _) == Decoded.Event ? e.TypeName.Length : throw new InvalidOperationException();
    }

    private static byte[] Datum()
    {
        var output = new AvroOutput();
        AvroValue Some(AvroValue value) => AvroValue.Union(1, value);
        AvroWriter.Write(AvroSchemas.BehaviorEvent, AvroValue.Record(
            AvroValue.String("01HZX3V9K2Q8"), AvroValue.String("u000123"), AvroValue.String("view"), AvroValue.Long(1_767_225_600_000),
            AvroValue.Union(0, AvroValue.Null), Some(AvroValue.String("s-77")), AvroValue.Union(0, AvroValue.Null), Some(AvroValue.String("web")),
            AvroValue.Map(new()
            {
                ["category"] = AvroValue.Union(4, AvroValue.String("shoes")),
                ["item"] = AvroValue.Union(4, AvroValue.String("sku-00042")),
                ["price"] = AvroValue.Union(3, AvroValue.Double(39.9)),
                ["page"] = AvroValue.Union(4, AvroValue.String("product")),
                ["position"] = AvroValue.Union(2, AvroValue.Long(7)),
                ["member"] = AvroValue.Union(1, AvroValue.Boolean(true)),
                ["campaign"] = AvroValue.Union(4, AvroValue.String("winter-sale")),
            })), output);
        return output.Written.ToArray();
    }
}

/// <summary>The event as a plain object.</summary>
public sealed class PlainEvent
{
    public string? Id { get; set; }

    public string? User { get; set; }

    public string? Type { get; set; }

    public long At { get; set; }

    public string? Session { get; set; }

    public string? Source { get; set; }

    public Dictionary<string, JsonElement>? Props { get; set; }
}

[JsonSerializable(typeof(PlainEvent))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class PlainEventContext : JsonSerializerContext;
