using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamEngage.Conventions;

/// <summary>One file of the repository: its path from the root with forward slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<SyntaxNode> _syntax =
        new(() => CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot());

    public SyntaxNode Syntax => _syntax.Value;

    public string[] Lines { get; } = Text.TrimEnd('\n').Split('\n');

    public IEnumerable<T> Nodes<T>() where T : SyntaxNode => Syntax.DescendantNodes().OfType<T>();

    public string At(SyntaxNodeOrToken where) => At(LineOf(where));

    public string At(int line) => $"{Path}:{line}";

    public static int LineOf(SyntaxNodeOrToken where) => where.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;
}

/// <summary>The repository's files as the conventions see them. Read once: the tests only look.</summary>
internal static class Sources
{
    private static readonly string[] _skippedFolders = [".git", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static IReadOnlyList<SourceFile> Src { get; } = Read("src", "*.cs");

    public static IReadOnlyList<SourceFile> AllCode { get; } = [.. Src, .. Read("tests", "*.cs"), .. Read("benchmarks", "*.cs")];

    public static IReadOnlyList<SourceFile> Core { get; } = Under(Src, "src/StreamEngage.Core/");

    public static IReadOnlyList<SourceFile> Under(IEnumerable<SourceFile> files, string folder) =>
        [.. files.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal))];

    public static IReadOnlyList<SourceFile> Read(string folder, string pattern)
    {
        var root = System.IO.Path.Combine(Datasets.RepositoryRoot, folder);
        if (!Directory.Exists(root)) return [];
        return
        [
            .. Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
                .Select(file => (Full: file, Path: System.IO.Path.GetRelativePath(Datasets.RepositoryRoot, file).Replace('\\', '/')))
                .Where(file => !file.Path.Split('/').Any(part => _skippedFolders.Contains(part)))
                .OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => new SourceFile(file.Path, File.ReadAllText(file.Full).ReplaceLineEndings("\n")))
        ];
    }

    /// <summary>Outer.Inner for a declaration, without namespace and type parameters.</summary>
    public static string NameOf(MemberDeclarationSyntax type) => string.Join('.', type.AncestorsAndSelf().Reverse().Select(node => node switch
    {
        BaseTypeDeclarationSyntax declared => declared.Identifier.Text,
        DelegateDeclarationSyntax declared => declared.Identifier.Text,
        _ => null
    }).OfType<string>());

    public static bool Has(this MemberDeclarationSyntax member, SyntaxKind modifier) => member.Modifiers.Any(modifier);

    /// <summary>Fails with every breach on its own line, so that one run shows all there is to mend.</summary>
    public static void MustBeNone(IEnumerable<string> breaches, string remedy)
    {
        var all = breaches.ToList();
        Assert.True(all.Count == 0, $"{all.Count} found. Remedy: {remedy}\n  {string.Join("\n  ", all)}");
    }
}
