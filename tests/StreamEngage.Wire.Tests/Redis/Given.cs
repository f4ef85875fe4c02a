using System.Diagnostics;
using System.Text;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Values nobody cares about, and a store on its own connection.</summary>
internal static class Given
{
    public static CancellationToken Never => CancellationToken.None;

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static Utf8Text User(string name) => new(name);

    public static UserWrite Write(string user, string record, long? due = null) => new(new(user), Bytes(record), due);

    public static OutboxEntry Entry(string key, long number) => new(key, number, Bytes($"record of {key}"));

    public static StepWrite Step(long number, params UserWrite[] users) => Step(number, users, []);

    public static StepWrite Step(long number, IReadOnlyList<UserWrite> users, IReadOnlyList<OutboxEntry> added, params string[] trimmed) => new()
    {
        Step = number, StepId = $"step {number}", Head = Bytes($"head {number}"), Users = users, Added = added, Trimmed = trimmed
    };

    /// <summary>Asks again while the store fails, for half a minute.</summary>
    public static async Task<T> Eventually<T>(Func<Task<T>> ask)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (StoreFailedException) when (waited.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Waits for what a server does in its own time.</summary>
    public static Task Until(Func<bool> isSo) => Eventually(() => isSo() ? Task.FromResult(0) : throw new StoreFailedException("not yet"));

    public static string Text(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    public static string Text(LaneRecord lane) =>
        $"step {lane.Step} head {Text(lane.Head)} outbox {string.Join(" ", lane.Outbox.Select(entry => $"{entry.Key}={entry.Number}:{Text(entry.Record)}"))}";

    public static string Text(LoadedUsers loaded) =>
        $"{string.Join(" ", loaded.Records.Select(Text))} due {string.Join(" ", loaded.Due.Select(due => $"{due.User}@{due.Due}:{Text(due.Record)}"))}";
}

/// <summary>A store with its connection, as one instance of the engine has it.</summary>
internal sealed class Instance(RedisSettings settings, int lanes = 8) : IAsyncDisposable
{
    public RedisSettings Settings { get; } = settings;

    public RedisConnection Connection { get; } = new(settings, TimeProvider.System);

    public RedisLaneStore Store => field ??= new(Connection, Settings, lanes);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
