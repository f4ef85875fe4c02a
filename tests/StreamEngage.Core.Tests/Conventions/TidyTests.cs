using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamEngage.Conventions;

/// <summary>The small things that a reviewer should not have to say.</summary>
public sealed partial class TidyTests
{
    // Also the number in TooLong().
    private const int LineLengthMax = 160;
    private const int ProgramLinesMax = 40;
    private static readonly string[] _stages = ["Events", "Rules", "Ingest", "State", "Detect", "Decide", "Emit"];
    private static readonly string[] _waitingWords = ["Task", "ValueTask", "Thread", "CancellationToken", "IAsyncEnumerable"];

    private static readonly IReadOnlyList<SourceFile> _projects =
    [
        .. from folder in new[] { "src", "tests", "benchmarks" }
           from kind in new[] { "*.csproj", "*.props" }
           from file in Sources.Read(folder, kind)
           select file
    ];

    private static readonly IReadOnlyList<SourceFile> _written =
    [
        .. Sources.AllCode, .. _projects,
        .. from kind in new[] { "*.md", "*.json", "*.yml", "*.yaml", "*.sh", "run", "*.avsc" }
           from file in Sources.Read(".", kind)
           where !file.Path.EndsWith("packages.lock.json", StringComparison.Ordinal)
           select file
    ];

    [Fact]
    public void NoRegions() => Sources.MustBeNone(
        from file in Sources.AllCode
        where file.Text.Contains("#region", StringComparison.Ordinal)
        from region in file.Syntax.DescendantNodes(descendIntoTrivia: true).OfType<RegionDirectiveTriviaSyntax>()
        select file.At(region),
        "a region hides a second type: move it into its own file");

    [Fact]
    public void NoUnfinishedWorkInSrc() => Breaches(Sources.Src, Unfinished(), "finish it, or say in a sentence what is not done and why");

    [Fact]
    public void NoPathsOfOneMachine() => Breaches(_written, MachinePath(), "start from the repository root, a setting or the temporary folder");

    [Fact]
    public void NoTabs() => Breaches(Sources.AllCode, Tab(), "four spaces; in a string write the escape");

    [Fact]
    public void NoLineIsTooLong() => Breaches(Sources.AllCode, TooLong(), $"break it before {LineLengthMax} columns");

    [Fact]
    public void Core_ReferencesNoPackageAndNoProject() => Sources.MustBeNone(
        from project in _projects
        where project.Path.StartsWith("src/StreamEngage.Core/", StringComparison.Ordinal)
        from line in Matches(project, Reference())
        select line,
        "Core is the BCL only: read formats and talk to the world in an outer project, and hand Core values");

    [Fact]
    public void PackagesForAllOfSrc_AreAnalyzersOnly() => Sources.MustBeNone(
        from project in _projects
        where project.Path == "src/Directory.Build.props"
        from line in Matches(project, Reference())
        where !line.Contains("Analyzers\"", StringComparison.Ordinal)
        select line,
        "reference the package in the one project that needs it");

    [Fact]
    public void NoMockingPackage() => Sources.MustBeNone(
        from project in _projects
        from line in Matches(project, Mocking())
        select line,
        "write the fake in StreamEngage.Testing, or drive the real thing");

    [Fact]
    public void OnlyHost_UsesTheConsole() => Sources.MustBeNone(
        from file in Sources.Src
        where !file.Path.StartsWith("src/StreamEngage.Host/", StringComparison.Ordinal)
        from name in file.Nodes<IdentifierNameSyntax>()
        where name.Identifier.Text == "Console" && IsReceiver(name)
        select file.At(name),
        "return a value or take a TextWriter: only Host talks to a person");

    [Fact]
    public void Program_IsShort() => Sources.MustBeNone(
        from file in Sources.Src
        where file.Path.EndsWith("/Program.cs", StringComparison.Ordinal) && file.Lines.Length > ProgramLinesMax
        select $"{file.At(ProgramLinesMax)}: {file.Lines.Length} lines",
        $"settings, compose, run: each a named method elsewhere ({ProgramLinesMax} lines at most)");

    [Fact]
    public void CoreStages_NeverWait() => Sources.MustBeNone(
        from file in Sources.Core
        where _stages.Contains(file.Path.Split('/')[2])
        from token in file.Syntax.DescendantTokens()
        where token.IsKind(SyntaxKind.AsyncKeyword) || token.IsKind(SyntaxKind.AwaitKeyword) || IsWaitingType(token)
        select $"{file.At(token)}: {token.Text}",
        "what waits stands around the step, in Host or an edge project; the stages are synchronous and pure");

    private static bool IsReceiver(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name || access.Expression.ToString() == "System",
        QualifiedNameSyntax or UsingDirectiveSyntax => true,
        _ => false
    };

    // A member of the domain may be called Task; the framework's type stands where a type or a receiver stands.
    private static bool IsWaitingType(SyntaxToken token) =>
        _waitingWords.Contains(token.Text)
        && token.Parent is SimpleNameSyntax name
        && name.Ancestors().OfType<UsingDirectiveSyntax>().FirstOrDefault() is null
        && name.Parent is not (QualifiedNameSyntax or NameColonSyntax or NameEqualsSyntax or ArgumentSyntax)
        && !(name.Parent is MemberAccessExpressionSyntax access && access.Name == name)
        && !DeclaredInCore.Contains(token.Text);

    private static HashSet<string> DeclaredInCore { get; } =
        [.. Sources.Core.SelectMany(file => file.Nodes<BaseTypeDeclarationSyntax>()).Select(type => type.Identifier.Text)];

    private static void Breaches(IEnumerable<SourceFile> files, Regex pattern, string remedy) =>
        Sources.MustBeNone(files.SelectMany(file => Matches(file, pattern)), remedy);

    private static IEnumerable<string> Matches(SourceFile file, Regex pattern) =>
        from line in file.Lines.Index()
        where pattern.IsMatch(line.Item)
        select $"{file.At(line.Index + 1)}: {line.Item.Trim()}";

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")]
    private static partial Regex Unfinished();

    // Each root is split so that this file does not breach its own rule.
    [GeneratedRegex(@"(?<![\w.$}/~*-])/(wo" + @"rk|ho" + @"me|ro" + @"ot|Us" + @"ers)/\w|\b[A-Z]:\\(?:Us" + @"ers|\w+\\)")]
    private static partial Regex MachinePath();

    [GeneratedRegex("\t")]
    private static partial Regex Tab();

    // A row of test data is read as data, and breaking it would hide what it compares.
    [GeneratedRegex(@"^(?!\s*\[InlineData\().{161,}$")]
    private static partial Regex TooLong();

    [GeneratedRegex("<(PackageReference|ProjectReference|FrameworkReference|Reference) ")]
    private static partial Regex Reference();

    [GeneratedRegex("Include=\"(Moq|NSubstitute|FakeItEasy|JustMock|Rhino|Telerik)", RegexOptions.IgnoreCase)]
    private static partial Regex Mocking();
}
