using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace StreamEngage.Redis;

/// <summary>Makes the client library's connections. The one place that knows how its versions differ.</summary>
internal static class RedisClient
{
    private const int ServerPort = 6379;
    private const int SentinelPort = 26379;

    // Of the library's message: an option of its own, which is none of the settings.
    private const string HintToProgrammers = "; to create a disconnected multiplexer, disable AbortOnConnectFail";

    // The client would subscribe for news of its own kind, which needs rights and a second connection and is never sent here.
    private static readonly HashSet<string> _unused = ["SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "PUBLISH"];

    /// <summary>Versions before 2 know no other user than the default one, and refuse the option by its name.</summary>
    public static bool CanLogInAs(string user)
    {
        try
        {
            ConfigurationOptions.Parse($"user={user}");
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A connection to the servers of the settings, or to the master that the sentinels named.</summary>
    public static Task<ConnectionMultiplexer> ConnectAsync(RedisSettings settings, EndPoint? master) =>
        OpenAsync(ServerOptions(settings, master), settings.ConnectTimeout);

    /// <summary>Why there is no connection: the library says it only to those who insist on one. Null where there is one, or behind sentinels.</summary>
    public static async Task<string?> WhyNotAsync(RedisSettings settings)
    {
        if (settings.SentinelMaster is not null) return null;
        var options = ServerOptions(settings, master: null);
        options.AbortOnConnectFail = true;
        try
        {
            var client = await OpenAsync(options, settings.ConnectTimeout).ConfigureAwait(false);
            await client.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            return failure.Message.Replace(HintToProgrammers, "", StringComparison.Ordinal);
        }
    }

    private static ConfigurationOptions ServerOptions(RedisSettings settings, EndPoint? master)
    {
        var options = Options(settings, settings.User);
        options.CommandMap = CommandMap.Create(_unused, available: false);
        options.Password = settings.Password;
        options.DefaultDatabase = settings.Database;
        // Comes back by itself when the server does; until then every call fails at once or in its time.
        options.AbortOnConnectFail = false;
        if (master is not null) options.EndPoints.Add(master);
        else foreach (var address in settings.Addresses) options.EndPoints.Add(RedisSettings.EndPointOf(address, ServerPort)!);
        return options;
    }

    public static Task<ConnectionMultiplexer> ConnectToSentinelAsync(RedisSettings settings, string address)
    {
        var options = Options(settings, user: null);
        options.CommandMap = CommandMap.Sentinel;
        options.Password = settings.SentinelPassword;
        options.AbortOnConnectFail = true;
        options.EndPoints.Add(RedisSettings.EndPointOf(address, SentinelPort)!);
        return OpenAsync(options, settings.ConnectTimeout);
    }

    private static ConfigurationOptions Options(RedisSettings settings, string? user)
    {
        var options = user is null ? new ConfigurationOptions() : ConfigurationOptions.Parse($"user={user}");
        options.ClientName = "streamengage";
        // The library's own switch, and INFO is behind it; what may be done is up to the server's rights.
        options.AllowAdmin = true;
        // Neither its election among masters nor its channel is wanted: they need keys outside of the prefix.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        options.ConnectTimeout = (int)settings.ConnectTimeout.TotalMilliseconds;
        options.SyncTimeout = (int)settings.CommandTimeout.TotalMilliseconds;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new ExponentialRetry(RedisLimits.ReconnectMilliseconds, RedisLimits.ReconnectMillisecondsMax);
        options.KeepAlive = RedisLimits.KeepAliveSeconds;
        options.ConfigCheckSeconds = RedisLimits.RoleCheckSeconds;
        options.Ssl = settings.Tls;
        options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (settings.TlsCaFile is { } file)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPemFile(file);
            options.CertificateValidation += (_, certificate, _, errors) => IsTrusted(certificate, errors, trusted);
        }
        return options;
    }

    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, X509Certificate2Collection trusted)
    {
        if (errors == SslPolicyErrors.None) return true;
        // A wrong name or no certificate is wrong whoever signed it.
        if (certificate is null || errors != SslPolicyErrors.RemoteCertificateChainErrors) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var shown = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(shown);
    }

    private static async Task<ConnectionMultiplexer> OpenAsync(ConfigurationOptions options, TimeSpan connect)
    {
        // The library keeps its own time; this is for the day it does not.
        var client = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(2 * connect).ConfigureAwait(false);
#pragma warning disable CS0618 // Newer versions have no such order and mark the switch as obsolete; version 1 hands replies out one by one unless told not to.
        client.PreserveAsyncOrder = false;
#pragma warning restore CS0618
        return client;
    }
}
