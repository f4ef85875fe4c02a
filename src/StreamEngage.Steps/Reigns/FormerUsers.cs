using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Steps.Reigns;

/// <summary>
/// Brings records that were written under former rulebooks under the one in force. It makes of a record what it would have become had its user been in
/// memory at each change: that depends on the record and the changes alone, so it does not show when a user is read, or how often.
/// </summary>
internal sealed class FormerUsers(LaneReigns reigns, bool wantsDecisions)
{
    private readonly Dictionary<int, Passage> _passages = [];
    private readonly Dictionary<int, IReadOnlyList<CompiledSegment>> _brought = [];

    /// <returns>Null when the record is broken or of a newer version.</returns>
    public CarriedUser? Carry(Utf8Text user, ReadOnlySpan<byte> record, long written)
    {
        if (written > reigns.Now.Number) return null;
        var ended = new StepOutput { WantsDecisions = wantsDecisions };
        var (first, carried, due) = ((int)Math.Max(written, reigns.Oldest), record.ToArray(), (long?)null);
        for (var number = first; number < reigns.Now.Number; number++)
        {
            if (PassageOf(number).Pass(user, carried, ended) is not { } passed) return null;
            if (number == first) due = passed.Due;
            carried = passed.Record;
        }
        return new(carried, due, ended.Decisions, BroughtSince(first)) { BringsStages = reigns.BringsStagesSince(first) };
    }

    /// <summary>Of a record that is not the lane's own: what the changes owe its user besides verdicts is paid now.</summary>
    /// <returns>The record; empty when it cannot be read.</returns>
    public ReadOnlyMemory<byte> Meet(Utf8Text user, CarriedUser carried, EventTime clock)
    {
        if (carried.Segments.Count == 0 && !carried.BringsStages) return carried.Record;
        var (lane, record) = (new Lane(), new RecordWriter());
        lane.MoveClockTo(clock);
        var codec = new UserStateCodec(reigns.Rulebook.Layout, lane);
        var state = lane.Users.Open(user, Hash64.Of(user.Span));
        if (!codec.TryRead(carried.Record.Span, state)) return default;
        if (carried.BringsStages) LifeCodec.Assume(state);
        if (state.Applied > 0) new Pipeline(reigns.Rulebook, lane).Acquaint(carried.Segments, state);
        codec.Write(state, record);
        return record.Written.ToArray();
    }

    private Passage PassageOf(int number)
    {
        if (!_passages.TryGetValue(number, out var passage)) _passages[number] = passage = new(reigns[number], reigns[number + 1]);
        return passage;
    }

    private IReadOnlyList<CompiledSegment> BroughtSince(int number)
    {
        if (!_brought.TryGetValue(number, out var segments)) _brought[number] = segments = reigns.BroughtSince(number);
        return segments;
    }

    /// <summary>From one reign to the next: a lane of its own in which one user at a time lives through the change.</summary>
    private sealed class Passage
    {
        private readonly Lane _lane = new();
        private readonly Pipeline _pipeline;
        private readonly UserStateCodec _codec;
        private readonly StateLayout _next;
        private readonly RecordWriter _record = new();

        public Passage(LaneReign from, LaneReign to)
        {
            (_pipeline, _codec, _next) = (new(from.Rulebook, _lane), new(from.Rulebook.Layout, _lane), to.Rulebook.Layout);
            _lane.MoveClockTo(to.Since);
        }

        public (byte[] Record, long? Due)? Pass(Utf8Text user, ReadOnlySpan<byte> record, StepOutput ended)
        {
            var state = _lane.Users.Open(user, Hash64.Of(user.Span));
            var isRead = _codec.TryRead(record, state);
            var due = UserTimers.NextDue(state);
            if (isRead)
            {
                _pipeline.Retire(_next, ended);
                _record.Clear();
                _codec.Write(state, _record);
            }
            UserTimers.DisarmAll(state, _lane);
            _lane.Users.Remove(state);
            return isRead ? (_record.Written.ToArray(), due) : null;
        }
    }
}

/// <summary>A user's record under the rulebook in force, and what the changes since it was written still owe.</summary>
/// <param name="Record">The record.</param>
/// <param name="Due">When the user is due by the record that the store has; null: nothing is.</param>
/// <param name="Ended">Verdicts on what waited and could not go on, as of the change that ended it.</param>
/// <param name="Segments">Those that have yet to find the user.</param>
internal sealed record CarriedUser(
    ReadOnlyMemory<byte> Record, long? Due, IReadOnlyList<DecisionRecord> Ended, IReadOnlyList<CompiledSegment> Segments)
{
    /// <summary>Of the user's activity nothing is known but its first and last event.</summary>
    public bool BringsStages { get; init; }
}
