using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>
/// A lane's part in what lanes tell each other: numbers what it tells, takes each message once, and knows what came of prompts in all lanes. One of the
/// lanes counts for all and tells them, in steps of its own clock; each decides by what it was told last.
/// </summary>
/// <remarks>Messages are input, so a step that is made again meets the same ones at the same place.</remarks>
/// <param name="lane">Whose.</param>
/// <param name="lanes">How many there are.</param>
/// <param name="rulebook">Names what is counted.</param>
internal sealed class LaneExchange(int lane, int lanes, CompiledRulebook rulebook)
{
    /// <summary>The lane that counts for all.</summary>
    public const int CountingLane = 0;

    private const byte Version = 1;

    private readonly SortedDictionary<int, long> _taken = [];
    private readonly PipelineStatistics _told = new(rulebook);
    private readonly PipelineStatistics _counted = new(rulebook);
    private readonly PipelineStatistics _untold = new(rulebook);
    private readonly List<AddressedMessage> _messages = [];
    private readonly RecordWriter _record = new();
    private ReadOnlyMemory<byte>? _written;
    private long _number;

    /// <summary>What decisions read.</summary>
    public GlobalStatistics InForce => _told.InForce;

    /// <summary>The same lane's part under another rulebook; to be read from what this one writes.</summary>
    public LaneExchange Under(CompiledRulebook next) => new(lane, lanes, next);

    /// <summary>Takes note of what a run of the pipeline made. It is told when the step is whole.</summary>
    public void Collect(StepOutput output)
    {
        if (output.Outcomes.Count + output.Moves.Count == 0 || !rulebook.Learns) return;
        _untold.Add(output);
        _written = null;
    }

    /// <summary>A step is whole, and the clock stands where it left it: what there is to tell the lanes.</summary>
    public IReadOnlyList<AddressedMessage> Tell(EventTime clock)
    {
        _messages.Clear();
        if (_untold.IsCounting)
        {
            Tell(CountingLane, MessageKind.Outcomes, Written(_untold));
            _untold.Clear();
        }
        if (IsDue(clock))
        {
            _counted.Freeze();
            _counted.PassTo(clock);
            for (var to = 0; to < lanes; to++) Tell(to, MessageKind.Statistics, Written(_counted));
        }
        if (_messages.Count > 0) _written = null;
        return _messages;
    }

    /// <summary>It is time to tell the others what was counted.</summary>
    public bool IsDue(EventTime clock) => _counted.IsCounting && clock >= _counted.NextStep;

    /// <summary>A message was taken before: at-least-once brings some twice.</summary>
    public bool Knows(in LaneMessage message)
    {
        if (message.Sender == LaneMessage.NoLane) return false;
        if (_taken.GetValueOrDefault(message.Sender) >= message.Number) return true;
        _taken[message.Sender] = message.Number;
        _written = null;
        return false;
    }

    /// <summary>Takes a message about outcomes. False when it is broken, or newer than this engine.</summary>
    public bool TryCount(in LaneMessage message)
    {
        _written = null;
        if (message.Kind == MessageKind.Statistics) return _told.TryRead(message.Body.Span);
        var counted = new PipelineStatistics(rulebook);
        if (!counted.TryRead(message.Body.Span)) return false;
        _counted.Add(counted.Total);
        return true;
    }

    /// <summary>As it stands, for the next owner.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        if (_written is { } written) return written;
        _record.Clear();
        _record.Byte(Version);
        _record.Count(_number);
        _record.Count(_taken.Count);
        foreach (var (sender, number) in _taken)
        {
            _record.Count(sender);
            _record.Count(number);
        }
        _record.Time(_counted.NextStep == EventTime.Beginning ? null : _counted.NextStep);
        foreach (var statistics in (PipelineStatistics[])[_told, _counted, _untold]) _record.Bytes(Written(statistics).Span);
        return (_written = _record.Written.ToArray()).Value;
    }

    /// <summary>Goes on where a former owner stood. False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record)
    {
        if (record.IsEmpty) return true;
        var from = new RecordReader(record);
        if (from.Byte() != Version) return false;
        _number = from.Count();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) _taken[(int)from.Count()] = from.Count();
        if (from.Time() is { } next) _counted.StandBefore(next);
        foreach (var statistics in (PipelineStatistics[])[_told, _counted, _untold])
        {
            var part = from.Text();
            if (!part.IsEmpty && !statistics.TryRead(part.Span)) return false;
        }
        return !from.IsBroken && from.IsAtEnd;
    }

    private void Tell(int to, MessageKind kind, ReadOnlyMemory<byte> body) => _messages.Add(new(to, new(kind, lane, ++_number, body)));

    private static ReadOnlyMemory<byte> Written(PipelineStatistics statistics)
    {
        var to = new RecordWriter();
        statistics.Write(to);
        return to.Written.ToArray();
    }
}
