using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class CommandLineTests
{
    [Fact]
    public void Help_OfEachVerb_ListsEveryOptionAndAnExample()
    {
        Assert.All(CommandLine.Root().Subcommands, verb =>
        {
            var help = CommandRun.Of(verb.Name, "--help");
            Assert.Equal(0, help.Exit);
            Assert.Empty(help.Errors);
            Assert.Contains($"streamengage {verb.Name} ", help.Output, StringComparison.Ordinal);
            Assert.Contains("Example", help.Output, StringComparison.Ordinal);
            Assert.All(verb.Options, option => Assert.Contains($"  {option.Name} ", help.Output, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Help_OfTheRoot_NamesEveryVerb()
    {
        var help = CommandRun.Of("--help");
        Assert.Equal(0, help.Exit);
        Assert.All(CommandLine.Root().Subcommands, verb => Assert.Contains($"  {verb.Name} ", help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Version_IsPrinted()
    {
        var version = CommandRun.Of("--version");
        Assert.Equal(0, version.Exit);
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
    }

    [Theory]
    [InlineData("name a verb")]
    [InlineData("did you mean 'run'", "rnu")]
    [InlineData("did you mean '--events'", "run", "--rules", "r", "--evnts", "e", "--prompts", "p")]
    [InlineData("'--prompts' is required", "run", "--rules", "r", "--events", "e")]
    [InlineData("'--rules' is required", "backtest", "--events", "e")]
    [InlineData("'DIR'", "lint")]
    [InlineData("'two'", "lint", "one", "two")]
    [InlineData("'many'", "run", "--rules", "r", "--events", "e", "--prompts", "p", "--lanes", "many")]
    public void WrongUsage_IsTwo_InOneLineThatSaysWhatToDo(string expected, params string[] args)
    {
        var run = CommandRun.Of(args);
        Assert.Equal(2, run.Exit);
        Assert.Empty(run.Output);
        var line = Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains("--help", line, StringComparison.Ordinal);
    }
}
