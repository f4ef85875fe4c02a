using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>One thing wrong with the settings.</summary>
/// <param name="At">Its place in the file; null for a variable of the environment.</param>
/// <param name="Where">The place as it is printed.</param>
/// <param name="Path">The setting; empty where it is about none.</param>
/// <param name="Text">What is wrong, and the remedy.</param>
internal sealed record SettingsProblem(SourcePosition? At, string Where, string Path, string Text);

/// <summary>Fills sections from YAML and from the environment, and keeps what does not fit with its place.</summary>
/// <param name="file">Name of the file in messages.</param>
/// <param name="folder">Relative paths begin here.</param>
/// <param name="environment">All variables.</param>
internal sealed class SettingsBinder(string file, string folder, IReadOnlyDictionary<string, string> environment)
{
    public const string Prefix = "STREAMENGAGE__";

    private readonly Dictionary<string, SourcePosition> _places = new(StringComparer.Ordinal);
    private readonly List<string> _variables = [];

    public List<SettingsProblem> Problems { get; } = [];

    public static string VariableOf(string path) => Prefix + path.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <param name="section">Receives the values; what is not written keeps its default.</param>
    /// <param name="node">The section in the file, null when it is not there.</param>
    /// <param name="path">Of the section, with a dot at its end; empty for the root.</param>
    public void Bind(object section, YamlNode? node, string path)
    {
        if (node is not null) _places[path.TrimEnd('.')] = node.At;
        var entries = node is YamlMapping map ? map.Entries : [];
        if (node is not (null or YamlMapping or YamlScalar { IsNothing: true }))
            Refuse(node.At, path.TrimEnd('.'), $"{(path.Length == 0 ? "the file" : path.TrimEnd('.'))} must be a map of settings, was {node.Shown}");
        var fields = SettingsField.Of(section.GetType());
        RefuseUnknown(entries, fields, path);
        foreach (var field in fields)
        {
            var entry = entries.FirstOrDefault(entry => entry.Key.Text == field.WrittenKey);
            if (field.IsSection) BindSection(section, field, entry, $"{path}{field.Key}.");
            else Set(section, field, entry, path);
            if (field.IsRequired && field.Of(section) is null) RefuseMissing(section, field, path);
        }
    }

    public void RefuseUnknownVariables()
    {
        foreach (var name in environment.Keys.Where(IsSetting).Order(StringComparer.Ordinal))
            if (!_variables.Contains(name, StringComparer.OrdinalIgnoreCase))
                Problems.Add(new(null, name, "", $"there is no such setting{Hint(name, _variables)}"));
    }

    /// <summary>A problem of a whole section: it begins with the path it is about. One that already has a problem of its form is left at that.</summary>
    public void RefuseValue(string problem)
    {
        var path = problem[..problem.AsSpan().IndexOfAny(" :[")];
        if (Problems.Exists(known => known.Path == path)) return;
        // Kept without its path: a section may have more than one problem of a setting.
        if ((Variable(path) ?? Variable($"{path}_file")) is { } variable) Problems.Add(new(null, variable, "", problem));
        else Refuse(PlaceOf(path), "", problem);
    }

    public void Refuse(SourcePosition at, string path, string text) => Problems.Add(new(at, $"{at}", path, text));

    private static string Hint(string written, IEnumerable<string> names) =>
        NearestName.Of(written, names) is { } nearest ? $"; did you mean {nearest}?" : "";

    private static bool IsSetting(string variable) => variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private void RefuseUnknown(IReadOnlyList<YamlEntry> entries, IReadOnlyList<SettingsField> fields, string path)
    {
        foreach (var (key, _) in entries)
        {
            if (fields.FirstOrDefault(field => field.IsSecret && field.Key == key.Text) is { } secret)
            {
                Refuse(key.At, path + secret.Key, $"{path}{secret.Key}: a secret does not stand in this file; " +
                    $"name a file that holds it as {path}{secret.WrittenKey}, or set {VariableOf(path + secret.Key)}");
            }
            else if (!fields.Any(field => field.WrittenKey == key.Text))
                Refuse(key.At, path + key.Text,
                    $"{path}{key.Text}: there is no such setting{NearestName.Hint(key.Text, fields.Select(field => field.WrittenKey))}");
        }
    }

