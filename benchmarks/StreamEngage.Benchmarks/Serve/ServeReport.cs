using System.Globalization;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>
/// What the engine does on Kafka and Redis, in five parts. <c>--serve</c> runs all and writes <c>results/serve.md</c>; with names of parts it runs these
/// and prints. <c>name=number</c> sets a size.
/// </summary>
internal sealed class ServeReport(IReadOnlyList<string> options)
{
    private static readonly string[] _parts = ["throughput", "latency", "takeover", "absence", "catch-up"];

    private readonly Dictionary<string, string> _given = options.Where(option => option.Contains('='))
        .Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public async Task<int> RunAsync()
    {
        var asked = options.Where(option => !option.Contains('=')).ToList();
        if (asked.Except(_parts).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"no part '{unknown}'; there are {string.Join(", ", _parts)}");
            return 2;
        }
        var lines = new List<string>();
        await using var ground = await Ground.OpenAsync(_given.GetValueOrDefault("redis"));
        foreach (var part in asked.Count > 0 ? asked : _parts.ToList()) lines.AddRange(await PartAsync(part, ground));
        foreach (var line in lines) Console.WriteLine(line);
        return 0;
    }

    private async Task<IReadOnlyList<string>> PartAsync(string part, Ground ground) => part switch
    {
        "throughput" => await new Throughput(ground, Size("users", 100_000), Size("events", 600_000), Size("rounds", 3)).RunAsync(),
        "latency" => await new Latency(ground, Size("users", 100_000), Size("seconds", 10)).RunAsync(Size("rate", 40_000)),
        "takeover" => await new Takeover(ground, Size("takeover-users", 1_000_000)).RunAsync(Size("takeover-rate", 15_000)),
        "absence" => await new Absences(ground, Size("absences", 5_000)).RunAsync(),
        _ => await new CatchUp(ground, Size("users", 100_000), Size("minutes", 10)).RunAsync(Size("catch-up-rate", 1_000)),
    };

    private int Size(string name, int otherwise) => _given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
