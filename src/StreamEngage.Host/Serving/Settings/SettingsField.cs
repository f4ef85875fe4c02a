using System.Reflection;
using System.Runtime.CompilerServices;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>One key of a section.</summary>
internal sealed class SettingsField
{
    private static readonly string[] _secretEndings = ["Password", "Secret", "Token", "HashKey"];
    private static readonly string[] _pathEndings = ["File", "Folder", "Rules"];

    private readonly PropertyInfo _property;

    private SettingsField(PropertyInfo property) => _property = property;

    /// <summary>The property's name in snake_case.</summary>
    public string Key => string.Concat(_property.Name.Select((letter, at) =>
        !char.IsAsciiLetterUpper(letter) ? $"{letter}" : at == 0 ? $"{char.ToLowerInvariant(letter)}" : $"_{char.ToLowerInvariant(letter)}"));

    public Type Type => Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;

    /// <summary>A value that comes from a file of its own or from the environment, and is never shown.</summary>
    public bool IsSecret => Type == typeof(Secret) || Type == typeof(string) && _secretEndings.Any(_property.Name.EndsWith);

    /// <summary>A section within the section.</summary>
    public bool IsSection => Type.IsClass && Type.Assembly.GetName().Name!.StartsWith("streamengage", StringComparison.OrdinalIgnoreCase) && !IsSecret;

    /// <summary>A path: a relative one begins at the settings file, wherever the program is called.</summary>
    public bool IsPath => Type == typeof(string) && _pathEndings.Any(_property.Name.EndsWith);

    public bool IsRequired => _property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>The keys that write it: a secret is written as the file that holds it.</summary>
    public string WrittenKey => IsSecret ? $"{Key}_file" : Key;

    public object? Of(object section) => _property.GetValue(section);

    public void Set(object section, object? value) => _property.SetValue(section, value);

    /// <summary>What can be set of a section, in the order of its type.</summary>
    public static IReadOnlyList<SettingsField> Of(Type section) =>
        [.. section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)
            .Select(property => new SettingsField(property))];
}
