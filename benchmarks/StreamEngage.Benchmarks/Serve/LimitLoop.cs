using System.Diagnostics;
using System.Threading.Channels;
using Confluent.Kafka;
using StackExchange.Redis;
using StreamEngage.Benchmarks.TwoRules;
using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>
/// The raw limit: consume, decode, MGET, change, MSET by batches of 512, with nothing that would survive a crash. One thread consumes the next
/// batches while another has one in work, and a batch's MSET is on its way while the next one is decoded.
/// </summary>
internal sealed class LimitLoop(Site site, RedisKey[] keys, bool withRules)
{
    private const int BatchRecords = Limits.BatchEventsMax;
    private const int BatchesAhead = 8;

    private readonly EventBatch _events = new();
    private readonly JsonEventDecoder _decoder = new(site.Rulebook.Compiled.Schema);
    private readonly HandRules _rules = new();
    private readonly Dictionary<int, byte[]> _records = [];
    private readonly HandRules.Click[] _clicks = new HandRules.Click[BatchRecords];
    private Task _written = Task.CompletedTask;

    public (long Count, ulong Checksum) Prompts => (_rules.Prompts, _rules.Checksum);

    /// <summary>Works off so many events.</summary>
    /// <returns>From the first event to the last write and prompt.</returns>
    public async Task<TimeSpan> RunAsync(long events)
    {
        var batches = Channel.CreateBounded<List<ConsumeResult<Ignore, byte[]>>>(BatchesAhead);
        var began = new TaskCompletionSource<long>();
        var consuming = Task.Factory.StartNew(() => Consume(events, batches.Writer, began), TaskCreationOptions.LongRunning);
        using var prompts = new Feeder(site, 1, site.Prompts);
        await foreach (var batch in batches.Reader.ReadAllAsync()) await TakeAsync(batch, prompts);
        await _written;
        prompts.Flush();
        await consuming;
        return Stopwatch.GetElapsedTime(await began.Task);
    }

    private void Consume(long events, ChannelWriter<List<ConsumeResult<Ignore, byte[]>>> into, TaskCompletionSource<long> began)
    {
        using var reader = site.Reader(site.Input);
        var batch = new List<ConsumeResult<Ignore, byte[]>>(BatchRecords);
        for (var left = events; left > 0;)
        {
            var record = reader.Consume(batch.Count == 0 ? 100 : 0);
            if (record is not null)
            {
                if (left-- == events) began.SetResult(Stopwatch.GetTimestamp());
                batch.Add(record);
            }
            if (batch.Count < BatchRecords && left > 0) continue;
            while (!into.TryWrite(batch)) Thread.Sleep(1);
            batch = new(BatchRecords);
        }
        into.Complete();
    }

    private async Task TakeAsync(List<ConsumeResult<Ignore, byte[]>> batch, Feeder prompts)
    {
        _events.Clear();
        _records.Clear();
        for (var i = 0; i < batch.Count; i++) Decode(i, batch[i].Message.Value);
        if (withRules) Await(batch);
        var users = _records.Keys.ToArray();
        var database = site.Ground.Redis.GetDatabase();
        var found = await database.StringGetAsync(Array.ConvertAll(users, user => keys[user]));
        for (var i = 0; i < users.Length; i++) _records[users[i]] = (byte[]?)found[i] ?? new byte[HandRules.RecordBytes];
        Change(batch, prompts);
        // One at a time is on its way; the replies of the last one came before those of this batch's read.
        await _written;
        _written = database.StringSetAsync(Array.ConvertAll(users, user => new KeyValuePair<RedisKey, RedisValue>(keys[user], _records[user])));
    }

    private void Decode(int i, byte[] line)
    {
        if (_decoder.TryDecode(line, _events, out var e, out var properties) != Decoded.Event) throw new InvalidOperationException("An event is none.");
        var user = HandRules.UserOf(e.User.Span);
        var kind = e.TypeName.Span[0] switch { (byte)'v' => ClickKind.View, (byte)'p' => ClickKind.Purchase, _ => ClickKind.CartAdd };
        var category = kind == ClickKind.View && user >= 0 ? CategoryOf(properties[CategorySlot].Text) : 0;
        _clicks[i] = new(e.TypeName.Span.SequenceEqual("closing"u8) ? -1 : user, kind, category, e.At.UnixMilliseconds);
        if (_clicks[i].User >= 0) _records[user] = [];
    }

    private int CategorySlot { get; } = site.Rulebook.Compiled.Schema.Slot(site.Rulebook.Compiled.Schema.TypeOf("view"), "category"u8);

    private int CategoryOf(Utf8Text name) => int.Parse(name.Span["category-".Length..]);

    /// <summary>Who fires during the batch is needed as well.</summary>
    private void Await(List<ConsumeResult<Ignore, byte[]>> batch)
    {
        Span<long> clocks = stackalloc long[Ground.Lanes];
        for (var i = 0; i < batch.Count; i++)
        {
            var lane = batch[i].Partition.Value;
            clocks[lane] = Math.Max(clocks[lane], _clicks[i].At);
        }
        for (var lane = 0; lane < Ground.Lanes; lane++)
            foreach (var user in _rules.DueBefore(lane, clocks[lane])) _records[user] = [];
    }

    private void Change(List<ConsumeResult<Ignore, byte[]>> batch, Feeder prompts)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (withRules) _rules.Take(batch[i].Partition.Value, _clicks[i], _records, prompt => Send(prompt, prompts));
            else if (_clicks[i].User >= 0) _records[_clicks[i].User][0]++;
        }
    }

    private static void Send(HandPrompt prompt, Feeder prompts) => prompts.Feed(
        prompt.User % Ground.Lanes,
        System.Text.Encoding.UTF8.GetBytes($$"""{"user":"u{{prompt.User:d6}}","rule":{{prompt.Rule}},"at":{{prompt.At}}}"""), prompt.At);
}
