using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>The <c>kafka.security</c> section. Secrets are in files, one each; a line end after one is ignored.</summary>
internal sealed record KafkaSecurity
{
    public bool Tls { get; init; }

    /// <summary>Authorities to trust, PEM; null: the system's.</summary>
    public string? CaFile { get; init; }

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    public string? KeyPasswordFile { get; init; }

    /// <summary><c>PLAIN</c>, <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-512</c>; null: none.</summary>
    public string? Sasl { get; init; }

    public string? Username { get; init; }

    public string? PasswordFile { get; init; }

    /// <summary>Takes any certificate. Named so that nobody sets it by mistake.</summary>
    public bool AllowUnverifiedBrokers { get; init; }

    private static readonly Dictionary<string, SaslMechanism> Mechanisms = new(StringComparer.Ordinal)
    {
        ["PLAIN"] = SaslMechanism.Plain, ["SCRAM-SHA-256"] = SaslMechanism.ScramSha256, ["SCRAM-SHA-512"] = SaslMechanism.ScramSha512,
    };

    public IEnumerable<string> Problems()
    {
        foreach (var (path, file) in Files())
        {
            if (file is not null && !File.Exists(file)) yield return $"kafka.security.{path}: {file} does not exist";
        }
        if (!Tls && (CaFile ?? CertificateFile ?? KeyFile ?? KeyPasswordFile) is not null)
            yield return "kafka.security.tls: is false, so the certificate files would not be used; set it to true or take them out";
        if (CertificateFile is null != KeyFile is null) yield return "kafka.security: certificate_file and key_file go together";
        if (Sasl is not null && !Mechanisms.ContainsKey(Sasl))
            yield return $"kafka.security.sasl: \"{Sasl}\" is none of {string.Join(", ", Mechanisms.Keys)}";
        if (Sasl is null != Username is null || Sasl is null != PasswordFile is null)
            yield return "kafka.security: sasl, username and password_file go together";
        if (Sasl == "PLAIN" && !Tls) yield return "kafka.security.tls: is false, and PLAIN sends the password as it is; set it to true or use SCRAM";
        if (AllowUnverifiedBrokers && !Tls) yield return "kafka.security.allow_unverified_brokers: means nothing without kafka.security.tls: true";
    }

    public void ApplyTo(ClientConfig config)
    {
        config.SecurityProtocol = (Tls, Sasl) switch
        {
            (true, null) => SecurityProtocol.Ssl,
            (true, _) => SecurityProtocol.SaslSsl,
            (false, null) => SecurityProtocol.Plaintext,
            _ => SecurityProtocol.SaslPlaintext,
        };
        if (Tls) ApplyTls(config);
        if (Sasl is null) return;
        config.SaslMechanism = Mechanisms[Sasl];
        config.SaslUsername = Username;
        config.SaslPassword = Secret(PasswordFile!);
    }

    /// <summary>What a file holds, without the line end that editors leave.</summary>
    public static string Secret(string file) => File.ReadAllText(file).TrimEnd('\r', '\n');

    private void ApplyTls(ClientConfig config)
    {
        config.EnableSslCertificateVerification = !AllowUnverifiedBrokers;
        // The client library checks the chain by default, but not that the name is the broker's.
        config.SslEndpointIdentificationAlgorithm = AllowUnverifiedBrokers ? SslEndpointIdentificationAlgorithm.None : SslEndpointIdentificationAlgorithm.Https;
        if (CaFile is not null) config.SslCaLocation = CaFile;
        if (CertificateFile is not null) config.SslCertificateLocation = CertificateFile;
        if (KeyFile is not null) config.SslKeyLocation = KeyFile;
        if (KeyPasswordFile is not null) config.SslKeyPassword = Secret(KeyPasswordFile);
    }

    private IEnumerable<(string Path, string? File)> Files() =>
    [
        ("ca_file", CaFile), ("certificate_file", CertificateFile), ("key_file", KeyFile), ("key_password_file", KeyPasswordFile),
        ("password_file", PasswordFile),
    ];
}
