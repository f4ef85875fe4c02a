using System.Globalization;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Yaml;

/// <summary>The place of every value of a file by its path, for findings made after the file became a definition.</summary>
internal static class YamlPlaces
{
    public static IReadOnlyDictionary<string, SourcePosition> Of(YamlMapping root)
    {
        var places = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        Add(places, "", root);
        return places;
    }

    private static void Add(Dictionary<string, SourcePosition> places, string path, YamlNode node)
    {
        places.TryAdd(path, node.At);
        if (node is YamlMapping map)
        {
            foreach (var (key, value) in map.Entries)
                Add(places, path.Length == 0 ? key.Text : $"{path}.{key.Text}", value);
        }
        else if (node is YamlSequence list)
        {
            for (var i = 0; i < list.Items.Count; i++)
                Add(places, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), list.Items[i]);
        }
    }
}
