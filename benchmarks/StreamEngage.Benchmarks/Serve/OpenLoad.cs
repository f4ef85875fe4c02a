using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>
/// Events at times that are fixed in advance, whatever becomes of them. It sleeps a millisecond and sends all that are due: a generator that spins takes
/// a core from what it measures. Some are probes, which carry when they were due.
/// </summary>
internal sealed class OpenLoad(Site site, OpenLoad.Plan plan) : IDisposable
{
    /// <summary>What is sent.</summary>
    /// <param name="Rate">Events a second.</param>
    /// <param name="Users">Of whom there are so many, taken in turns by a stride.</param>
    /// <param name="ProbeEvery">Each so-manieth event is a probe.</param>
    public readonly record struct Plan(double Rate, int Users, int ProbeEvery)
    {
        /// <summary>Events a second that <see cref="HotUser"/> sends besides, none of them a probe.</summary>
        public double HotRate { get; init; }
    }

    /// <summary>One who sends more than a person can.</summary>
    public const string HotUser = "hot";

    public const string Due = "due";

    /// <summary>The mock hands out one batch of a lane a fetch, so small ones would be a limit of its own.</summary>
    public const int LingerMilliseconds = 10;

    private readonly Feeder _feeder = new(site, LingerMilliseconds);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<int> _probed = [];
    private Thread? _thread;

    /// <summary>Events so far, of each lane.</summary>
    public long[] Fed => _feeder.Fed;

    /// <summary>Milliseconds since it began: what probes carry is in this time.</summary>
    public double Now => Stopwatch.GetElapsedTime(_began).TotalMilliseconds;

    /// <summary>Events that lie behind their times by more than the sleep allows for.</summary>
    public double LatestBurst { get; private set; }

    /// <summary>Probes that were sent with due times from here to there, in milliseconds.</summary>
    public int Probes(double from, double to)
    {
        lock (_probed) return _probed.Count(due => due >= from && due < to);
    }

    public void Start()
    {
        _thread = new(Run) { IsBackground = true, Name = "open load" };
        _thread.Start();
    }

    public void Stop()
    {
        _stop.Cancel();
        _thread!.Join();
        _feeder.Flush();
    }

    public void Dispose()
    {
        _feeder.Dispose();
        _stop.Dispose();
    }

    /// <summary>The due time that a probe's event or prompt carries; null: it is none.</summary>
    public static double? DueOf(ReadOnlySpan<byte> line)
    {
        var at = line.IndexOf("\"due\":"u8);
        return at >= 0 && Utf8Parser.TryParse(line[(at + 6)..], out double due, out _) ? due : null;
    }

    private void Run()
    {
        var wall = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (long)Now;
        for (var (i, hot) = (0L, 0L); !_stop.IsCancellationRequested; Thread.Sleep(1))
        {
            var now = Now;
            for (; hot * 1_000 < now * plan.HotRate; hot++) SendHot(hot, wall + (long)now);
            for (var due = i * 1_000 / plan.Rate; due <= now; due = ++i * 1_000 / plan.Rate)
            {
                if (i > plan.Rate) LatestBurst = Math.Max(LatestBurst, now - due);
                Send(i, due, wall + (long)due);
            }
        }
    }

    private void Send(long i, double due, long at)
    {
        var isProbe = i % plan.ProbeEvery == 0;
        if (isProbe)
            lock (_probed) _probed.Add((int)due);
        var (lane, line) = Event(i, plan.Users, at, isProbe ? due : null);
        _feeder.Feed(lane, line, at);
    }

    private void SendHot(long i, long at)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $$$"""{"id":"h{{{i}}}-{{{at}}}","user":"{{{HotUser}}}","type":"view","at":{{{at}}},"source":"web","props":{"category":"category-1"}}""");
        _feeder.Feed(Site.LaneOf(Encoding.UTF8.GetBytes(HotUser)), Encoding.UTF8.GetBytes(line), at);
    }

    /// <summary>One event of the stream that lasts for ever: mostly views, and a probe where it has a due time to carry.</summary>
    public static (int Lane, byte[] Line) Event(long i, int users, long at, double? due)
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"u{i * 7_919 % users:d7}");
        var type = due is null ? (i % 25) switch { 0 => "cart_add", 1 => "purchase", _ => "view" } : "probe";
        var mark = due is null ? "" : FormattableString.Invariant($",\"{Due}\":{due:f3}");
        var props = FormattableString.Invariant($"\"category\":\"category-{i % 12}\"{mark}");
        var line = string.Create(CultureInfo.InvariantCulture,
            $$$"""
            {"id":"o{{{i}}}-{{{at}}}","user":"{{{user}}}","type":"{{{type}}}","at":{{{at}}},"source":"web","props":{{{{props}}}}}
            """);
        return (Site.LaneOf(Encoding.UTF8.GetBytes(user)), Encoding.UTF8.GetBytes(line));
    }
}

/// <summary>Reads a topic's probes as they come and notes how long after their due times that is.</summary>
internal sealed class ProbeWatch : IAsyncDisposable
{
    private readonly Site _site;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private readonly List<(double Due, double Delay)> _seen = [];

    private readonly int? _lane;

    /// <param name="site">Whose.</param>
    /// <param name="topic">Where prompts of probes come out.</param>
    /// <param name="now">The time that probes carry.</param>
    /// <param name="lane">Only probes of users of this lane; null: of all.</param>
    public ProbeWatch(Site site, string topic, Func<double> now, int? lane = null)
    {
        (_site, _lane) = (site, lane);
        _work = Task.Factory.StartNew(() => Read(topic, now), TaskCreationOptions.LongRunning);
    }

    /// <summary>Of probes with due times from here to there.</summary>
    public Delays Between(double from, double to)
    {
        var delays = new Delays();
        lock (_seen)
            foreach (var (due, delay) in _seen)
                if (due >= from && due < to) delays.Add(delay);
        return delays;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private void Read(string topic, Func<double> now)
    {
        using var reader = _site.Reader(topic);
        while (!_stop.IsCancellationRequested)
        {
            if (reader.Consume(20) is not { } found || OpenLoad.DueOf(found.Message.Value) is not { } due || !IsOfLane(found.Message.Value)) continue;
            lock (_seen) _seen.Add((due, now() - due));
        }
    }

    private bool IsOfLane(ReadOnlySpan<byte> line)
    {
        if (_lane is not { } lane) return true;
        var user = line[(line.IndexOf("\"user\":\""u8) + 8)..];
        return Site.LaneOf(user[..user.IndexOf((byte)'"')]) == lane;
    }
}
