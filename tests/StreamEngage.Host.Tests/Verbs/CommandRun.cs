using System.CommandLine;
using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>What one call of the command line gave.</summary>
internal sealed record CommandRun(int Exit, string Output, string Errors)
{
    public static CommandRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = errors };
        var exit = CommandLine.RunAsync(CommandLine.Root(), args, configuration).GetAwaiter().GetResult();
        return new(exit, output.ToString(), errors.ToString());
    }
}

/// <summary>A folder of its own for one test, with a rulebook and events in it.</summary>
internal sealed class RunFolder : IDisposable
{
    public const string CartRule = """
        trigger: cart-abandonment
        version: 1
        on:
          absence:
            of: [purchase]
            after: {event: cart_add, as: cart}
            for: 30m
            repeat: restart
        decide: {channels: [push], expires: 2h}
        prompt: {data: {price: cart.price}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-").FullName;

    public string Rules => In("rules");

    public string this[string file] => In(file);

    public RunFolder Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
        File.WriteAllText(In(file), text);
        return this;
    }

    public RunFolder WithCartRule() => Write("rules/cart.yaml", CartRule);

    /// <summary>A generated shop clickstream.</summary>
    public string Generate(int events, int users, double malformed = 0)
    {
        var text = FormattableString.Invariant($"{malformed}");
        Assert.Equal(0, CommandRun.Of("generate", "--events", $"{events}", "--users", $"{users}", "--malformed", text, "--out", In("shop.ndjson")).Exit);
        return In("shop.ndjson");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string file) => Path.Combine(_folder, file);
}
