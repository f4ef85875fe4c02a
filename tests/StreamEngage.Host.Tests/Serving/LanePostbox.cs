using System.Text;
using StreamEngage.Steps;

namespace StreamEngage.Host.Tests.Serving;

/// <summary>Lanes that keep what they are told.</summary>
internal sealed class LanePostbox
{
    public const int Lanes = 3;

    public List<(int Lane, LaneMessage Message)> Told { get; } = [];

    /// <summary>From this lane on nothing is taken.</summary>
    public int? FailsFrom { get; set; }

    public List<string> WrongTopics { get; } = [];

    public string TextOf(int message) => Encoding.UTF8.GetString(Told[message].Message.Body.Span);

    /// <summary>Users are in the lane that their first letter says, from a on.</summary>
    public LanePost Open() => new(Lanes, user => user[0] - 'a', SendAsync)
    {
        WrongTopics = (topics, _) => Task.FromResult<IReadOnlyList<string>>(
            [.. WrongTopics.Where(wrong => topics.Any(topic => wrong.Contains(topic, StringComparison.Ordinal)))]),
    };

    private Task SendAsync(int lane, ReadOnlyMemory<byte> record, CancellationToken stop)
    {
        if (lane >= FailsFrom) throw new LogFailedException("no broker answers");
        Told.Add((lane, LaneMessage.Decode(record)!.Value));
        return Task.CompletedTask;
    }
}