    private void Set(object section, SettingsField field, YamlEntry? entry, string path)
    {
        var name = path + field.Key;
        _variables.Add(VariableOf(name));
        if (field.IsSecret) _variables.Add(VariableOf($"{name}_file"));
        if (entry is not null) _places[name] = entry.Value.At;
        if (Variable(name) is { } variable) SetFrom(section, field, (variable, environment[variable]), name);
        else if (field.IsSecret) SetSecret(section, field, entry, name);
        else if (entry?.Value is null or YamlScalar { IsNothing: true }) return;
        else if (SettingsValue.TryRead(entry.Value, field.Type, out var value, out var expected)) Put(section, field, value);
        else Refuse(entry.Value.At, name, $"{name} must be {expected}, was {entry.Value.Shown}");
    }

    private void SetFrom(object section, SettingsField field, (string Name, string Text) variable, string name)
    {
        if (SettingsValue.TryRead(variable.Text, field.Type, out var value, out var expected)) Put(section, field, value);
        else Problems.Add(new(null, variable.Name, name, $"{name} must be {expected}, was '{variable.Text}'"));
    }

    private void SetSecret(object section, SettingsField field, YamlEntry? entry, string name)
    {
        var variable = Variable($"{name}_file");
        var path = variable is not null ? environment[variable] : (entry?.Value as YamlScalar)?.Text;
        if (string.IsNullOrEmpty(path)) return;
        if (SecretIn(InFolder(path), out var text) is { } unreadable)
        {
            var problem = $"{name}_file '{path}' cannot be read: {unreadable}";
            if (variable is not null) Problems.Add(new(null, variable, name, problem));
            else Refuse(entry!.Value.At, name, problem);
        }
        else
        {
            SettingsValue.TryRead(text, field.Type, out var value, out _);
            field.Set(section, value);
        }
    }

    private static string? SecretIn(string path, out string text)
    {
        text = "";
        try
        {
            if (!File.Exists(path)) return "there is no such file";
            if (new FileInfo(path).Length > ServeLimits.SettingsBytesMax) return "it is too big for a secret";
            text = File.ReadAllText(path).Trim();
            return text.Length == 0 ? "it is empty" : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return unreadable.Message;
        }
    }

    /// <summary>A section that may be left out stays away as long as nothing of it is written.</summary>
    private void BindSection(object section, SettingsField field, YamlEntry? entry, string path)
    {
        var inner = field.Of(section);
        var isWritten = entry is not null || environment.Keys.Any(key => key.StartsWith(VariableOf(path), StringComparison.OrdinalIgnoreCase));
        if (inner is null && !isWritten && !field.IsRequired) return;
        inner ??= Activator.CreateInstance(field.Type)!;
        field.Set(section, inner);
        Bind(inner, entry?.Value, path);
    }

    private void RefuseMissing(object section, SettingsField field, string path)
    {
        var name = path + field.Key;
        field.Set(section, SettingsValue.Nothing(field.Type));
        if (!Problems.Exists(problem => problem.Path == name))
            Refuse(PlaceOf(name), name, $"{name} is missing; write it here or set {VariableOf(name)}");
    }

    private string InFolder(string path) => path.Length == 0 ? path : Path.GetFullPath(path, folder);

    private void Put(object section, SettingsField field, object? value) =>
        field.Set(section, field.IsPath ? InFolder((string)value!) : value);

    private string? Variable(string path)
    {
        var name = VariableOf(path);
        return environment.Keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Where a setting is written, or else the section that would hold it.</summary>
    private SourcePosition PlaceOf(string path)
    {
        for (var part = path; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf('.'))])
            if (_places.TryGetValue(part, out var place)) return place;
        return _places.GetValueOrDefault("", new SourcePosition(file, 1, 1));
    }
}
