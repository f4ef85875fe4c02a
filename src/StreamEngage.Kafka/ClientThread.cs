using System.Collections.Concurrent;

namespace StreamEngage.Kafka;

/// <summary>
/// A thread for one client's calls, one after another. The client library has no asynchronous polls or commits: its calls block, and waiting
/// in them is what this thread is for, so that no thread of the pool ever waits.
/// </summary>
internal sealed class ClientThread : IDisposable
{
    private readonly BlockingCollection<Action> _calls = new(KafkaLimits.CallsWaitingMax);

    public ClientThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    public Task<T> RunAsync<T>(Func<T> call)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(() => Answer(call, answer));
        return answer.Task;
    }

    /// <summary>Ends after the calls that were made.</summary>
    public void Dispose() => _calls.CompleteAdding();

    private static void Answer<T>(Func<T> call, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.SetResult(call());
        }
        catch (Exception failure)
        {
            // The caller's, wherever it waits.
            answer.SetException(failure);
        }
    }

    private void Run()
    {
        foreach (var call in _calls.GetConsumingEnumerable()) call();
        _calls.Dispose();
    }
}
