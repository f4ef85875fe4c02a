using System.Text.Json;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class LintVerbTests : IDisposable
{
    private const string Misspelt = "trigger: bad\nversion: 1\non: {event: view}\nif: \"conut(view) over 1h > 1\"\nprompt: {data: {}}\n";

    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    [Fact]
    public void ARulebookWithoutProblems_IsNought() => Assert.Equal((0, "0 errors, 0 warnings\n"), Lint());

    [Fact]
    public void Warnings_AloneAreNought()
    {
        _folder.Write("rules/cart.yaml", RunFolder.CartRule.Replace("prompt: {", "prompt: {template: none, ", StringComparison.Ordinal));
        var (exit, output) = Lint();
        Assert.Equal(0, exit);
        Assert.Matches(@"cart.yaml\(\d+,\d+\): warning unknown-template: .*\n0 errors, 1 warning\n$", output);
    }

    [Fact]
    public void Errors_AreOne_EachAtItsPlace()
    {
        var (exit, output) = (_folder.Write("rules/bad.yaml", Misspelt), Lint()).Item2;
        Assert.Equal(1, exit);
        Assert.Matches(@"^bad.yaml\(4,\d+\): error [a-z-]+: .*'count'", output);
        Assert.EndsWith("1 error, 0 warnings\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_HasTheSame()
    {
        _folder.Write("rules/bad.yaml", Misspelt);
        var (exit, output) = Lint("--json");
        Assert.Equal(1, exit);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((1, 0), (json.GetProperty("errors").GetInt32(), json.GetProperty("warnings").GetInt32()));
        var problem = Assert.Single(json.GetProperty("problems").EnumerateArray());
        Assert.Equal(("bad.yaml", 4, "error"),
            (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("severity").GetString()));
    }

    [Fact]
    public void AFolderThatIsNotThere_IsTwo() => Assert.Equal(2, CommandRun.Of("lint", _folder["none"]).Exit);

    public void Dispose() => _folder.Dispose();

    private (int Exit, string Output) Lint(params string[] more)
    {
        var run = CommandRun.Of(["lint", _folder.Rules, .. more]);
        return (run.Exit, run.Output.ReplaceLineEndings("\n"));
    }
}
