namespace StreamEngage.Redis;

public sealed class RedisSettingsTests
{
    [Fact]
    public void Defaults_HaveNoProblem() => Assert.Empty(new RedisSettings().Problems());

    [Fact]
    public void EveryMistake_IsNamedByItsPath()
    {
        var wrong = new RedisSettings
        {
            Addresses = ["no port:here", "host:70000"], TlsCaFile = "nowhere.pem", User = "a b", Password = "p", Database = -1, SentinelMaster = "",
            Prefix = "a{b}", TimeToLive = TimeSpan.FromSeconds(1), WaitReplicas = -1, WaitMilliseconds = 0,
            ConnectTimeout = TimeSpan.Zero, CommandTimeout = TimeSpan.FromHours(1)
        };
        Assert.Equal(
            [
                "redis.addresses: 'no port:here' is not host:port.",
                "redis.addresses: 'host:70000' is not host:port.",
                "redis.tls_ca_file is given, but redis.tls is off.",
                "redis.tls_ca_file: there is no file 'nowhere.pem'.",
                "redis.sentinel_master is empty; leave it out where there are no sentinels.",
                "redis.user must be a name without blanks, commas, quotes and equals signs.",
                "redis.prefix must be 1 to 32 of a-z, A-Z, 0-9, '-', '_' and '.', is 'a{b}'.",
                "redis.database must be 0 or more, is -1.",
                "redis.time_to_live must be at least 01:00:00, is 00:00:01.",
                "redis.wait_replicas must be 0 or more, is -1.",
                "redis.wait_milliseconds must be 1 to 60000, is 0.",
                "redis.connect_timeout must be more than 0 and at most 00:01:00, is 00:00:00.",
                "redis.command_timeout must be more than 0 and at most 00:01:00, is 01:00:00.",
            ],
            wrong.Problems());
    }

    [Fact]
    public void ANamedUser_IsRefusedWhereTheClientKnowsNone()
    {
        var problems = new RedisSettings { User = "streamengage", Password = "p" }.Problems();
        if (RedisClient.CanLogInAs("streamengage")) Assert.Empty(problems);
        else Assert.StartsWith("redis.user: the Redis client of this build can only log in as the default user", Assert.Single(problems));
    }

    [Fact]
    public void TheText_HasNoSecret() => Assert.DoesNotContain("hush", new RedisSettings { Password = "hush", SentinelPassword = "hush" }.ToString());
}
