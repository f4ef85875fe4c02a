using System.Security.Cryptography;
using StackExchange.Redis;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>A lane of a name that nobody else has, to find out before the start whether this server does what lanes need.</summary>
internal sealed class ScratchLane
{
    private static readonly Utf8Text[] _users = [new("timed"), new("idle")];
    private static readonly byte[] _record = [0, 1, 255];
    private const string Key = "prompt";
    private const long Due = 5;

    private readonly RedisConnection _connection;
    private readonly RedisSettings _settings;
    private readonly RedisLaneStore _store;
    private readonly string _token = RandomNumberGenerator.GetHexString(32);

    public ScratchLane(RedisConnection connection, RedisSettings settings)
    {
        _connection = connection;
        // The prefix of the engine comes first, so that its rights cover these keys.
        _settings = settings with { Prefix = $"{settings.Prefix}:self-test:{_token}" };
        _store = new(connection, _settings, lanes: 1);
    }

    /// <summary>Every command that the engine uses, once.</summary>
    /// <returns>What the server did otherwise than it must; null: nothing.</returns>
    /// <exception cref="StoreFailedException">It failed.</exception>
    public async Task<string?> TryAsync(CancellationToken stop)
    {
        try
        {
            return await WriteAsync(stop).ConfigureAwait(false) ?? await ReadAsync(stop).ConfigureAwait(false) ?? await ForgetAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await RemoveAsync().ConfigureAwait(false);
        }
    }

    private async Task<string?> WriteAsync(CancellationToken stop)
    {
        var lane = await _store.AcquireAsync(0, _token, stop).ConfigureAwait(false);
        if (lane is not { Step: 0, Head.IsEmpty: true, Outbox.Count: 0 }) return "a new lane was not empty";
        var first = Step(1, [new(_users[0], _record, Due), new(_users[1], _record, null)], [new(Key, 1, _record)], []);
        return Otherwise(PrepareVerdict.Prepared, await _store.PrepareAsync(0, _token, first, stop).ConfigureAwait(false), "a step")
            ?? Otherwise(PrepareVerdict.Already, await _store.PrepareAsync(0, _token, first, stop).ConfigureAwait(false), "the same step again")
            ?? Otherwise(PrepareVerdict.Fenced, await _store.PrepareAsync(0, "another", first, stop).ConfigureAwait(false), "a step of another owner");
    }

    private async Task<string?> ReadAsync(CancellationToken stop)
    {
        var loaded = await _store.LoadAsync(0, _users, Due, 10, stop).ConfigureAwait(false);
        if (!loaded.Records.All(IsTheRecord)) return "a record did not come back as it was written";
        if (loaded.Due is not [{ Due: Due } due] || due.User != _users[0] || !IsTheRecord(due.Record)) return "who is due did not come back as it was written";
        return await _store.LookAsync(0, stop).ConfigureAwait(false) == new LaneMark(_token, 1) ? null : "the lane does not stand where its step left it";
    }

    private async Task<string?> ForgetAsync(CancellationToken stop)
    {
        var last = Step(2, [.. _users.Select(user => new UserWrite(user, default, null))], [], [Key]);
        if (Otherwise(PrepareVerdict.Prepared, await _store.PrepareAsync(0, _token, last, stop).ConfigureAwait(false), "a step that forgets") is { } wrong) return wrong;
        var loaded = await _store.LoadAsync(0, _users, Due, 10, stop).ConfigureAwait(false);
        return loaded.Due.Count == 0 && loaded.Records.All(record => record.IsEmpty) ? null : "a forgotten user is still there";
    }

    private async Task RemoveAsync()
    {
        var keys = LaneKeys.Of(_settings.Prefix, lane: 0, lanes: 1);
        object[] all = [keys.Meta, keys.Due, keys.Outbox, .. _users.Select(user => (object)keys.Of(user))];
        try
        {
            await _connection.AskAsync(database => database.ExecuteAsync("DEL", all, CommandFlags.DemandMaster), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreFailedException)
        {
            // What stopped the test stops this too, and is told already; a few bytes of a name that nobody uses stay.
        }
    }

    private static string? Otherwise(PrepareVerdict expected, PrepareVerdict actual, string what) =>
        actual == expected ? null
        : actual == PrepareVerdict.Refused ? $"{what} was refused: the server is full, read-only or loading"
        : $"{what} was answered {actual} instead of {expected}";

    private static bool IsTheRecord(ReadOnlyMemory<byte> record) => record.Span.SequenceEqual(_record);

    private static StepWrite Step(long number, IReadOnlyList<UserWrite> users, IReadOnlyList<OutboxEntry> added, IReadOnlyList<string> trimmed) => new()
    {
        Step = number, StepId = $"step {number}", Head = _record, Users = users, Added = added, Trimmed = trimmed
    };
}
