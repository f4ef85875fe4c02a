using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamEngage.Conventions;

/// <summary>What a type may look like: closed, a value when it is one, and named by a noun of the domain.</summary>
public sealed class TypeShapeTests
{
    private const int InterfacesMax = 8;
    private static readonly string[] _emptyWords =
        ["Manager", "Helper", "Helpers", "Service", "Services", "Processor", "Util", "Utils", "Utility", "Utilities", "Common"];

    private static readonly List<(SourceFile File, BaseTypeDeclarationSyntax Type)> _types =
        [.. from file in Sources.Src from type in file.Nodes<BaseTypeDeclarationSyntax>() select (file, type)];

    [Fact]
    public void EveryClass_IsSealedStaticOrAbstract() => Sources.MustBeNone(
        from parts in _types.Where(part => IsClass(part.Type)).GroupBy(part => Identity(part.File, part.Type))
        where !parts.Any(part => IsClosed(part.Type))
        let first = parts.First()
        select $"{first.File.At(first.Type.Identifier)}: {Sources.NameOf(first.Type)}",
        "seal it; a base class must be abstract");

    [Fact]
    public void EveryAbstractClass_HasTwoDerivedTypes()
    {
        var bases = _types.SelectMany(part => part.Type.BaseList?.Types.ToArray() ?? [])
            .Select(type => SimpleName(type.Type)).CountBy(name => name).ToDictionary();
        Sources.MustBeNone(
            from part in _types
            where IsClass(part.Type) && part.Type.Has(SyntaxKind.AbstractKeyword)
            let derived = bases.GetValueOrDefault(part.Type.Identifier.Text)
            where derived < 2
            select $"{part.File.At(part.Type.Identifier)}: {Sources.NameOf(part.Type)} has {derived}",
            "with fewer than two derived types there is nothing to abstract from: merge them");
    }

    [Fact]
    public void EveryPublicStruct_IsReadonly() => Sources.MustBeNone(
        from part in _types
        where IsStruct(part.Type) && part.Type.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().All(type => type.Has(SyntaxKind.PublicKeyword))
        where !part.Type.Has(SyntaxKind.ReadOnlyKeyword)
        select $"{part.File.At(part.Type.Identifier)}: {Sources.NameOf(part.Type)}",
        "declare it readonly, or keep it internal: a caller's copy of a mutable struct changes nothing");

    [Fact]
    public void NoInterface_ShadowsAClass()
    {
        var names = _types.Where(part => part.Type is not InterfaceDeclarationSyntax).Select(part => part.Type.Identifier.Text).ToHashSet();
        Sources.MustBeNone(
            from part in _types
            let name = part.Type.Identifier.Text
            where part.Type is InterfaceDeclarationSyntax && name.StartsWith('I') && names.Contains(name[1..])
            select $"{part.File.At(part.Type.Identifier)}: {name} and {name[1..]}",
            "use the class; an interface comes with its second implementation and the two are named by what sets them apart");
    }

    [Fact]
    public void Interfaces_AreFew()
    {
        var interfaces = _types.Where(part => part.Type is InterfaceDeclarationSyntax).ToList();
        Sources.MustBeNone(
            from part in interfaces
            where interfaces.Count > InterfacesMax
            select $"{part.File.At(part.Type.Identifier)}: {part.Type.Identifier.Text}",
            $"at most {InterfacesMax} in all of src: take a delegate, or the concrete type");
    }

    [Fact]
    public void NoTypeName_EndsInAnEmptyWord() => Sources.MustBeNone(
        from part in _types
        let name = part.Type.Identifier.Text
        from word in _emptyWords
        where name.EndsWith(word, StringComparison.Ordinal)
        select $"{part.File.At(part.Type.Identifier)}: {name}",
        "name the noun it is (window, ledger, agenda) or the one effect it has");

    private static bool IsClass(BaseTypeDeclarationSyntax type) =>
        type is ClassDeclarationSyntax || (type is RecordDeclarationSyntax && !IsStruct(type));

    private static bool IsStruct(BaseTypeDeclarationSyntax type) =>
        type is StructDeclarationSyntax || type.IsKind(SyntaxKind.RecordStructDeclaration);

    private static bool IsClosed(BaseTypeDeclarationSyntax type) =>
        type.Has(SyntaxKind.SealedKeyword) || type.Has(SyntaxKind.StaticKeyword) || type.Has(SyntaxKind.AbstractKeyword);

    // Parts of a partial type share project and name; modifiers may stand on any one of them.
    private static string Identity(SourceFile file, BaseTypeDeclarationSyntax type)
    {
        var project = file.Path.Split('/')[1];
        var space = type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name;
        return $"{project} {space} {Sources.NameOf(type)}`{(type as TypeDeclarationSyntax)?.Arity}";
    }

    private static string SimpleName(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => type.ToString()
    };
}
