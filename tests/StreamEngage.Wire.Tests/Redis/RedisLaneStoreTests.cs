using StreamEngage.Steps;

namespace StreamEngage.Redis;

public sealed class RedisLaneStoreTests(SharedRedis redis) : IClassFixture<SharedRedis>
{
    [RedisFact]
    public async Task AStepWhoseReplyWasLost_IsThereAlready()
    {
        await using var first = new Instance(redis.Settings);
        await first.Store.AcquireAsync(0, "token", Given.Never);
        var step = Given.Step(1, [Given.Write("ann", "a")], [Given.Entry("p", 1)]);
        Assert.Equal(PrepareVerdict.Prepared, await first.Store.PrepareAsync(0, "token", step, Given.Never));
        for (var retry = 0; retry < 1_000; retry++)
            Assert.Equal(PrepareVerdict.Already, await first.Store.PrepareAsync(0, "token", step, Given.Never));
        Assert.Equal(new("token", 1), await first.Store.LookAsync(0, Given.Never));
    }

    [RedisFact]
    public async Task AFormerOwner_IsFenced_AndWritesNothing()
    {
        await using var instance = new Instance(redis.Settings);
        await instance.Store.AcquireAsync(0, "old", Given.Never);
        await instance.Store.PrepareAsync(0, "old", Given.Step(1, Given.Write("ann", "a")), Given.Never);
        var lane = await instance.Store.AcquireAsync(0, "new", Given.Never);
        Assert.Equal(1, lane.Step);
        Assert.Equal(PrepareVerdict.Fenced, await instance.Store.PrepareAsync(0, "old", Given.Step(2, Given.Write("ann", "zombie")), Given.Never));
        Assert.Equal(PrepareVerdict.Fenced, await instance.Store.PrepareAsync(0, "old", Given.Step(1, Given.Write("ann", "a")), Given.Never));
        Assert.Equal($"{Given.Text(Given.Bytes("a"))} due ", Given.Text(await instance.Store.LoadAsync(0, [Given.User("ann")], null, 0, Given.Never)));
    }

