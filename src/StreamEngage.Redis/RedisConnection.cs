using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using StackExchange.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>
/// One connection for all lanes. Made at the first question, kept up by the client library; behind sentinels it is made anew when the master
/// has moved. The one place where errors of the client library become the store's.
/// </summary>
internal sealed class RedisConnection(RedisSettings settings, TimeProvider clock) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile ConnectionMultiplexer? _client;
    private volatile bool _masterMayHaveMoved;
    // Behind the gate.
    private EndPoint? _master;
    private long _asked;

    /// <summary>Asks, and waits at most the command timeout and <paramref name="longer"/> for the reply.</summary>
    /// <exception cref="StoreFailedException">No reply, or an error: what was asked for may have happened.</exception>
    public async Task<RedisReply<T>> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken stop, TimeSpan longer = default)
    {
        try
        {
            var client = await ClientAsync(stop).ConfigureAwait(false);
            var asked = ask(client.GetDatabase(settings.Database));
            return new(await WithinAsync(asked, settings.CommandTimeout + longer, stop).ConfigureAwait(false), null);
        }
        catch (RedisServerException refusal) when (RedisRefusals.IsCertain(refusal.Message))
        {
            if (RedisRefusals.IsDemoted(refusal.Message)) _masterMayHaveMoved = true;
            return new(default, refusal.Message);
        }
        catch (Exception failure) when (IsFailure(failure, stop))
        {
            _masterMayHaveMoved = true;
            throw new StoreFailedException($"Redis failed: {failure.Message}", failure);
        }
    }

    /// <summary>Runs a script by its hash; a server that does not know it gets its text.</summary>
    public Task<RedisReply<RedisResult>> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken stop) =>
        AskAsync(async database =>
        {
            try
            {
                return await database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
            }
            catch (RedisServerException unknown) when (RedisRefusals.IsNoScript(unknown.Message))
            {
                const CommandFlags withText = CommandFlags.DemandMaster | CommandFlags.NoScriptCache;
                return await database.ScriptEvaluateAsync(script.Text, keys, arguments, withText).ConfigureAwait(false);
            }
        }, stop);

    /// <summary>What each server that is connected says of itself.</summary>
    public async Task<IReadOnlyList<string>> InfoAsync(CancellationToken stop) => (await AskAsync(database =>
    {
        var client = _client!;
        var servers = client.GetEndPoints().Select(end => client.GetServer(end)).Where(server => server.IsConnected);
        return Task.WhenAll(servers.Select(server => server.InfoRawAsync()));
    }, stop).ConfigureAwait(false)).OrFail()!;

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client) await client.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        _client?.Dispose();
        _gate.Dispose();
    }

    private static bool IsFailure(Exception failure, CancellationToken stop) => failure
        is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException or SocketException or IOException
        or AuthenticationException || (failure is OperationCanceledException && !stop.IsCancellationRequested);

    private static async Task<T> WithinAsync<T>(Task<T> asked, TimeSpan time, CancellationToken stop)
    {
        try
        {
            return await asked.WaitAsync(time, stop).ConfigureAwait(false);
        }
        finally
        {
            // Given up on: a later failure concerns nobody.
            if (!asked.IsCompleted)
                _ = asked.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private ValueTask<ConnectionMultiplexer> ClientAsync(CancellationToken stop) =>
        _client is { } client && !(settings.SentinelMaster is not null && _masterMayHaveMoved) ? new(client) : new(ConnectAsync(stop));

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (settings.SentinelMaster is null) return _client ??= await RedisClient.ConnectAsync(settings, master: null).ConfigureAwait(false);
            if (_client is { } client && (!_masterMayHaveMoved || !MayAskSentinels())) return client;
            return await FollowMasterAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool MayAskSentinels() => clock.GetElapsedTime(_asked).TotalMilliseconds >= RedisLimits.ReconnectMilliseconds;

    private async Task<ConnectionMultiplexer> FollowMasterAsync(CancellationToken stop)
    {
        _asked = clock.GetTimestamp();
        var master = await Sentinels.FindMasterAsync(settings, stop).ConfigureAwait(false);
        _masterMayHaveMoved = false;
        if (_client is { } same && master.Equals(_master)) return same;
        var old = _client;
        _client = await RedisClient.ConnectAsync(settings, master).ConfigureAwait(false);
        _master = master;
        if (old is not null) await old.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        return _client;
    }
}
