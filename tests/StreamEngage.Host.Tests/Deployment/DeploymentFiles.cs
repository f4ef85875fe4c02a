using YamlDotNet.Serialization;

namespace StreamEngage.Host.Tests.Deployment;

/// <summary>What is shipped to run the engine somewhere, as its readers read it.</summary>
internal static class DeploymentFiles
{
    public static string PathOf(string path) => Path.Combine(Datasets.RepositoryRoot, path);

    public static string Text(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Anchors and merges are resolved, as docker compose does.</summary>
    public static YamlValue Yaml(string path)
    {
        var parser = new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(Text(path))));
        return new(new DeserializerBuilder().Build().Deserialize<object>(parser));
    }
}

/// <summary>A value of a YAML file.</summary>
internal sealed class YamlValue(object? value)
{
    public bool IsThere => value is not null;

    public YamlValue this[string key] => new(value is Dictionary<object, object> map ? map.GetValueOrDefault(key) : null);

    public IEnumerable<string> Keys => value is Dictionary<object, object> map ? map.Keys.Cast<string>() : [];

    public IReadOnlyList<string> Items => value is List<object> list ? [.. list.Select(item => $"{item}")] : [];

    public IEnumerable<YamlValue> Each => value is List<object> list ? list.Select(item => new YamlValue(item)) : [];

    public override string ToString() => $"{value}";
}
