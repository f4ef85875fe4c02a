using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Behind sentinels, in a cluster, and over TLS.</summary>
public sealed class RedisTopologyTests
{
    [OwnRedisFact]
    public async Task BehindSentinels_TheStoreFollowsTheMaster()
    {
        using var first = RedisServer.Start();
        using var second = RedisServer.Start("--replicaof", "127.0.0.1", $"{first.Port}");
        await Given.Until(() => second.Ask("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal));
        using var sentinel = RedisServer.StartSentinel(first);
        await Given.Until(() => sentinel.Ask("SENTINEL replicas lanes").Contains($"{second.Port}", StringComparison.Ordinal));
        // The first address is dead: the next one is asked.
        var settings = first.Settings with
        {
            Addresses = [$"127.0.0.1:{RedisServer.FreePort()}", sentinel.Address],
            SentinelMaster = "lanes",
            ConnectTimeout = TimeSpan.FromSeconds(1)
        };
        await using var instance = new Instance(settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(0, "token", Given.Step(1, Given.Write("ann", "a")), Given.Never));
        await Given.Until(() => second.Ask("DBSIZE") == "2");
        first.Kill();
        var lane = await Given.Eventually(() => instance.Store.AcquireAsync(0, "next", Given.Never));
        Assert.Equal(1, lane.Step);
        Assert.Equal(PrepareVerdict.Prepared, await Given.Eventually(() => instance.Store.PrepareAsync(0, "next", Given.Step(2), Given.Never)));
        Assert.Contains("role:master", second.Ask("INFO replication"));
    }

    [OwnRedisFact]
    public async Task SentinelsThatKnowNoSuchMaster_AreAFailureThatSaysSo()
    {
        using var master = RedisServer.Start();
        using var sentinel = RedisServer.StartSentinel(master);
        await using var instance = new Instance(master.Settings with { Addresses = [sentinel.Address], SentinelMaster = "other" });
        var failure = await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.LookAsync(0, Given.Never));
        Assert.Contains("'other'", failure.Message);
    }

    [OwnRedisFact]
    public async Task InACluster_EveryScriptStaysInOneSlot()
    {
        using var cluster = await RedisCluster.StartAsync(nodes: 1);
        var server = cluster.Nodes[0];
        Assert.Empty(await RedisSelfTest.RunAsync(server.Settings, TimeProvider.System, Given.Never));
        var wrong = await RedisSelfTest.RunAsync(server.Settings with { Database = 1 }, TimeProvider.System, Given.Never);
        Assert.Contains(wrong, finding => finding.Text.StartsWith("redis.", StringComparison.Ordinal) && finding.Weight == FindingWeight.Refusal);
        var settings = server.Settings;
        await using var instance = new Instance(settings);
        for (var lane = 0; lane < 8; lane++)
        {
            await instance.Store.AcquireAsync(lane, "token", Given.Never);
            var step = Given.Step(1, [Given.Write("ann", "a", 5), Given.Write("bob", "b")], [Given.Entry("p", 1)]);
            Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(lane, "token", step, Given.Never));
            Assert.Equal("61 62 due ann@5:61", Given.Text(await instance.Store.LoadAsync(lane, [Given.User("ann"), Given.User("bob")], 9, 9, Given.Never)));
            var keys = LaneKeys.Of(settings.Prefix, lane, 8);
            Assert.Equal($"{KeySlot.Of(Given.Bytes(keys.Tag))}", server.Ask($"CLUSTER KEYSLOT {keys.Meta}"));
        }
    }

    [OwnRedisFact]
    public async Task OverTls_OnlyATrustedServerIsTalkedTo()
    {
        using var trusted = Certificate("a CA", null);
        using var other = Certificate("another CA", null);
        using var own = Certificate("localhost", trusted);
        using var folder = new Folder();
        var port = RedisServer.FreePort();
        using var server = RedisServer.Start(
            "--tls-port", $"{port}", "--tls-auth-clients", "no", "--tls-ca-cert-file", folder.Write("ca.pem", trusted.ExportCertificatePem()),
            "--tls-cert-file", folder.Write("own.pem", own.ExportCertificatePem()),
            "--tls-key-file", folder.Write("own.key", own.GetRSAPrivateKey()!.ExportRSAPrivateKeyPem()));
        var settings = server.Settings with
        {
            Addresses = [$"localhost:{port}"],
            Tls = true,
            TlsCaFile = Path.Combine(folder.Name, "ca.pem"),
            ConnectTimeout = TimeSpan.FromSeconds(5)
        };
        await using (var instance = new Instance(settings)) await instance.Store.AcquireAsync(0, "token", Given.Never);
        await AssertRefuses(settings with { TlsCaFile = null });
        await AssertRefuses(settings with { TlsCaFile = folder.Write("other.pem", other.ExportCertificatePem()) });
        // The certificate is for another name.
        await AssertRefuses(settings with { Addresses = [$"127.0.0.1:{port}"] });
    }

    private static async Task AssertRefuses(RedisSettings settings)
    {
        await using var instance = new Instance(settings with { ConnectTimeout = TimeSpan.FromSeconds(2) });
        await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.LookAsync(0, Given.Never));
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        if (issuer is null) return request.CreateSelfSigned(from, from.AddDays(9));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(issuer, from.AddDays(0.5), from.AddDays(8), [1, 2, 3]).CopyWithPrivateKey(key);
    }

    private sealed class Folder : IDisposable
    {
        public string Name { get; } = Directory.CreateTempSubdirectory("streamengage-tls-").FullName;

        public string Write(string file, string text)
        {
            var path = Path.Combine(Name, file);
            File.WriteAllText(path, text);
            return path;
        }

        public void Dispose() => Directory.Delete(Name, recursive: true);
    }
}
