using System.Globalization;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>
/// What the engine does on Kafka and Redis, in seven parts. <c>--serve</c> runs all and writes <c>results/serve.md</c>; with names of parts it runs these
/// and prints. <c>name=number</c> sets a size; <c>broker=test</c> runs on the tests' broker, with transactions; a storm
/// runs only there unless it is asked for: a member that leaves hangs the mock's group now and then.
/// </summary>
internal sealed class ServeReport(IReadOnlyList<string> options)
{
    private static readonly string[] _parts = ["throughput", "latency", "hot-user", "takeover", "storm", "absence", "catch-up"];

    // What the parts are loaded by where throughput is not measured before them.
    private double _capacity = 30_000;

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
        var before = LoadAverage();
        var sections = new List<string>();
        await using (var ground = await Ground.OpenAsync(_given.GetValueOrDefault("redis"), HasTransactions))
            foreach (var part in asked.Count > 0 ? asked : [.. _parts.Where(part => part != "storm" || HasTransactions)])
                sections.AddRange(await SectionAsync(part, ground));
        string[] lines =
        [
            "# The served engine on Kafka and Redis", "",
            .. Figures.Circumstances($"dotnet run -c Release --project benchmarks/StreamEngage.Benchmarks -- --serve {string.Join(' ', options)}".TrimEnd()),
            $"Load average before and after: {before}; {LoadAverage()}. Everything is on this machine: generator, redis-server (append-only",
            "file, fsync every second), engine and, in the benchmark's process,",
            HasTransactions
                ? "the tests' broker, which is not Kafka: it isolates transactions and fences, keeps everything in memory and replicates nothing. exactly_once."
                : "librdkafka's mock cluster, which is not Kafka: it replicates nothing and isolates no transactions. at_least_once.",
            .. sections,
        ];
        if (asked.Count == 0 && !HasTransactions) File.WriteAllLines(Path.Combine(Figures.RepositoryRoot, "benchmarks", "results", "serve.md"), lines);
        foreach (var line in lines) Console.WriteLine(line);
        return 0;
    }

    private async Task<IReadOnlyList<string>> SectionAsync(string part, Ground ground)
    {
        Console.Error.WriteLine($"{part} ...");
        try
        {
            var (title, table) = await PartAsync(part, ground);
            return ["", $"## {title}", "", .. table];
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            // The other parts are worth having all the same.
            return ["", $"## {part}", "", $"Failed: {failure.Message}"];
        }
    }

    private async Task<(string Title, IReadOnlyList<string> Table)> PartAsync(string part, Ground ground)
    {
        switch (part)
        {
            case "throughput":
                var throughput = new Throughput(ground, Size("users", 100_000), Size("events", 600_000), Size("rounds", 3));
                var table = await throughput.RunAsync();
                _capacity = throughput.Capacity;
                return ("End to end against the limit loop", table);
            case "latency":
                var latency = new Latency(ground, Size("users", 100_000), Size("seconds", 10));
                return ("Event to prompt, open loop", await latency.RunAsync(Size("rate", (int)_capacity)));
            case "hot-user":
                var hot = new HotUsers(ground, Size("users", 100_000), Size("seconds", 10));
                return ("Beside a hot user", await hot.RunAsync(Size("hot-rate", (int)(_capacity * 0.2))));
            case "takeover":
                var takeover = new Takeover(ground, Size("takeover-users", 1_000_000));
                return ("Takeover after kill -9", await takeover.RunAsync(Size("takeover-rate", (int)(_capacity * 0.5))));
            case "storm":
                var storm = new Storm(ground, Size("users", 100_000), Size("storm-events", 4_000_000), Size("storm-seconds", 12));
                return ("Another comes and goes", await storm.RunAsync());
            case "absence":
                return ("Absences on idle lanes", await new Absences(ground, Size("absences", 5_000)).RunAsync());
            default:
                return ("Catching up", await new CatchUp(ground, Size("users", 100_000), Size("minutes", 10)).RunAsync(Size("catch-up-rate", 1_000)));
        }
    }

    private bool HasTransactions => _given.GetValueOrDefault("broker") == "test";

    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    private int Size(string name, int otherwise) => _given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
