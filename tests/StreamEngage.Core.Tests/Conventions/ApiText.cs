using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace StreamEngage.Conventions;

/// <summary>An assembly's public surface, one sorted line a type or member, as close to C# as reading it needs.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) =>
    [
        .. assembly.GetExportedTypes()
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => LinesOf(type).Prepend($"{Kind(type)} {FullName(type)}{Bases(type)}"))
    ];

    private static IEnumerable<string> LinesOf(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate))) return [$"  {Signature(type.GetMethod("Invoke")!)}"];
        return type.GetMembers(Declared)
            .Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute)) && !member.Name.Contains('<', StringComparison.Ordinal))
            .Select(member => Line(member, type))
            .OfType<string>()
            .Order(StringComparer.Ordinal)
            .Select(line => $"  {line}");
    }

    private static string? Line(MemberInfo member, Type owner) => member switch
    {
        FieldInfo { IsSpecialName: true } => null,
        FieldInfo field when owner.IsEnum => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo field when IsVisible(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly, owner) =>
            $"{FieldKind(field)}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "")}",
        ConstructorInfo ctor when IsVisible(ctor, owner) && !ctor.IsStatic => $"ctor({Parameters(ctor)})",
        PropertyInfo property when Accessors(property, owner) is { Length: > 0 } accessors =>
            $"{Static(property.GetAccessors(true)[0])}{Name(property.PropertyType)} {property.Name}{Index(property)} {{ {accessors}}}",
        EventInfo happening when IsVisible(happening.AddMethod!, owner) => $"event {Name(happening.EventHandlerType!)} {happening.Name}",
        MethodInfo method when IsVisible(method, owner) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{Static(method)}{Virtual(method)}{Signature(method)}",
        _ => null
    };

    private static bool IsVisible(MethodBase method, Type owner) => IsVisible(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly, owner);

    private static bool IsVisible(bool isPublic, bool isProtected, Type owner) => isPublic || (isProtected && !owner.IsSealed);

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
        { IsValueType: true } => (IsReadonly(type) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct"),
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class"
    };

    private static bool IsReadonly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));

    private static string Bases(Type type)
    {
        if (type.IsEnum) return $" : {Name(Enum.GetUnderlyingType(type))}";
        var parent = type.BaseType is { } up && up != typeof(object) && up != typeof(ValueType) && up != typeof(MulticastDelegate) ? [up] : Array.Empty<Type>();
        var names = parent.Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? [])).Select(Name).ToList();
        return names.Count == 0 ? "" : " : " + string.Join(", ", names.Take(parent.Length).Concat(names.Skip(parent.Length).Order(StringComparer.Ordinal)));
    }

    private static string FieldKind(FieldInfo field) => field switch
    {
        { IsLiteral: true } => "const ",
        { IsStatic: true, IsInitOnly: true } => "static readonly ",
        { IsStatic: true } => "static ",
        { IsInitOnly: true } => "readonly ",
        _ => ""
    };

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Virtual(MethodInfo method) => method switch
    {
        { IsAbstract: true } when !method.DeclaringType!.IsInterface => "abstract ",
        { IsVirtual: true, IsFinal: false } when method.GetBaseDefinition() != method => "override ",
        { IsVirtual: true, IsFinal: false } when !method.DeclaringType!.IsSealed && !method.DeclaringType.IsInterface => "virtual ",
        _ => ""
    };

    private static string Accessors(PropertyInfo property, Type owner)
    {
        var get = property.GetMethod is { } getter && IsVisible(getter, owner) ? "get; " : "";
        var set = property.SetMethod is { } setter && IsVisible(setter, owner)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; "
            : "";
        return get + set + (property.IsDefined(typeof(RequiredMemberAttribute)) ? "required; " : "");
    }

    private static string Index(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } keys ? $"[{string.Join(", ", keys.Select(Parameter))}]" : "";

    private static string Signature(MethodInfo method) =>
        $"{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})";

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var spread = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return $"{direction}{spread}{Name(type)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "")}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!
    };

    private static string FullName(Type type) => type.IsNested ? $"{FullName(type.DeclaringType!)}.{Name(type)}" : $"{type.Namespace}.{Name(type)}";

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.FullName is { } full && _keywords.TryGetValue(full, out var keyword)) return keyword;
        var bare = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{bare}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : bare;
    }

    private static readonly Dictionary<string, string> _keywords = new(StringComparer.Ordinal)
    {
        ["System.Void"] = "void", ["System.Object"] = "object", ["System.String"] = "string", ["System.Boolean"] = "bool",
        ["System.Byte"] = "byte", ["System.Char"] = "char", ["System.Int16"] = "short", ["System.UInt16"] = "ushort",
        ["System.Int32"] = "int", ["System.UInt32"] = "uint", ["System.Int64"] = "long", ["System.UInt64"] = "ulong",
        ["System.Single"] = "float", ["System.Double"] = "double", ["System.Decimal"] = "decimal"
    };
}
