using System.CommandLine;
using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage generate</c>: a synthetic clickstream with known truth.</summary>
internal static class GenerateVerb
{
    private static readonly ShopSettings _defaults = new();

    private static readonly Option<int> _users = new("--users")
    {
        Description = $"users of the shop, 1 to {ShopSettings.UsersMax}", DefaultValueFactory = _ => _defaults.Users,
    };

    private static readonly Option<long> _events = new("--events")
    {
        Description = "lines to write, duplicates and malformed ones included", DefaultValueFactory = _ => _defaults.Events,
    };

    private static readonly Option<ulong> _seed = new("--seed")
    {
        Description = "the same seed and settings give the same bytes on any machine", DefaultValueFactory = _ => _defaults.Seed,
    };

    private static readonly Option<string> _out = new("--out")
    {
        Description = "file for the events (compressed when it ends in .gz), or - for standard output",
        DefaultValueFactory = _ => "-",
    };

    private static readonly Option<string?> _truth = new("--truth")
    {
        Description = "file for what is true of the stream: abandoned carts, churners, duplicates, late events (docs/generate.md)",
    };

    private static readonly Option<string> _start = new("--start")
    {
        Description = "instant of the first visits, RFC 3339", DefaultValueFactory = _ => _defaults.Start.ToString(),
    };

    private static readonly Option<double> _sessionsPerDay = new("--sessions-per-day")
    {
        Description = "mean sessions a day of an active user", DefaultValueFactory = _ => _defaults.SessionsPerDay,
    };

    private static readonly Option<double> _duplicates = new("--duplicates")
    {
        Description = "share of events sent twice, 0 to 0.5", DefaultValueFactory = _ => _defaults.Duplicates,
    };

    private static readonly Option<double> _late = new("--late")
    {
        Description = "share of events that arrive out of order or late, 0 to 0.5", DefaultValueFactory = _ => _defaults.Late,
    };

    private static readonly Option<double> _malformed = new("--malformed")
    {
        Description = "share of additional lines that cannot be decoded, 0 to 0.5", DefaultValueFactory = _ => _defaults.Malformed,
    };

    private static readonly Option<int> _rate = new("--rate")
    {
        Description = "most lines a second, to feed a live pipe; 0 is as fast as it goes", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool> _json = new("--json")
    {
        Description = "what was written, counted, as one JSON object: on standard output, or on standard error where the events go there",
    };

    public static Command Command()
    {
        var command = new Command("generate",
            "Write a synthetic shop clickstream, one JSON event a line in order of arrival, and what is true of it.\n" +
            "Example: streamengage generate --users 1000 --events 100000 --seed 7 --out events.ndjson --truth truth.ndjson");
        foreach (var option in (Option[])
            [_users, _events, _seed, _out, _truth, _start, _sessionsPerDay, _duplicates, _late, _malformed, _rate, _json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => RunAsync(parsed, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        if (Settings(parsed, out var rate, out var problem) is not { } settings) return Fail(problem, 2);
        var outPath = parsed.GetRequiredValue(_out);
        if (!EventFiles.TryCreate(outPath, out var outFile, out var error)) return Fail(error, 2);
        Stream? truthFile = null;
        if (parsed.GetValue(_truth) is { } truthPath && !EventFiles.TryCreate(truthPath, out truthFile, out error))
        {
            await outFile.DisposeAsync();
            return Fail(error, 2);
        }
        try
        {
            using var lines = new StreamLines(outFile);
            using var truth = truthFile is null ? null : new StreamLines(truthFile);
            var stream = new ShopClickstream(settings, truth);
            await GenerateProgress.ShowAsync(outPath, settings.Events, progress => WriteAsync(stream, lines, new Pace(rate), progress, stop));
            if (stop.IsCancellationRequested) return Fail($"{outPath}: stopped after {stream.Counts.Lines} lines", 1);
            var console = parsed.InvocationConfiguration;
            if (parsed.GetValue(_json)) await (outPath == "-" ? console.Error : console.Output).WriteLineAsync(Json(stream.Counts));
            return 0;
        }
        catch (IOException e)
        {
            return Fail($"{outPath}: cannot be written: {e.Message}", 1);
        }
    }

    // Numbers only, so there is nothing to escape.
    private static string Json(StreamCounts counts) => FormattableString.Invariant(
        $$"""
        {"lines":{{counts.Lines}},"duplicates":{{counts.Duplicates}},"collisions":{{counts.Collisions}},"late":{{counts.Late}},"malformed":{{counts.Malformed}}}
        """);

    private static async Task WriteAsync(
        ShopClickstream stream, StreamLines lines, Pace pace, Action<long> progress, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && stream.TryNext(out var line))
        {
            line.WriteLine(lines);
            var written = stream.Counts.Lines;
            if (written % 4096 == 0) progress(written);
            if (!pace.IsDue(written)) continue;
            lines.Flush();
            await pace.WaitAsync(written, stop);
        }
        progress(stream.Counts.Lines);
    }

    private static ShopSettings? Settings(ParseResult parsed, out int rate, out string problem)
    {
        rate = parsed.GetValue(_rate);
        var isTime = DateTimeOffset.TryParse(parsed.GetValue(_start), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var start);
        var settings = new ShopSettings
        {
            Seed = parsed.GetValue(_seed),
            Users = parsed.GetValue(_users),
            Events = parsed.GetValue(_events),
            Start = new EventTime(start.ToUnixTimeMilliseconds()),
            SessionsPerDay = parsed.GetValue(_sessionsPerDay),
            Duplicates = parsed.GetValue(_duplicates),
            Late = parsed.GetValue(_late),
            Malformed = parsed.GetValue(_malformed),
        };
        problem = !isTime ? $"--start '{parsed.GetValue(_start)}' is no RFC 3339 time such as 2026-01-01T00:00:00Z"
            : rate < 0 ? $"--rate must be 0 or more, was {rate}"
            : string.Join("; ", settings.Problems());
        return problem.Length == 0 ? settings : null;
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"generate: {message}");
        return code;
    }
}
