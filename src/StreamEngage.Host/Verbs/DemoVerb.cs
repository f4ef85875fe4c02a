using System.CommandLine;
using Spectre.Console;
using StreamEngage.Detect;
using StreamEngage.Host.Demo;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Generation;
using StreamEngage.Rulebooks;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage demo</c>: a running engine on generated clickstream.</summary>
internal static class DemoVerb
{
    private static readonly DemoSettings _defaults = new();

    private static readonly Option<int> _rate = new("--rate")
    {
        Description = "mean lines a second", DefaultValueFactory = _ => _defaults.Rate,
    };

    private static readonly Option<string> _duration = new("--duration")
    {
        Description = "how long, such as 30s or 5m, or forever: until Ctrl+C", DefaultValueFactory = _ => "45s",
    };

    private static readonly Option<int?> _users = new("--users") { Description = "users of the shop; default: 20 for each line a second" };

    private static readonly Option<string?> _rules = new("--rules") { Description = "folder of the rulebook; default: the shop's that comes along" };

    private static readonly Option<double> _speed = new("--speed")
    {
        Description = "how many times faster than the wall clock event time runs: at 120 half an hour takes 15 s",
        DefaultValueFactory = _ => _defaults.Speed,
    };

    private static readonly Option<ulong> _seed = new("--seed")
    {
        Description = "the same seed and settings give the same prompts", DefaultValueFactory = _ => _defaults.Seed,
    };

    private static readonly Option<string?> _prompts = new("--prompts")
    {
        Description = "file for the prompt commands, one JSON object a line as they are decided, or - for standard output",
    };

    private static readonly Option<bool> _json = new("--json") { Description = "one JSON object a second and one at the end" };

    public static Command Command()
    {
        var command = new Command("demo",
            "A running engine on generated clickstream: nothing to install, nothing is written.\n" +
            "Example: streamengage demo --rate 5000 --speed 300 --duration 2m");
        foreach (var option in (Option[])[_rate, _duration, _users, _rules, _speed, _seed, _prompts, _json]) command.Options.Add(option);
        command.SetAction((parsed, stop) => RunAsync(parsed, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        if (Settings(parsed, out var problem) is not { } settings) return Fail(problem, 2);
        var promptsPath = parsed.GetValue(_prompts);
        if (promptsPath == "-" && parsed.GetValue(_json)) return Fail("--json and --prompts - cannot both have standard output", 2);
        var reading = RulebookFolder.Read(parsed.GetValue(_rules) ?? Path.Combine(AppContext.BaseDirectory, "rulebooks", "shop"));
        if (reading.Definition is not { } definition) return Fail(string.Join('\n', reading.Problems), 2);
        if (ShopTraffic.Of(settings) is not { } shop)
            return Fail($"{settings.UsersOfShop} users do not make {settings.Rate} lines a second: more --users or more --speed", 2);
        Stream? promptsFile = null;
        if (promptsPath is not null && !EventFiles.TryCreate(promptsPath, out promptsFile, out var error)) return Fail(error, 2);
        using var prompts = promptsFile is null ? null : new StreamLines(promptsFile);
        try
        {
            return await ShowAsync(parsed, settings, new DemoRun(RulebookCompiler.Compile(definition), shop, settings, prompts), stop);
        }
        catch (IOException e)
        {
            return Fail($"output cannot be written: {e.Message}", 1);
        }
    }

    private static async Task<int> ShowAsync(ParseResult parsed, DemoSettings settings, DemoRun run, CancellationToken stop)
    {
        var isJson = parsed.GetValue(_json);
        var output = parsed.GetValue(_prompts) == "-" ? Console.Error : Console.Out;
        var isScreen = !isJson && output == Console.Out && !Console.IsOutputRedirected && DemoView.IsScreen(AnsiConsole.Console);
        DemoSnapshot end;
        await using (var view = isScreen ? DemoView.OnScreen(settings, AnsiConsole.Console, output)
            : DemoView.Of(isJson ? now => DemoJson.Of("progress", now) : DemoLines.Progress, output))
            end = await run.RunAsync(TimeProvider.System, view, stop);
        if (isJson) output.WriteLine(DemoJson.Of("summary", end));
        else foreach (var line in DemoLines.Summary(end, settings)) output.WriteLine(line);
        return end.IsBalanced ? 0 : 1;
    }

    private static DemoSettings? Settings(ParseResult parsed, out string problem)
    {
        var text = parsed.GetRequiredValue(_duration);
        var milliseconds = text == "forever" ? null : DurationText.Parse(text);
        var settings = new DemoSettings
        {
            Rate = parsed.GetValue(_rate),
            Duration = milliseconds is { } duration ? TimeSpan.FromMilliseconds(duration) : null,
            Users = parsed.GetValue(_users),
            Speed = parsed.GetValue(_speed),
            Seed = parsed.GetValue(_seed),
        };
        problem = milliseconds is null && text != "forever"
            ? $"--duration '{text}' is not {DurationText.Examples}, nor forever"
            : string.Join("; ", settings.Problems());
        return problem.Length == 0 ? settings : null;
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"demo: {message}");
        return code;
    }
}
