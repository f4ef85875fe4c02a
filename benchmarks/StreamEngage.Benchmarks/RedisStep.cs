using System.Diagnostics;
using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Benchmarks;

/// <summary>What a step costs in a real Redis by the number of users in it, and what a user costs in its memory.</summary>
internal sealed class RedisStep
{
    private const int RecordBytes = 256;
    private const int Users = 100_000;
    private const int StepsBefore = 100;

    private readonly MeasuredRedis _redis;
    private readonly Utf8Text[] _users = [.. Enumerable.Range(0, Users).Select(i => new Utf8Text($"user-{i * 7_919:d10}"))];
    private readonly Random _random = new(1);
    private long _step;

    private RedisStep(MeasuredRedis redis) => _redis = redis;

    /// <param name="address">A database that is empty and nobody else's.</param>
    /// <param name="steps">Of each size.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(string address, int steps)
    {
        await using var redis = await MeasuredRedis.OpenAsync(address);
        var run = new RedisStep(redis);
        return [.. await run.MemoryAsync(), "", .. await run.CostAsync(steps)];
    }

    private async Task<IReadOnlyList<string>> MemoryAsync()
    {
        var before = await _redis.UsedBytesAsync();
        await _redis.Store.AcquireAsync(0, "token", default);
        foreach (var users in _users.Index().Chunk(500)) await PrepareAsync([.. users.Select(user => Write(user.Item, user.Index % 2 == 0))], 0);
        var each = (await _redis.UsedBytesAsync() - before) / (double)Users;
        var key = await SampleAsync();
        return
        [
            "| bytes in Redis a user | |", "|---|---|",
            F($"| record | {RecordBytes} |"), F($"| key | {_redis.Keys.Of(_users[0]).ToString().Length} |"),
            F($"| MEMORY USAGE of the user's key, mean of 1,000 | {key:f0} |"),
            F($"| used_memory, {Users:n0} users of which half have something due, a user | {each:f0} |"),
        ];
    }

    private async Task<double> SampleAsync()
    {
        var sum = 0.0;
        for (var i = 0; i < 1_000; i++) sum += await _redis.NumberAsync("MEMORY", "USAGE", _redis.Keys.Of(_users[i * (Users / 1_000)]));
        return sum / 1_000;
    }

    private async Task<IReadOnlyList<string>> CostAsync(int steps)
    {
        var lines = new List<string>
        {
            "| users a step | prepare ms p50 | p99 | in the server µs | users/s, one lane | load ms p50 | p99 | in the server µs |",
            "|---|---|---|---|---|---|---|---|"
        };
        foreach (var batch in (int[])[1, 50, 200, 500])
        {
            await TimeAsync(StepsBefore, () => StepAsync(batch));
            var (prepare, prepareServer) = await TimeAsync(steps, () => StepAsync(batch));
            var (load, loadServer) = await TimeAsync(steps, () => _redis.Store.LoadAsync(0, Some(batch), null, 0, default));
            lines.Add(F($"| {batch} | {Both(prepare)} | {prepareServer:f0} | {batch * 1_000 / prepare.Average():n0} | {Both(load)} | {loadServer:f0} |"));
        }
        return lines;
    }

    private async Task<(double[] Milliseconds, double ServerMicroseconds)> TimeAsync(int times, Func<Task> act)
    {
        var before = await ScriptMicrosecondsAsync();
        var each = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await act();
            each[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        var server = (await ScriptMicrosecondsAsync() - before) / (double)times;
        Array.Sort(each);
        return (each, server);
    }

    // One prompt for every ten users, and the last step's trimmed.
    private Task StepAsync(int batch) => PrepareAsync([.. Some(batch).Select((user, i) => Write(user, i % 2 == 0))], (batch + 9) / 10);

    private async Task PrepareAsync(IReadOnlyList<UserWrite> users, int prompts)
    {
        _step++;
        var step = new StepWrite
        {
            Step = _step, StepId = $"step {_step}", Head = new byte[128], Users = users,
            Added = [.. Enumerable.Range(0, prompts).Select(i => new OutboxEntry($"{_step}-{i}", i, new byte[RecordBytes]))],
            Trimmed = [.. Enumerable.Range(0, prompts).Select(i => $"{_step - 1}-{i}")]
        };
        if (await _redis.Store.PrepareAsync(0, "token", step, default) is var verdict and not PrepareVerdict.Prepared)
            throw new InvalidOperationException($"{verdict}");
    }

    private UserWrite Write(Utf8Text user, bool isDue)
    {
        var record = new byte[RecordBytes];
        _random.NextBytes(record);
        return new(user, record, isDue ? 1_700_000_000_000 + _random.Next() : null);
    }

    private Utf8Text[] Some(int count)
    {
        // A stride through all of them, so that no step has a user twice.
        var first = _random.Next(Users);
        return [.. Enumerable.Range(0, count).Select(i => _users[(first + i * 97) % Users])];
    }

    private async Task<long> ScriptMicrosecondsAsync()
    {
        var info = (string)(await _redis.AskAsync("INFO", "commandstats"))!;
        return info.Split("cmdstat_evalsha:").Skip(1).Select(line => long.Parse(line.Split("usec=")[1].Split(',')[0], CultureInfo.InvariantCulture)).Sum();
    }

    private static string Both(double[] sorted) => F($"{At(sorted, 0.5):f2} | {At(sorted, 0.99):f2}");

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
