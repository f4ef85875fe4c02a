using System.Globalization;
using System.Text;

namespace StreamEngage.Ingest.Avro;

// Names and symbols were checked to be letters, digits, underscores and dots, so nothing here needs escaping.
internal sealed class AvroCanonicalForm
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _defined = [];

    public static string Of(AvroSchema schema)
    {
        var form = new AvroCanonicalForm();
        form.Append(schema);
        return form._text.ToString();
    }

    private void Append(AvroSchema schema)
    {
        switch (schema)
        {
            case AvroNamedSchema named when !_defined.Add(named.Name.Full): Quote(named.Name.Full); break;
            case AvroRecordSchema record: Append(record); break;
            case AvroEnumSchema symbols: Append(symbols); break;
            case AvroFixedSchema bytes: Append(bytes); break;
            case AvroArraySchema array: Append("array", "items", array.Items); break;
            case AvroMapSchema map: Append("map", "values", map.Values); break;
            case AvroUnionSchema union: Append(union); break;
            default: Quote(AvroSchemaParser.NameOf(schema.Type)); break;
        }
    }

    private void Append(AvroRecordSchema record)
    {
        Open(record, "record");
        _text.Append(",\"fields\":[");
        for (var i = 0; i < record.Fields.Count; i++)
        {
            _text.Append(i == 0 ? "{\"name\":" : ",{\"name\":");
            Quote(record.Fields[i].Name);
            _text.Append(",\"type\":");
            Append(record.Fields[i].Schema);
            _text.Append('}');
        }

        _text.Append("]}");
    }

    private void Append(AvroEnumSchema symbols)
    {
        Open(symbols, "enum");
        _text.Append(",\"symbols\":[").AppendJoin(',', symbols.Symbols.Select(s => '"' + s + '"')).Append("]}");
    }

    private void Append(AvroFixedSchema bytes)
    {
        Open(bytes, "fixed");
        _text.Append(",\"size\":").Append(bytes.Size.ToString(CultureInfo.InvariantCulture)).Append('}');
    }

    private void Append(string type, string of, AvroSchema part)
    {
        _text.Append("{\"type\":\"").Append(type).Append("\",\"").Append(of).Append("\":");
        Append(part);
        _text.Append('}');
    }

    private void Append(AvroUnionSchema union)
    {
        _text.Append('[');
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (i > 0) _text.Append(',');
            Append(union.Branches[i]);
        }

        _text.Append(']');
    }

    private void Open(AvroNamedSchema named, string type) =>
        _text.Append("{\"name\":\"").Append(named.Name.Full).Append("\",\"type\":\"").Append(type).Append('"');

    private void Quote(string name) => _text.Append('"').Append(name).Append('"');
}
