using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamEngage.Conventions;

/// <summary>In Core a stage may use only what stands left of it: Events, Rules, then Ingest beside State, Detect, Decide, Emit, Observe.</summary>
public sealed class StageOrderTests
{
    private static readonly Dictionary<string, string[]> _mayUse = new(StringComparer.Ordinal)
    {
        ["Events"] = [],
        ["Rules"] = ["Events"],
        ["Ingest"] = ["Events", "Rules"],
        ["State"] = ["Events", "Rules"],
        ["Detect"] = ["Events", "Rules", "State"],
        ["Decide"] = ["Events", "Rules", "State", "Detect"],
        ["Emit"] = ["Events", "Rules", "State", "Detect", "Decide"],
        ["Observe"] = ["Events", "Rules", "Ingest", "State", "Detect", "Decide", "Emit"]
    };

    [Fact]
    public void EveryFolderOfCore_IsAStage() => Sources.MustBeNone(
        from file in Sources.Core
        let stage = StageOf(file)
        where stage is not null && !_mayUse.ContainsKey(stage)
        select $"{file.Path}: {stage} is not a stage",
        $"move the file into one of {string.Join(", ", _mayUse.Keys)}, or to the root if every stage needs it");

    [Fact]
    public void EveryNamespaceInCore_IsItsFolder() => Sources.MustBeNone(
        from file in Sources.Core
        let expected = string.Join('.', ["StreamEngage", .. StageOf(file) is { } stage ? new[] { stage } : []])
        let declared = file.Nodes<BaseNamespaceDeclarationSyntax>().FirstOrDefault()
        where declared is not null
        let name = declared.Name.ToString()
        where name != expected && !(name.StartsWith(expected + ".", StringComparison.Ordinal) && StageOf(file) is not null)
        select $"{file.At(declared)}: namespace {name}, expected {expected}",
        "name the namespace after the stage folder");

    [Fact]
    public void AStage_UsesOnlyWhatStandsLeftOfIt() => Sources.MustBeNone(
        from file in Sources.Core
        let stage = StageOf(file)
        where stage is not null && _mayUse.ContainsKey(stage)
        from use in UsesOf(file)
        where use.Stage != stage && !_mayUse[stage].Contains(use.Stage)
        select $"{file.At(use.Where)}: {stage} uses {use.Stage}",
        "move the shared type left (Events, Rules), or let Pipeline.cs hand the value over");

    [Fact]
    public void RootFilesOtherThanThePipeline_UseNoStage() => Sources.MustBeNone(
        from file in Sources.Core
        where StageOf(file) is null && !IsPipeline(file)
        from use in UsesOf(file)
        select $"{file.At(use.Where)}: uses {use.Stage}, and every stage sees this file",
        "move the file into a stage; only Pipeline.cs sees them all");

    [Fact]
    public void NoStage_MentionsThePipeline()
    {
        var pipelineTypes = Sources.Core.Where(IsPipeline)
            .SelectMany(file => file.Nodes<BaseTypeDeclarationSyntax>()).Select(type => type.Identifier.Text).ToHashSet();
        Sources.MustBeNone(
            from file in Sources.Core
            where StageOf(file) is not null
            from name in file.Nodes<SimpleNameSyntax>()
            where pipelineTypes.Contains(name.Identifier.Text) && IsTypeReference(name)
            select $"{file.At(name)}: {name}",
            "the pipeline calls the stages, never the other way round");
    }

    private static bool IsPipeline(SourceFile file) => StageOf(file) is null && file.Path.Split('/')[^1].StartsWith("Pipeline", StringComparison.Ordinal);

    private static string? StageOf(SourceFile file) => file.Path.Split('/') is { Length: > 3 } parts ? parts[2] : null;

    private static IEnumerable<(string Stage, SyntaxNode Where)> UsesOf(SourceFile file)
    {
        foreach (var name in file.Nodes<QualifiedNameSyntax>())
            if (name.Parent is not (QualifiedNameSyntax or BaseNamespaceDeclarationSyntax) && StageNamedBy(name.ToString()) is { } stage)
                yield return (stage, name);
        // In an expression the same word may be a property (State.Count), so what follows must be a type of that stage.
        foreach (var access in file.Nodes<MemberAccessExpressionSyntax>())
            if (StageNamedBy(access.ToString()) is { } stage && _typesByStage.Value[stage].Contains(access.Name.Identifier.Text))
                yield return (stage, access);
    }

    private static string? StageNamedBy(string name)
    {
        var parts = name.Replace("global::", "", StringComparison.Ordinal).Split('.');
        var first = parts[0] == "StreamEngage" && parts.Length > 1 ? parts[1] : parts[0];
        return _mayUse.ContainsKey(first) ? first : null;
    }

    // A bare name after "." is a member; only a free-standing or leftmost name can be the type.
    private static bool IsTypeReference(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        NameColonSyntax or NameEqualsSyntax => false,
        _ => true
    };

    private static readonly Lazy<ILookup<string, string>> _typesByStage = new(() =>
        (from file in Sources.Core
         let stage = StageOf(file)
         where stage is not null
         from type in file.Nodes<BaseTypeDeclarationSyntax>()
         select (Stage: stage, type.Identifier.Text)).ToLookup(type => type.Stage, type => type.Text));
}