    [RedisFact]
    public async Task ASecondStepOfTheSameNumberFromTheSameOwner_IsFenced()
    {
        await using var instance = new Instance(redis.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        await instance.Store.PrepareAsync(0, "token", Given.Step(1), Given.Never);
        var other = new StepWrite { Step = 1, StepId = "other", Head = default, Users = [], Added = [], Trimmed = [] };
        Assert.Equal(PrepareVerdict.Fenced, await instance.Store.PrepareAsync(0, "token", other, Given.Never));
    }

    [RedisFact]
    public async Task AStepOfManyUsers_StaysUnderTheLimitsOfTheScripts()
    {
        const int users = 20_000;
        await using var instance = new Instance(redis.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        var writes = Enumerable.Range(0, users).Select(i => Given.Write($"user {i:d5}", $"record {i}", i % 2 == 0 ? i : null)).ToArray();
        var entries = Enumerable.Range(0, users).Select(i => Given.Entry($"prompt {i}", i)).ToArray();
        Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(0, "token", Given.Step(1, writes, entries), Given.Never));
        var loaded = await instance.Store.LoadAsync(0, [.. writes.Select(write => write.User)], users, users, Given.Never);
        Assert.All(loaded.Records.Zip(writes), pair => Assert.True(pair.First.Span.SequenceEqual(pair.Second.Record.Span)));
        Assert.Equal(users / 2, loaded.Due.Count);
        Assert.All(loaded.Due, due => Assert.Equal($"record {due.Due}", System.Text.Encoding.UTF8.GetString(due.Record.Span)));

        var forget = writes.Select(write => write with { Record = default, Due = null }).ToArray();
        Assert.Equal(PrepareVerdict.Prepared,
            await instance.Store.PrepareAsync(0, "token", Given.Step(2, forget, [], [.. entries.Select(entry => entry.Key)]), Given.Never));
        Assert.Empty((await instance.Store.AcquireAsync(0, "token", Given.Never)).Outbox);
        Assert.Equal(" due ", Given.Text(await instance.Store.LoadAsync(0, [Given.User("user 00000")], long.MaxValue >> 12, 9, Given.Never)));
    }

    [RedisFact]
    public async Task TheOutbox_ComesOldestFirst()
    {
        await using var instance = new Instance(redis.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        var step = Given.Step(1, [], [Given.Entry("b", 200), Given.Entry("a", 1_000_000_000_000), Given.Entry("c", 3)]);
        await instance.Store.PrepareAsync(0, "token", step, Given.Never);
        Assert.Equal(["c", "b", "a"], (await instance.Store.AcquireAsync(0, "token", Given.Never)).Outbox.Select(entry => entry.Key));
    }

    /// <summary>Pages of a list from which its last met user goes, each time: nobody else is passed over or met again.</summary>
    [RedisFact]
    public async Task PagesOfWhoIsDue_MissNobody_WhoeverGoesMeanwhile()
    {
        await using var instance = new Instance(redis.Settings);
        // Beginnings of one another, and bytes above ASCII: their order is that of bytes, not that of a language.
        string[] ids = ["a", "aa", "A", "é", "z", "~", "\u0001", .. Enumerable.Range(0, 190).Select(i => $"u{i}")];
        UserWrite[] writes = [.. ids.Select((id, i) => Given.Write(id, id, i < 150 ? 1_000 : 1_000 + i % 3))];
        var order = writes.OrderBy(write => write.Due).ThenBy(write => write.User).Select(write => write.User.ToString()).ToList();
        foreach (var (lane, most) in ((int, int)[])[(0, 1), (1, 3), (2, 200)])
        {
            await instance.Store.AcquireAsync(lane, "token", Given.Never);
            await instance.Store.PrepareAsync(lane, "token", Given.Step(1, writes), Given.Never);
            var (met, step) = (new List<string>(), 1);
            for (DuePlace? after = null; await instance.Store.DueAsync(lane, 2_000, after, most, Given.Never) is { Count: > 0 } page;)
            {
                met.AddRange(page.Select(due => due.User.ToString()));
                var last = page[^1];
                after = new(last.User, last.Due);
                await instance.Store.PrepareAsync(lane, "token", Given.Step(++step, Given.Write(last.User.ToString(), "answered")), Given.Never);
            }
            Assert.Equal(order, met);
        }
    }

    [RedisFact]
    public async Task AKeyOfAnotherType_StopsTheStepBeforeItsFirstWrite()
    {
        var settings = redis.Settings;
        await using var instance = new Instance(settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        var keys = LaneKeys.Of(settings.Prefix, 0, 8);
        await instance.Connection.AskAsync(database => database.StringSetAsync(keys.Outbox, "not a hash"), Given.Never);
        var step = Given.Step(1, [Given.Write("ann", "a", 5)], [Given.Entry("p", 1)]);
        await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.PrepareAsync(0, "token", step, Given.Never));
        Assert.Equal(new("token", 0), await instance.Store.LookAsync(0, Given.Never));
        Assert.Equal(" due ", Given.Text(await instance.Store.LoadAsync(0, [Given.User("ann")], 10, 9, Given.Never)));
    }

    [RedisFact]
    public async Task AnIdleUsersRecord_Expires_UnlessSomethingIsDue()
    {
        var settings = redis.Settings with { TimeToLive = TimeSpan.FromHours(1) };
        await using var instance = new Instance(settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        var first = Given.Step(1, Given.Write("idle", "a"), Given.Write("timed", "b", 5), Given.Write("later", "c"));
        await instance.Store.PrepareAsync(0, "token", first, Given.Never);
        Assert.InRange((await Left("idle"))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
        Assert.Null(await Left("timed"));
        await instance.Store.PrepareAsync(0, "token", Given.Step(2, Given.Write("timed", "b"), Given.Write("later", "c", 9)), Given.Never);
        Assert.NotNull(await Left("timed"));
        Assert.Null(await Left("later"));
        await instance.Store.PrepareAsync(0, "token", Given.Step(3, Given.Write("timed", "d") with { IsCalm = true }), Given.Never);
        Assert.NotNull(await Left("timed"));

        async Task<TimeSpan?> Left(string user) =>
            (await instance.Connection.AskAsync(
                database => database.KeyTimeToLiveAsync(LaneKeys.Of(settings.Prefix, 0, 8).Of(Given.User(user))), Given.Never)).OrFail();
    }

    [RedisFact]
    public async Task AServerThatForgotTheScripts_IsTaughtThemAgain()
    {
        await using var instance = new Instance(redis.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        for (var step = 1; step <= 3; step++)
        {
            await instance.Connection.AskAsync(database => database.ExecuteAsync("SCRIPT", "FLUSH"), Given.Never);
            Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(0, "token", Given.Step(step), Given.Never));
        }
    }

    [RedisFact]
    public async Task AHundredLanesAtOnce_KeepTheirOwn()
    {
        const int lanes = 100, steps = 50;
        await using var instance = new Instance(redis.Settings, lanes);
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(Live));

        async Task Live(int lane)
        {
            await instance.Store.AcquireAsync(lane, $"token {lane}", Given.Never);
            for (var step = 1; step <= steps; step++)
            {
                var write = Given.Step(step, [Given.Write("ann", $"{lane} {step}", step)], [Given.Entry($"p{step}", step)]);
                Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(lane, $"token {lane}", write, Given.Never));
                var loaded = await instance.Store.LoadAsync(lane, [Given.User("ann")], step, 9, Given.Never);
                Assert.True(loaded.Records[0].Span.SequenceEqual(Given.Bytes($"{lane} {step}")));
                Assert.Equal(step, Assert.Single(loaded.Due).Due);
            }
            Assert.Equal(steps, (await instance.Store.AcquireAsync(lane, "next", Given.Never)).Outbox.Count);
        }
    }

    [RedisFact]
    public async Task AStepThatBreaksTheRules_IsABugAndNotSent()
    {
        await using var instance = new Instance(redis.Settings);
        StepWrite[] wrong =
        [
            Given.Step(0), Given.Step(1, Given.Write("", "a")),
            Given.Step(1, Given.Write("a", "a"), Given.Write("a", "b")), Given.Step(1, Given.Write("a", "", 5)),
            Given.Step(1, Given.Write("a", "a", long.MaxValue)),
            Given.Step(1, [], [Given.Entry("p", 1), Given.Entry("p", 2)]), Given.Step(1, [], [Given.Entry("p", 1)], "p")
        ];
        foreach (var step in wrong)
            await Assert.ThrowsAnyAsync<ArgumentException>(() => instance.Store.PrepareAsync(0, "token", step, Given.Never));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => instance.Store.LookAsync(8, Given.Never));
    }
}
