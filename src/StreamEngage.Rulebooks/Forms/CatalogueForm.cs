using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>
/// events.yaml: <c>types: {cart_add: {price: number, cart: {total: number}}}</c>. A nested map is a property with a dot;
/// a type may also be written <c>{description: ..., properties: {...}}</c>.
/// </summary>
internal static class CatalogueForm
{
    private static readonly Dictionary<string, ValueType> Types = new[]
    {
        ValueType.Number, ValueType.Text, ValueType.Boolean, ValueType.Duration, ValueType.Any,
    }.ToDictionary(ExpressionTypes.Name, StringComparer.Ordinal);

    public static EventCatalogue? Read(YamlNode root, ICollection<Problem> problems)
    {
        if (Section.Of(root, "the catalogue", problems) is not { } section)
            return null;
        var types = section.Inner("types");
        section.Close();
        if (!section.Has("types"))
            section.Missing("types", "a map of event types, each with its properties");
        return types is null ? null : new EventCatalogue(EventTypes(types));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, ValueType>> EventTypes(Section types)
    {
        var catalogue = new Dictionary<string, IReadOnlyDictionary<string, ValueType>>(StringComparer.Ordinal);
        foreach (var (key, value) in types.Entries)
        {
            if (!Section.IsName(key.Text))
                types.Report(key.At, "name", $"an event type has a name of at most {RulebookLimits.NameMax} characters");
            var properties = new Dictionary<string, ValueType>(StringComparer.Ordinal);
            Add(properties, "", Properties(value), types);
            catalogue[key.Text] = properties;
        }

        return catalogue;
    }

    private static YamlNode Properties(YamlNode type) =>
        type is YamlMapping { Entries: var entries }
        && entries.FirstOrDefault(e => e.Key.Text == "properties") is { Value: YamlMapping inner }
        && entries.All(e => e.Key.Text is "properties" or "description")
            ? inner
            : type;

    private static void Add(Dictionary<string, ValueType> properties, string prefix, YamlNode node, Section types)
    {
        if (node is YamlScalar { IsNothing: true })
            return;
        if (node is not YamlMapping map)
        {
            types.Report(node.At, "shape", $"an event type takes a map of properties and their types, this is {node.Shown}");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            var name = prefix + key.Text;
            if (value is YamlMapping)
                Add(properties, name + ".", value, types);
            else if (TypeOf(name, value, types) is { } type && !properties.TryAdd(name, type))
                types.Report(key.At, "duplicate-key", $"property '{name}' is already there");
        }
    }

    private static ValueType? TypeOf(string property, YamlNode value, Section types)
    {
        if (value is YamlScalar scalar && Types.TryGetValue(scalar.Text, out var type))
            return type;
        var hint = value is YamlScalar written ? Section.Meant(written.Text, Types.Keys) : "";
        types.Report(value.At, "unknown-value", $"property '{property}' takes one of {string.Join(", ", Types.Keys)}, this is {value.Shown}{hint}");
        return null;
    }
}
