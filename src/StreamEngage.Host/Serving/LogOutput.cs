using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Serving;

/// <summary>Where log lines go: standard error, as text for people or as JSON for a collector.</summary>
internal static class LogOutput
{
    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {EventId} {Message:lj}{NewLine}{Exception}";

    public static ILoggerFactory Open(ObserveSettings settings)
    {
        var lines = new LoggerConfiguration().MinimumLevel.Is(LevelOf(settings.LogLevel))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        // Standard output is for what a program prints; every level goes to standard error.
        const LogEventLevel all = LogEventLevel.Verbose;
        var logger = settings.LogFormat == LogFormat.Json
            ? lines.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture), standardErrorFromLevel: all)
            : lines.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: all);
        return new SerilogLoggerFactory(logger.CreateLogger(), dispose: true);
    }

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
