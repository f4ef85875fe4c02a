using System.Text.Json;
using StreamEngage.Host.Tests.Demo;
using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class DemoVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-").FullName;

    [Fact]
    public void Demo_EndsByItself_AndWritesItsPrompts()
    {
        var rules = WriteRules();
        var prompts = Path.Combine(_folder, "prompts.ndjson");
        Assert.Equal(0, Run("--rules", rules, "--duration", "1s", "--rate", "500", "--speed", "2000", "--prompts", prompts));
        var lines = File.ReadAllLines(prompts);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal("send", JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--speed", "0.5")]
    [InlineData("--duration", "soon")]
    [InlineData("--duration", "10ms")]
    [InlineData("--users", "0")]
    [InlineData("--users", "3")]
    [InlineData("--rules", "no-such-folder")]
    public void WrongUsage_IsTwo(string option, string value)
    {
        var rules = option == "--rules" ? Array.Empty<string>() : ["--rules", WriteRules()];
        Assert.Equal(2, Run([option, value, .. rules]));
    }

    [Fact]
    public void StandardOutput_CannotBeBothJsonAndPrompts() => Assert.Equal(2, Run("--json", "--prompts", "-", "--rules", WriteRules()));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string WriteRules()
    {
        foreach (var (name, text) in DemoShop.Files)
        {
            var path = Path.Combine(_folder, "rules", name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        return Path.Combine(_folder, "rules");
    }

    private static int Run(params string[] args) => DemoVerb.Command().Parse(args).Invoke();
}
