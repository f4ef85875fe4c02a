using System.Net;
using StackExchange.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Asks the sentinels, one after the other, who the master is: version 1 of the client library does not follow it by itself.</summary>
internal static class Sentinels
{
    /// <exception cref="StoreFailedException">No sentinel answered, or none knows the name.</exception>
    public static async Task<EndPoint> FindMasterAsync(RedisSettings settings, CancellationToken stop)
    {
        var failures = new List<string>();
        foreach (var address in settings.Addresses)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                if (await AskAsync(settings, address).ConfigureAwait(false) is { } master) return master;
                failures.Add($"{address} watches no master '{settings.SentinelMaster}'");
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                failures.Add($"{address}: {failure.Message}");
            }
        }
        throw new StoreFailedException($"No sentinel names the master. {string.Join("; ", failures)}");
    }

    private static async Task<EndPoint?> AskAsync(RedisSettings settings, string address)
    {
        var client = await RedisClient.ConnectToSentinelAsync(settings, address).ConfigureAwait(false);
        try
        {
            var sentinel = client.GetServer(client.GetEndPoints()[0]);
            return await sentinel.SentinelGetMasterAddressByNameAsync(settings.SentinelMaster!).WaitAsync(settings.CommandTimeout).ConfigureAwait(false);
        }
        finally
        {
            await client.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
    }
}
