using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using StackExchange.Redis;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Lanes in Redis. Every write is one script over the keys of one lane, so a step is written whole or not at all.</summary>
/// <remarks>
/// A full, read-only, loading or broken server refuses a step as a value; acquiring and reading have no such value and fail. What became of a
/// call that was cancelled is as unknown as after a failure.
/// </remarks>
internal sealed class RedisLaneStore : ILaneStore
{
    // As prepare.lua reads it: nothing is due, and nothing was.
    private const string StillCalm = "-";

    private static readonly RedisValue[] _markFields = ["token", "step"], _headFields = ["head"];

    private readonly RedisConnection _connection;
    private readonly RedisSettings _settings;
    private readonly int _lanes;
    // As many as there are lanes.
    private readonly ConcurrentDictionary<int, LaneKeys> _keys = new();

    /// <param name="connection">The settings' connection; the caller disposes of it.</param>
    /// <param name="settings">Without problems.</param>
    /// <param name="lanes">Input partitions of the deployment; part of its identity.</param>
    public RedisLaneStore(RedisConnection connection, RedisSettings settings, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, RedisLimits.LanesMax);
        (_connection, _settings, _lanes) = (connection, settings, lanes);
    }

    public async Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        var keys = KeysOf(lane);
        var reply = await _connection.RunAsync(RedisScript.Acquire, [keys.Meta, keys.Outbox], [token], stop).ConfigureAwait(false);
        var parts = (RedisResult[])reply.OrFail()!;
        var outbox = (RedisValue[])parts[2]!;
        var entries = Enumerable.Range(0, outbox.Length / 2).Select(i => Entry(outbox[2 * i], outbox[2 * i + 1]));
        return new(
            parts[0].IsNull ? 0 : (long)parts[0], (byte[]?)parts[1],
            [.. entries.OrderBy(entry => entry.Number).ThenBy(entry => entry.Key, StringComparer.Ordinal)]);
    }

    public Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop) =>
        LoadAsync(lane, users, dueThrough, (null, dueMax), stop);

    /// <summary>
    /// Users due at or before an instant, the earliest first, behind a place: a page of a list that goes on changing. Who is due at the same instant as
    /// before is neither passed over nor met twice, whoever comes and goes meanwhile.
    /// </summary>
    public async Task<IReadOnlyList<DueUser>> DueAsync(int lane, long dueThrough, DuePlace? after, int most, CancellationToken stop) =>
        (await LoadAsync(lane, [], dueThrough, (after, most), stop).ConfigureAwait(false)).Due;

    private async Task<LoadedUsers> LoadAsync(
        int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, (DuePlace? After, int Most) due, CancellationToken stop)
    {
        var keys = KeysOf(lane);
        RedisKey[] asked = [keys.Meta, keys.Due, .. users.Select(keys.Of)];
        RedisValue[] arguments = [Text(dueThrough), due.Most, Text(due.After?.Due), due.After?.User.Span.ToArray() ?? []];
        var reply = await _connection.RunAsync(RedisScript.Load, asked, arguments, stop).ConfigureAwait(false);
        var parts = (RedisResult[])reply.OrFail()!;
        var (dueUsers, dueRecords) = ((RedisValue[])parts[1]!, (RedisValue[])parts[2]!);
        return new(
            Mark((RedisValue[])parts[3]!),
            [.. ((RedisValue[])parts[0]!).Select(Bytes)],
            [.. dueRecords.Select((record, i) => new DueUser(User(dueUsers[2 * i]), Milliseconds(dueUsers[2 * i + 1]), Bytes(record)))]);
    }

    public async Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop)
    {
        StepRules.Check(step);
        var keys = KeysOf(lane);
        RedisKey[] touched = [keys.Meta, keys.Due, keys.Outbox, .. step.Users.Select(write => keys.Of(write.User))];
        var reply = await _connection.RunAsync(RedisScript.Prepare, touched, Arguments(token, step), stop).ConfigureAwait(false);
        if (reply.IsRefused) return PrepareVerdict.Refused;
        var verdict = (string?)reply.Value switch
        {
            "PREPARED" => PrepareVerdict.Prepared,
            "ALREADY" => PrepareVerdict.Already,
            "FENCED" => PrepareVerdict.Fenced,
            var other => throw new StoreFailedException($"Redis answered '{other}' to a step.")
        };
        if (verdict != PrepareVerdict.Fenced) await ReplicateAsync(stop).ConfigureAwait(false);
        return verdict;
    }

    public async Task<LaneMark> LookAsync(int lane, CancellationToken stop)
    {
        var meta = KeysOf(lane).Meta;
        var reply = await _connection.AskAsync(database => database.HashGetAsync(meta, _markFields, CommandFlags.DemandMaster), stop).ConfigureAwait(false);
        return Mark(reply.OrFail());
    }

    /// <summary>What the last step left. Null: the store has none, or one of a newer version.</summary>
    public async Task<LaneHead?> HeadAsync(int lane, CancellationToken stop)
    {
        var meta = KeysOf(lane).Meta;
        // Of several fields: the engine's rights do not have the command for one.
        var reply = await _connection.AskAsync(database => database.HashGetAsync(meta, _headFields, CommandFlags.DemandMaster), stop).ConfigureAwait(false);
        return (byte[]?)reply.OrFail()[0] is { } head ? LaneHead.Decode(head) : null;
    }

    private static LaneMark Mark(RedisValue[] fields) => new((string?)fields[0] ?? "", fields[1].IsNull ? 0 : (long)fields[1]);

    private LaneKeys KeysOf(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _lanes);
        return _keys.GetOrAdd(lane, static (lane, store) => LaneKeys.Of(store._settings.Prefix, lane, store._lanes), this);
    }

    private RedisValue[] Arguments(string token, StepWrite step)
    {
        var life = (long)(_settings.TimeToLive?.TotalMilliseconds ?? 0);
        var all = new List<RedisValue>(9 + 2 * step.Users.Count + 2 * step.Added.Count + step.Trimmed.Count)
        {
            token, step.Step - 1, step.Step, step.StepId, step.Head.ToArray(), life, step.Users.Count, step.Added.Count, step.Trimmed.Count
        };
        foreach (var write in step.Users)
        {
            all.Add(Whole(write.Record));
            all.Add(write is { Due: null, IsCalm: true, Record.IsEmpty: false } ? StillCalm : Text(write.Due));
        }
        foreach (var entry in step.Added)
        {
            all.Add(entry.Key);
            all.Add(Value(entry));
        }
        foreach (var key in step.Trimmed) all.Add(key);
        return [.. all];
    }

    // Also after a step that was there already: the retry of one that too few replicas had.
    private async Task ReplicateAsync(CancellationToken stop)
    {
        if (_settings.WaitReplicas == 0) return;
        var reply = await _connection.AskAsync(
            database => database.ExecuteAsync("WAIT", (object[])[_settings.WaitReplicas, _settings.WaitMilliseconds], CommandFlags.DemandMaster),
            stop, TimeSpan.FromMilliseconds(_settings.WaitMilliseconds)).ConfigureAwait(false);
        var acknowledged = (int)reply.OrFail();
        if (acknowledged < _settings.WaitReplicas)
            throw new StoreFailedException(
                $"{acknowledged} of {_settings.WaitReplicas} replicas had the step within {_settings.WaitMilliseconds} ms (redis.wait_replicas).");
    }

    // The number before the bytes, most significant byte first; the outbox is read whole and sorted here.
    private static byte[] Value(OutboxEntry entry)
    {
        var value = new byte[sizeof(long) + entry.Record.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, entry.Number);
        entry.Record.Span.CopyTo(value.AsSpan(sizeof(long)));
        return value;
    }

    private static OutboxEntry Entry(RedisValue key, RedisValue value)
    {
        var bytes = (byte[])value!;
        if (bytes.Length < sizeof(long)) throw new StoreFailedException($"The outbox entry '{key}' is not one of ours.");
        return new((string)key!, BinaryPrimitives.ReadInt64BigEndian(bytes), bytes.AsMemory(sizeof(long)));
    }

    // The client sends what it is given, so an array of just these bytes need not be copied before.
    private static byte[] Whole(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var part) && part.Offset == 0 && part.Count == part.Array!.Length ? part.Array : memory.ToArray();

    private static string Text(long? milliseconds) => milliseconds?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static long Milliseconds(RedisValue score) => (long)double.Parse((string)score!, CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Bytes(RedisValue record) => (byte[]?)record;

    private static Utf8Text User(RedisValue member)
    {
        var bytes = (byte[])member!;
        return new(bytes, 0, bytes.Length);
    }
}
