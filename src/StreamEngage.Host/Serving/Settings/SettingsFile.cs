using System.Globalization;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>What reading a settings file gave: settings, or everything that is wrong with them.</summary>
internal sealed record SettingsReading(ServeSettings? Settings, string? Refusal);

/// <summary>Reads the settings of <c>serve</c> from a YAML file and the environment, which wins.</summary>
internal static class SettingsFile
{
    /// <param name="path">The file.</param>
    /// <param name="environment">All variables; those that begin with <see cref="SettingsBinder.Prefix"/> are settings.</param>
    public static SettingsReading Read(string path, IReadOnlyDictionary<string, string> environment)
    {
        if (TryReadText(path, out var text) is { } unreadable) return new(null, unreadable);
        var refused = new List<Problem>();
        var root = YamlTree.Read(new YamlFile(Path.GetFileName(path), text), refused);
        var binder = new SettingsBinder(Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path))!, environment);
        foreach (var problem in refused) binder.Refuse(problem.At, "", problem.Message);
        if (root is null) return new(null, Message(path, binder.Problems));
        var settings = Activator.CreateInstance<ServeSettings>();
        binder.Bind(settings, root, "");
        binder.RefuseUnknownVariables();
        foreach (var problem in settings.Problems()) binder.RefuseValue(problem);
        return binder.Problems.Count == 0 ? new(settings.InForce(), null) : new(null, Message(path, binder.Problems));
    }

    /// <summary>All settings as they are in force, one a line, secrets masked.</summary>
    public static IEnumerable<string> Shown(object section, string path = "")
    {
        foreach (var field in SettingsField.Of(section.GetType()))
        {
            var (name, value) = ($"{path}{field.Key}", field.Of(section));
            if (field.IsSection && value is not null)
            {
                foreach (var line in Shown(value, $"{name}.")) yield return line;
            }
            else yield return $"{name} = {Shown(field, value)}";
        }
    }

    private static string Shown(SettingsField field, object? value) => value switch
    {
        null => "none",
        _ when field.IsSecret => Secret.Mask,
        IReadOnlyList<string> list => string.Join(", ", list),
        IReadOnlyDictionary<string, string> map => string.Join(", ", map.Keys.Order(StringComparer.Ordinal).Select(key => $"{key}: {map[key]}")),
        bool flag => flag ? "true" : "false",
        TimeSpan time => DurationText.Format((long)time.TotalMilliseconds),
        Enum name => SettingsValue.Written($"{name}"),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string? TryReadText(string path, out string text)
    {
        text = "";
        try
        {
            if (new FileInfo(path).Length > ServeLimits.SettingsBytesMax)
                return $"{path}: a settings file has at most {ServeLimits.SettingsBytesMax} bytes";
            text = File.ReadAllText(path);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"{path}: cannot be read: {unreadable.Message}; name the settings file with --config";
        }
    }

    private static string Message(string path, List<SettingsProblem> problems)
    {
        var lines = problems.OrderBy(problem => problem.At is null).ThenBy(problem => problem.At?.Line).ThenBy(problem => problem.At?.Column)
            .Select(problem => $"\n  {problem.Where}: {problem.Text}");
        return $"{path}: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}{string.Concat(lines)}";
    }
}
