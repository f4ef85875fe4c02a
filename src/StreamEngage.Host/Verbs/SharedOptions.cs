using System.CommandLine;

namespace StreamEngage.Host.Verbs;

/// <summary>Options that mean the same wherever they stand.</summary>
internal static class SharedOptions
{
    public static readonly Option<string> Rules = new("--rules")
    {
        HelpName = "DIR",
        Description = "folder of the rulebook", Required = true,
    };

    public static readonly Option<string> Events = new("--events")
    {
        HelpName = "FILE|-",
        Description = "events, one JSON object a line: a file, .gz, .zip of one file, .avro container file, or - for standard input", Required = true,
    };

    public static readonly Option<string?> Map = new("--map")
    {
        HelpName = "FILE",
        Description = "mapping file that turns the rows of a CSV file into events (maps/README.md)",
    };

    public static readonly Option<string?> IngestTime = new("--ingest-time")
    {
        HelpName = "TIME|none",
        Description = "when the events were taken in, by which those from the future are refused: RFC 3339, milliseconds, or none for no check; "
            + "by default the wall clock",
    };

    public static readonly Option<string[]> Changes = new("--change")
    {
        HelpName = "TIME=DIR",
        Description = "another rulebook from this instant of the stream's clock on (RFC 3339 or milliseconds); may be given several times: see docs/changes.md",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<bool> Json = new("--json") { Description = "the summary as one JSON object" };

    public static string? WrongIngestTime(ParseResult parsed)
    {
        var text = parsed.GetValue(IngestTime);
        return Runs.IngestTime.TryParse(text, TimeProvider.System, out _)
            ? null : $"--ingest-time '{text}' is neither none nor a time such as 2026-01-01T00:00:00Z";
    }
}
