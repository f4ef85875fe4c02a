using System.Reflection;

namespace StreamEngage.Conventions;

/// <summary>What others may build on changes only on purpose: the public surface is text under review.</summary>
public sealed class PublicApiTests
{
    private const string ApproveVariable = "STREAMENGAGE_APPROVE";

    [Theory]
    [InlineData("StreamEngage.Core")]
    [InlineData("StreamEngage.Testing")]
    public void ThePublicSurface_IsTheApprovedOne(string assembly)
    {
        var path = $"tests/StreamEngage.Core.Tests/Conventions/approved/{assembly}.txt";
        var file = Path.Combine(Datasets.RepositoryRoot, path);
        var actual = ApiText.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
            File.WriteAllLines(file, actual);

        var approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        var line = approved.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(line == approved.Length && line == actual.Count,
            $"""
            {path}:{line + 1}: the public surface of {assembly} is not the approved one.
              approved: {approved.ElementAtOrDefault(line) ?? "(end)"}
              now:      {actual.ElementAtOrDefault(line) ?? "(end)"}
            Remedy: make it internal; if it is meant for users, run with {ApproveVariable}=1 and commit the text.
            """);
    }
}
