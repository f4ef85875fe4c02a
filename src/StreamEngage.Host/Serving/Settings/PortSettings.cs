using System.Net;
using Microsoft.Extensions.Logging;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>Section <c>admin</c>: the port that changes things. It opens only where a token is set.</summary>
internal sealed record AdminSettings
{
    public string Address { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 9465;

    /// <summary>Says yes to an address that others reach: the port speaks no TLS, so something before it has to.</summary>
    public bool BehindTls { get; init; }

    /// <summary>May look.</summary>
    public Secret? ReaderToken { get; init; }

    /// <summary>May look and change.</summary>
    public Secret? OperatorToken { get; init; }

    public bool IsOpen => ReaderToken is not null || OperatorToken is not null;

    public IEnumerable<string> Problems()
    {
        if (!PortText.IsAddress(Address, out var address)) yield return PortText.NoAddress("admin", Address);
        else if (!IPAddress.IsLoopback(address) && !BehindTls)
            yield return $"admin.address '{Address}' can be reached from elsewhere, without TLS; " +
                "use 127.0.0.1, or set admin.behind_tls: true where a proxy adds TLS";
        if (!PortText.IsPort(Port)) yield return PortText.NoPort("admin", Port);
        foreach (var (name, token) in new[] { ("reader", ReaderToken), ("operator", OperatorToken) })
            if (token?.Length < ServeLimits.TokenCharsMin)
                yield return $"admin.{name}_token must have at least {ServeLimits.TokenCharsMin} characters; make one with: openssl rand -hex 32";
        if (ReaderToken is not null && ReaderToken.Reveal() == OperatorToken?.Reveal())
            yield return "admin.reader_token and admin.operator_token must differ: who may look could change things";
    }
}

/// <summary>How log lines are written.</summary>
internal enum LogFormat { Text, Json }

/// <summary>Section <c>observe</c>: health, metrics, logs and traces.</summary>
internal sealed record ObserveSettings
{
    public string Address { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 9464;

    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Collector that also gets metrics, and traces; null: none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Share of prompts that are traced, 0 to 1.</summary>
    public double TraceShare { get; init; } = 0.001;

    /// <summary>Keys the hash that stands for a user in logs: with the same key instances agree. Without one every run has its own.</summary>
    public Secret? UserHashKey { get; init; }

    public IEnumerable<string> Problems()
    {
        if (!PortText.IsAddress(Address, out _)) yield return PortText.NoAddress("observe", Address);
        if (!PortText.IsPort(Port)) yield return PortText.NoPort("observe", Port);
        if (OtlpEndpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return $"observe.otlp_endpoint must be an http or https address such as http://collector:4317, was '{endpoint}'";
        if (!(TraceShare is >= 0 and <= 1)) yield return FormattableString.Invariant($"observe.trace_share must be 0 to 1, was {TraceShare}");
        if (UserHashKey?.Length < ServeLimits.TokenCharsMin)
            yield return $"observe.user_hash_key must have at least {ServeLimits.TokenCharsMin} characters; make one with: openssl rand -hex 32";
    }
}

/// <summary>What both ports are checked by.</summary>
internal static class PortText
{
    public static bool IsAddress(string text, out IPAddress address) => IPAddress.TryParse(text, out address!);

    public static bool IsPort(int port) => port is >= 1 and <= 65_535;

    public static string NoAddress(string section, string was) => $"{section}.address must be an IP address such as 127.0.0.1 or 0.0.0.0, was '{was}'";

    public static string NoPort(string section, int was) => $"{section}.port must be 1 to 65535, was {was}";
}
