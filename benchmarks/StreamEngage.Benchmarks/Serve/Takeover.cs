using System.Diagnostics;
using System.Globalization;
using StreamEngage.Benchmarks.TwoRules;
using StreamEngage.Kafka;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>kill -9 of one of two instances under load: when its lanes go on, as Redis shows it.</summary>
internal sealed class Takeover(Ground ground, int users)
{
    private const int LoadSeconds = 10;
    private const int AheadMax = 100_000;
    private const double RateShare = 0.8;
    private const double WindowMilliseconds = 500;
    private const double GiveUpMilliseconds = 60_000;
    // The mock waits so much longer for members to join again, though all that live have.
    private const double MockWaits = KafkaLimits.SessionMilliseconds - 1_000;

    private const string WaitOfTheMock = " The mock then waits 5 s more for members to join again, though all that live have; brokers do not.";

    // The shortest that a session lasts after the kill, and the wait of the mock behind it.
    private readonly double _ofTheGroup = KafkaLimits.SessionMilliseconds - KafkaLimits.HeartbeatMilliseconds + (ground.IsMock ? MockWaits : 0);

    public async Task<IReadOnlyList<string>> RunAsync(int rate)
    {
        var site = await ground.SiteAsync(new(Engine.TwoRules, SitePlan.Default));
        using var one = Instance.Start(site, "one");
        using var two = Instance.Start(site, "two");
        await BothWorkAsync(one, two);
        var filled = await FillAsync(site);
        using var load = new OpenLoad(site, new(rate, users, int.MaxValue));
        load.Start();
        await Task.Delay(TimeSpan.FromSeconds(LoadSeconds));
        var lanes = await one.LanesAsync();
        var before = filled.Sum() + load.Fed.Sum() - (await site.AppliedAsync()).Sum();
        one.Kill();
        var killed = Stopwatch.GetTimestamp();
        var course = await FollowAsync(site, new(lanes, filled, load, rate), killed);
        load.Stop();
        if (course.CaughtUp is null) course.Why = await LeftAsync(site, two, filled.Sum() + load.Fed.Sum());
        return Table(rate, lanes.Count, before, course);
    }

    private static async Task<string> LeftAsync(Site site, Instance survivor, long fed) => FormattableString.Invariant(
        $"Not caught up: {fed - (await site.AppliedAsync()).Sum():n0} events were left, and the survivor ran {(await survivor.LanesAsync()).Count} lanes.");

    private static async Task BothWorkAsync(Instance one, Instance two)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var (first, second) = (await one.LanesAsync(), await two.LanesAsync());
            if (first.Count > 0 && second.Count > 0 && first.Count + second.Count == Ground.Lanes) return;
            if (waited.Elapsed > TimeSpan.FromSeconds(90)) throw new TimeoutException($"Not every lane is at work.\n{one.Log}\n{two.Log}");
        }
    }

    /// <summary>Everybody clicks once. The feeder never is so far ahead that the mock would drop what is not read.</summary>
    private async Task<long[]> FillAsync(Site site)
    {
        using var feeder = new Feeder(site, lingerMilliseconds: 20);
        for (var i = 0L; i < users; i++)
        {
            var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var (lane, line) = OpenLoad.Event(i, users, at, due: null);
            feeder.Feed(lane, line, at);
            if (i % 1_000 == 0)
                while (feeder.Count - (await site.AppliedAsync()).Sum() > AheadMax) await Task.Delay(10);
        }
        feeder.Flush();
        while ((await site.AppliedAsync()).Sum() < feeder.Count) await Task.Delay(20);
        return feeder.Fed;
    }

    private static async Task<Course> FollowAsync(Site site, Loaded loaded, long killed)
    {
        var course = new Course();
        var (tokens, applied) = (await site.TokensAsync(), await site.AppliedAsync());
        var window = new Queue<(double At, long Applied)>();
        while (course.CaughtUp is null && Now() < GiveUpMilliseconds)
        {
            await Task.Delay(10);
            var now = await site.AppliedAsync();
            var (at, all) = (Now(), now.Sum());
            if (course.Acquired is null)
            {
                var held = await site.TokensAsync();
                if (loaded.Lanes.Any(lane => held[lane] != tokens[lane])) course.Acquired = at;
                // What the dead one had sent may still arrive.
                else applied = now;
            }
            if (course.Acquired is not null && loaded.Lanes.Any(lane => now[lane] > applied[lane])) course.First ??= at;
            if (loaded.Lanes.All(lane => now[lane] > applied[lane])) course.AllLanes ??= at;
            window.Enqueue((at, all));
            while (at - window.Peek().At > WindowMilliseconds) window.Dequeue();
            var (from, then) = window.Peek();
            if (course.First is not null && all - then >= RateShare * loaded.Rate * (at - from) / 1_000) course.Rate ??= at;
            if (course.AllLanes is not null && loaded.Sum - all < loaded.Rate / 4) course.CaughtUp ??= at;
        }
        return course;

        double Now() => Stopwatch.GetElapsedTime(killed).TotalMilliseconds;
    }

    private IReadOnlyList<string> Table(int rate, int lanes, long before, Course course) =>
    [
        string.Create(CultureInfo.InvariantCulture,
            $"Two processes, {users:n0} users who all have a record, {rate:n0} events/s in an open loop; kill -9 of the one with {lanes} of {Ground.Lanes}"
            + $" lanes after {LoadSeconds} s, when {before:n0} events were not applied yet. The session lasts {KafkaLimits.SessionMilliseconds / 1e3:n1} s and"
            + $" the last heartbeat was up to {KafkaLimits.HeartbeatMilliseconds / 1e3:n1} s old."
            + $"{(ground.IsMock ? WaitOfTheMock : "")} The last column is all that can be the engine's: without such a wait, and the session as"
            + $" short as can be."),
        "Goal: first event at most 2 s, 80 % of the rate at most 6 s after the session ends.",
        "",
        "| | s after the kill | s after the session's end, at most |",
        "|---|---|---|",
        Row("first lane acquired", course.Acquired),
        Row("first event of its lanes applied", course.First),
        Row("all of its lanes apply", course.AllLanes),
        Row("80 % of the rate, all lanes, over half a second", course.Rate),
        Row("caught up: less than 250 ms of input is left", course.CaughtUp),
        "",
        course.Why,
    ];

    private string Row(string what, double? at) => at is { } milliseconds
        ? FormattableString.Invariant($"| {what} | {milliseconds / 1e3:n2} | {(milliseconds - _ofTheGroup) / 1e3:n2} |")
        : FormattableString.Invariant($"| {what} | not within {GiveUpMilliseconds / 1e3:n0} | |");

    /// <summary>Whose lanes are dead, and what is fed to all.</summary>
    private sealed record Loaded(IReadOnlyList<int> Lanes, long[] Filled, OpenLoad Load, int Rate)
    {
        public long Sum => Filled.Sum() + Load.Fed.Sum();
    }

    /// <summary>Milliseconds after the kill; null: not seen.</summary>
    private sealed class Course
    {
        public double? Acquired { get; set; }

        public double? First { get; set; }

        public double? AllLanes { get; set; }

        public double? Rate { get; set; }

        public double? CaughtUp { get; set; }

        /// <summary>How it stands where it did not catch up.</summary>
        public string Why { get; set; } = "";
    }
}
