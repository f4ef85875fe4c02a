using System.Threading.Channels;

namespace StreamEngage.Kafka;

/// <summary>
/// Lets the client's thread, in the middle of a poll, have something done by the one who awaits the poll. The client announces lanes that go away
/// by calling back from inside its poll, and they go when the callback returns; what has to happen before is asynchronous. So the client's own
/// thread stands still in the callback (nobody else needs it), while the awaiter of the poll does the work where it does all its work.
/// </summary>
internal sealed class Handover : IDisposable
{
    private readonly Channel<IReadOnlyList<int>?> _asked = Channel.CreateBounded<IReadOnlyList<int>?>(KafkaLimits.CallsWaitingMax);
    private readonly SemaphoreSlim _done = new(0);

    /// <summary>The client's thread: returns when it is done, or after the time that lanes have for going.</summary>
    public void Ask(IReadOnlyList<int> lanes)
    {
        while (_done.Wait(0)) continue;
        _asked.Writer.TryWrite(lanes);
        _done.Wait(KafkaLimits.DrainMilliseconds);
    }

    /// <summary>The client's thread: nothing more will be asked in this poll.</summary>
    public void End() => _asked.Writer.TryWrite(null);

    /// <summary>The awaiter: does what is asked until the poll ends.</summary>
    public async Task AnswerAsync(Func<IReadOnlyList<int>, Task>? revoking)
    {
        List<Task> answers = [];
        while (await _asked.Reader.ReadAsync() is { } lanes)
        {
            var answer = revoking?.Invoke(lanes) ?? Task.CompletedTask;
            answers.Add(answer);
            await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _done.Release();
        }
        // A failed drain is a bug, told to whoever polls, after the poll has come to its end.
        await Task.WhenAll(answers);
    }

    public void Dispose() => _done.Dispose();
}
