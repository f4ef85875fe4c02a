using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamEngage.Conventions;

/// <summary>A ratchet: methods and parameter lists are gated hard, giants are listed by name and only ever shrink or leave.</summary>
public sealed class MethodSizeTests
{
    private const int LinesMax = 70;
    // Just above the cap nothing may live, so that a short method cannot creep into being a giant.
    private const int ForbiddenTo = 75;
    private const int ParametersMax = 5;
    private const int FileLinesMax = 400;
    // Lower it whenever an entry leaves giants.txt.
    private const int GiantsMax = 0;
    private const string ListPath = "tests/StreamEngage.Core.Tests/Conventions/giants.txt";

    private static readonly Dictionary<string, int> _giants = ReadGiants();

    [Fact]
    public void NoMethod_IsLongerThanTheCap() => Sources.MustBeNone(
        from member in Members()
        let cap = _giants.GetValueOrDefault($"lines {member.Name}", LinesMax)
        where member.Lines > cap || member.Lines is > LinesMax and <= ForbiddenTo
        select $"{member.Where}: {member.Name} has {member.Lines} lines, at most {cap}",
        $"keep the branches in the parent and move each loop or leaf into a named method ({LinesMax} lines at most)");

    [Fact]
    public void NoMethod_HasTooManyParameters() => Sources.MustBeNone(
        from member in Members()
        let cap = _giants.GetValueOrDefault($"parameters {member.Name}", ParametersMax)
        where member.Parameters > cap
        select $"{member.Where}: {member.Name} takes {member.Parameters}, at most {cap}",
        "name the group of values that travel together as a record, or move the method to the type that owns them");

    [Fact]
    public void NoFileInSrc_IsLongerThanTheCap() => Sources.MustBeNone(
        from file in Sources.Src
        where file.Lines.Length > FileLinesMax
        select $"{file.Path}:{FileLinesMax}: {file.Lines.Length} lines",
        $"a file is one idea in at most {FileLinesMax} lines: move the second idea out");

    [Fact]
    public void TheListOfGiants_OnlyShrinks()
    {
        var today = Members().GroupBy(member => member.Name).ToDictionary(same => same.Key, same => same.ToList());
        Sources.MustBeNone(
            from giant in _giants
            let words = giant.Key.Split(' ')
            let size = today.TryGetValue(words[1], out var same)
                ? same.Max(member => words[0] == "lines" ? member.Lines : member.Parameters)
                : 0
            where size != giant.Value
            select $"{ListPath}: {giant.Key} {giant.Value}, is {size} now",
            $"write today's number, or remove the entry when it is at most {LinesMax} lines or {ParametersMax} parameters");
        Assert.True(_giants.Count <= GiantsMax, $"{ListPath} has {_giants.Count} entries, at most {GiantsMax}. Remedy: shorten the method instead.");
    }

    private sealed record Member(string Name, string Where, int Lines, int Parameters);

    private static IEnumerable<Member> Members() =>
        from file in Sources.Src
        from node in file.Syntax.DescendantNodes()
        let shape = Shape(node)
        where shape is not null
        let type = node.Ancestors().OfType<BaseTypeDeclarationSyntax>().FirstOrDefault()
        let owner = type is null ? Path.GetFileNameWithoutExtension(file.Path) : Sources.NameOf(type)
        select new Member($"{owner}.{shape.Value.Name}", file.At(node), LinesOf(node), shape.Value.Parameters);

    private static (string Name, int Parameters)? Shape(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => (method.Identifier.Text, IsForeign(method) ? 0 : Count(method.ParameterList)),
        ConstructorDeclarationSyntax ctor => ("ctor", ctor.Parent is RecordDeclarationSyntax ? 0 : Count(ctor.ParameterList)),
        LocalFunctionStatementSyntax local => (local.Identifier.Text, Count(local.ParameterList)),
        OperatorDeclarationSyntax op => ("operator" + op.OperatorToken.Text, Count(op.ParameterList)),
        IndexerDeclarationSyntax indexer => ("this", indexer.ParameterList.Parameters.Count),
        AccessorDeclarationSyntax accessor => (accessor.Keyword.Text, 0),
        DelegateDeclarationSyntax type => (type.Identifier.Text, Count(type.ParameterList)),
        // A primary constructor's lines are the type's, so only its parameters are counted.
        ParameterListSyntax { Parent: ClassDeclarationSyntax or StructDeclarationSyntax } primary => ("ctor", Count(primary)),
        ParenthesizedLambdaExpressionSyntax lambda => ("lambda", Count(lambda.ParameterList)),
        _ => null
    };

    private static int Count(ParameterListSyntax parameters) => parameters.Parameters.Count;

    // The width of a foreign function is not ours to choose.
    private static bool IsForeign(MethodDeclarationSyntax method) =>
        method.Has(SyntaxKind.ExternKeyword) || method.AttributeLists.ToString().Contains("Import(", StringComparison.Ordinal);

    private static int LinesOf(SyntaxNode node)
    {
        var attributes = node.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault();
        var first = attributes is null ? node.GetFirstToken() : attributes.GetLastToken().GetNextToken();
        return SourceFile.LineOf(node.GetLastToken()) - SourceFile.LineOf(first) + 1;
    }

    private static Dictionary<string, int> ReadGiants() =>
        (from line in File.ReadLines(Path.Combine(Datasets.RepositoryRoot, ListPath))
         where line.Length > 0 && line[0] != '#'
         let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
         select (Key: $"{words[0]} {words[1]}", Size: int.Parse(words[2], CultureInfo.InvariantCulture)))
        .ToDictionary(giant => giant.Key, giant => giant.Size);
}
