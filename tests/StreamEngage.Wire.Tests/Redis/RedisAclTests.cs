using System.Security.Cryptography;
using System.Text;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>The rights that are shipped are enough, and no more.</summary>
public sealed class RedisAclTests
{
    private const string Password = "engine's own";
    private const string AdminPassword = "admins-own";

    [OwnRedisFact]
    public async Task TheShippedRights_AreAllThatLanesNeed()
    {
        using var server = Start();
        await using var instance = new Instance(Settings(server) with { TimeToLive = TimeSpan.FromDays(30) });
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        var step = Given.Step(1, [Given.Write("ann", "a", 5), Given.Write("bob", "b")], [Given.Entry("p", 1)]);
        Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(0, "token", step, Given.Never));
        Assert.Equal("61 62 due ann@5:61", Given.Text(await instance.Store.LoadAsync(0, [Given.User("ann"), Given.User("bob")], 9, 9, Given.Never)));
        Assert.Equal(new("token", 1), await instance.Store.LookAsync(0, Given.Never));
        var findings = await RedisSelfTest.RunAsync(instance.Settings, TimeProvider.System, Given.Never);
        Assert.Equal(FindingWeight.Unchecked, Assert.Single(findings).Weight);
        Assert.StartsWith("appendfsync was not looked at", findings[0].Text);
        // The login counts too: a wrong one is told as what it is.
        var wrong = await RedisSelfTest.RunAsync(instance.Settings with { Password = "guess" }, TimeProvider.System, Given.Never);
        Assert.Contains("redis.password: the server wants another login", Assert.Single(wrong).Text);
    }

    [OwnRedisFact]
    public async Task WithoutAnyOneOfTheScriptsCommands_TheTestAtStartSaysSo()
    {
        using var server = Start();
        string[] commands = ["eval", "evalsha", "hmget", "hgetall", "hset", "hdel", "hlen", "mget", "mset", "set", "del", "zadd", "zrem", "zcard", "zrangebyscore"];
        foreach (var command in commands)
        {
            Assert.Equal("OK", Admin(server, "SCRIPT FLUSH", $"ACL SETUSER default -{command}"));
            var findings = await RedisSelfTest.RunAsync(Settings(server) with { TimeToLive = TimeSpan.FromDays(30) }, TimeProvider.System, Given.Never);
            Assert.True(findings.Any(finding => finding.Weight == FindingWeight.Refusal && finding.Text.StartsWith("redis.user:", StringComparison.Ordinal)),
                $"{command}: {string.Join("; ", findings)}");
            Assert.Equal("OK", Admin(server, $"ACL SETUSER default +{command}"));
        }
        Assert.All(commands, command => Assert.Contains($" +{command} ", $"{EngineLine()} ", StringComparison.Ordinal));
    }

    [OwnRedisFact]
    public void Everything_Else_IsRefused()
    {
        using var server = Start();
        string[] forbidden =
        [
            "FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "CONFIG GET *", "CONFIG SET dir /", "SCRIPT FLUSH", "ACL LIST", "ACL WHOAMI", "SHUTDOWN NOSAVE",
            "MONITOR", "REPLICAOF NO ONE", "SAVE", "CLIENT LIST", "CLIENT KILL ID 1", "CLUSTER FLUSHSLOTS", "PUBLISH a b", "SUBSCRIBE a", "MIGRATE 127.0.0.1 1 key 0 1", "FUNCTION LIST",
            "SET other 1", "MGET other", "DEL other", "HGETALL {other:1}:meta", "SET {sea}:x 1",
            "EVAL \"return redis.call('FLUSHALL')\" 0", "EVAL \"return redis.call('MGET','other')\" 0", "EVAL \"return redis.call('SET','other','1')\" 0"
        ];
        foreach (var command in forbidden)
        {
            var reply = server.Ask($"AUTH \"{Password}\"", command);
            Assert.True(reply.StartsWith('-') && RedisRefusals.IsLackOfRights(reply), $"{command}: {reply}");
        }
        Assert.StartsWith("-NOAUTH", server.Ask("PING"));
    }

    private static RedisSettings Settings(RedisServer server) => new() { Addresses = [server.Address], Password = Password };

    private static string Admin(RedisServer server, params string[] commands) => server.Ask([$"AUTH admin {AdminPassword}", .. commands]);

    private static string EngineLine() => File.ReadLines(ShippedFile()).First();

    private static RedisServer Start()
    {
        var text = File.ReadAllText(ShippedFile())
            .Replace("REPLACE_WITH_SHA256_OF_THE_ENGINE_PASSWORD", Hash(Password), StringComparison.Ordinal)
            .Replace("REPLACE_WITH_SHA256_OF_THE_ADMIN_PASSWORD", Hash(AdminPassword), StringComparison.Ordinal);
        return RedisServer.StartWithFile("engine.acl", text, "--aclfile", "engine.acl", "--appendonly", "yes");
    }

    private static string Hash(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    private static string ShippedFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "deploy", "redis", "engine.acl") is var file && File.Exists(file)) return file;
        throw new FileNotFoundException("deploy/redis/engine.acl");
    }
}
