namespace StreamEngage.Steps;

/// <summary>What a person tells lanes by way of an instance, wherever the lanes run. Thread-safe as its send is.</summary>
/// <param name="lanes">All there are.</param>
/// <param name="laneOf">The lane that has a user.</param>
/// <param name="send">Writes a message to a lane's partition of the exchange, and returns when it stands there; else throws a <see cref="LogFailedException"/>.</param>
internal sealed class LanePost(int lanes, Func<string, int> laneOf, Func<int, ReadOnlyMemory<byte>, CancellationToken, Task> send)
{
    public int Lanes => lanes;

    /// <summary>Of the topics that prompts would go to, those that are not as they must be: a line each.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<string>>> WrongTopics { get; init; } =
        (_, _) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>An event of a user, as a JSON line, in the order of what else comes to the user's lane.</summary>
    public Task TellUserAsync(string user, ReadOnlyMemory<byte> line, CancellationToken stop) =>
        send(laneOf(user), Letter(MessageKind.Event, line), stop);

    /// <summary>The same message to every lane, one after the other.</summary>
    /// <returns>How many have it, and why the next has not; null: all have it.</returns>
    public async Task<(int Told, string? Failure)> TellAllAsync(MessageKind kind, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var letter = Letter(kind, body);
        for (var lane = 0; lane < lanes; lane++)
        {
            try
            {
                await send(lane, letter, stop);
            }
            catch (LogFailedException failed)
            {
                return (lane, failed.Message);
            }
        }
        return (lanes, null);
    }

    // No number: what a person says is told apart by what it says, the version of a rulebook or the id of an event.
    private static byte[] Letter(MessageKind kind, ReadOnlyMemory<byte> body) => new LaneMessage(kind, LaneMessage.NoLane, 0, body).Encode();
}
