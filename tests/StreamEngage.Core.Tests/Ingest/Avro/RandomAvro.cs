using System.Globalization;

namespace StreamEngage.Ingest.Avro;

// Random values of a schema, from a seed.
internal sealed class RandomAvro(int seed)
{
    private const int _collectionMax = 6, _depthMax = 8;

    // Chosen to hold every type, recursion, and unions of all sorts.
    public static readonly string[] Schemas =
    [
        """{"type":"record","name":"L","fields":[{"name":"value","type":"long"},{"name":"next","type":["null","L"]}]}""",
        """
        {"type":"record","name":"All","namespace":"t","fields":[
          {"name":"n","type":"null"},{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},
          {"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"y","type":"bytes"},{"name":"s","type":"string"},
          {"name":"x","type":{"type":"fixed","name":"X","size":5}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},
          {"name":"a","type":{"type":"array","items":["null","E","X","t.All"]}},
          {"name":"m","type":{"type":"map","values":{"type":"array","items":"double"}}},
          {"name":"u","type":["string","bytes","int","double",{"type":"map","values":"All"}]}]}
        """,
        """{"type":"map","values":["null","boolean","long","double","string",{"type":"array","items":["null","boolean","long","double","string"]}]}""",
        """{"type":"array","items":{"type":"array","items":["null","int"]}}""",
        AvroSchemas.BehaviorEvent.Source!,
        AvroSchemas.PromptCommand.Source!,
    ];

    // How other readers want the second of the schemas: promoted, reordered, with fewer fields and with defaults.
    public static readonly string[] ReadersOfAll =
    [
        """
        {"type":"record","name":"All","namespace":"other","fields":[
          {"name":"u","type":["null","double","string",{"type":"map","values":"All"}]},
          {"name":"more","type":{"type":"array","items":"string"},"default":["x","y"]},
          {"name":"i","type":"double"},{"name":"l","type":"float"},{"name":"f","type":["null","double"]},
          {"name":"s","type":"bytes"},{"name":"y","type":"string"},
          {"name":"e","type":{"type":"enum","name":"E","symbols":["C","Z"],"default":"Z"}},
          {"name":"renamed","aliases":["a"],"type":{"type":"array","items":["E","null","All"]}}]}
        """,
        """{"type":"record","name":"All","fields":[{"name":"b","type":"boolean"},{"name":"w","type":"int","default":1}]}""",
    ];

    private readonly Random _random = new(seed);

    public int Below(int bound) => _random.Next(bound);

    public AvroValue Value(AvroSchema schema, int depth = 0) => schema switch
    {
        AvroRecordSchema record => AvroValue.Record([.. record.Fields.Select(field => Value(field.Schema, depth + 1))]),
        AvroEnumSchema symbols => AvroValue.Enum(Below(symbols.Symbols.Count)),
        AvroFixedSchema bytes => AvroValue.Fixed(Bytes(bytes.Size)),
        AvroArraySchema array => AvroValue.Array([.. Enumerable.Range(0, Count(depth)).Select(_ => Value(array.Items, depth + 1))]),
        AvroMapSchema map => AvroValue.Map(new(
            Enumerable.Range(0, Count(depth)).Select(i => KeyValuePair.Create($"k{i}{Text()}", Value(map.Values, depth + 1))))),
        AvroUnionSchema union => Branch(union, depth),
        _ => Primitive(schema.Type),
    };

    // The bytes with some of them changed, cut off, inserted or repeated.
    public byte[] Mutated(byte[] bytes)
    {
        var mutated = bytes.ToList();
        for (var changes = 1 + Below(4); changes > 0 && mutated.Count > 0; changes--)
        {
            var at = Below(mutated.Count);
            switch (Below(5))
            {
                case 0: mutated[at] = (byte)Below(256); break;
                case 1: mutated[at] ^= (byte)(1 << Below(8)); break;
                case 2: mutated.RemoveRange(at, mutated.Count - at); break;
                case 3: mutated.InsertRange(at, Bytes(1 + Below(11))); break;
                default: mutated.InsertRange(at, Enumerable.Repeat((byte)(Below(2) == 0 ? 0xff : 0x7f), 1 + Below(9))); break;
            }
        }

        return [.. mutated];
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private AvroValue Branch(AvroUnionSchema union, int depth)
    {
        // The first branch of each union above ends a recursion.
        var branch = depth >= _depthMax ? 0 : Below(union.Branches.Count);
        return AvroValue.Union(branch, Value(union.Branches[branch], depth + 1));
    }

    private AvroValue Primitive(AvroType type) => type switch
    {
        AvroType.Null => AvroValue.Null,
        AvroType.Boolean => AvroValue.Boolean(Below(2) == 0),
        AvroType.Int => AvroValue.Int((int)Number()),
        AvroType.Long => AvroValue.Long(Number() * (Below(2) == 0 ? 1 : 4_000_000_000)),
        AvroType.Float => AvroValue.Float(BitConverter.Int32BitsToSingle(_random.Next())),
        AvroType.Double => AvroValue.Double(BitConverter.Int64BitsToDouble(_random.NextInt64())),
        AvroType.Bytes => AvroValue.Bytes(Bytes(Below(20))),
        _ => AvroValue.String(Text()),
    };

    private long Number() => Below(3) switch
    {
        0 => Below(3) - 1,
        1 => _random.Next(-10_000, 10_000),
        _ => _random.NextInt64(int.MinValue, int.MaxValue + 1L),
    };

    private int Count(int depth) => depth >= _depthMax ? 0 : Below(_collectionMax);

    private string Text() => Below(4) switch
    {
        0 => "",
        1 => "h\u00e9 \u20ac \U0001f600",
        _ => _random.NextInt64().ToString(CultureInfo.InvariantCulture),
    };
}
