using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage;

/// <summary>A version of what came of prompts, as <see cref="PipelineStatistics.Write"/> wrote it.</summary>
/// <param name="From">In force from this instant of the source's clock on.</param>
/// <param name="Record">Its bytes.</param>
internal readonly record struct StatisticsVersion(EventTime From, ReadOnlyMemory<byte> Record);

/// <content>A run that sees some of the users, and is told what came of the prompts of all.</content>
internal sealed partial class PipelineRun
{
    private int _followed;

    /// <summary>Versions of another run, in order, that take the place of what this one counts. Null: decisions read what this run counted.</summary>
    public IReadOnlyList<StatisticsVersion>? Told { get; init; }

    /// <summary>Hears of each version that comes into force.</summary>
    public Action<StatisticsVersion>? Published { get; init; }

    /// <summary>Another version is in force from here on, whatever the clock. Of a run that is told.</summary>
    /// <returns>False when the bytes are broken or of a newer version.</returns>
    public bool Tell(ReadOnlySpan<byte> statistics)
    {
        Process(tick: null);
        var isRead = Statistics.TryRead(statistics);
        if (isRead) _now.Publish();
        return isRead;
    }

    /// <summary>Another rulebook is in force from here on, whatever the source brings next.</summary>
    /// <param name="next">A rulebook that was checked.</param>
    public void ChangeNow(RulebookDefinition next)
    {
        Process(tick: null);
        Change(next, Clock, Changing);
    }

    private EventTime NextStep => Told is null ? Statistics.NextStep : _followed < Told.Count ? Told[_followed].From : new(long.MaxValue);

    /// <summary>The lanes come to each version on the way as they came to it where it was counted.</summary>
    private void FollowTo(EventTime clock)
    {
        for (; _followed < Told!.Count && Told[_followed].From <= clock; _followed++)
        {
            ProcessLanes(Told[_followed].From, tick: null);
            Statistics.TryRead(Told[_followed].Record.Span);
            _now.Publish();
        }
    }

    private void Freeze()
    {
        if (!Statistics.Freeze()) return;
        _now.Publish();
        if (Published is null) return;
        var record = new RecordWriter();
        Statistics.Write(record);
        Published(new(Statistics.NextStep, record.Written.ToArray()));
    }
}
