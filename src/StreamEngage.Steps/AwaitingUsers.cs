using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>Reads of a lane's users, as the store has them, what of theirs waits for a person's answer. It changes nothing.</summary>
/// <param name="reigns">The rulebooks of the lane.</param>
/// <param name="head">Where the lane stands.</param>
internal sealed class AwaitingUsers(LaneReigns reigns, LaneHead head)
{
    private const int UsersOfALane = 1_000;

    private readonly List<(CompiledRulebook Rulebook, UserState User, HeldCandidate Held)> _found = [];
    private Lane _lane = new();

    /// <summary>
    /// Nobody of whom something waits is due later than this, in milliseconds: a deadline is a timer, and none is further away than the rulebooks allow. Null:
    /// no rulebook asks anybody.
    /// </summary>
    public long? DueThrough
    {
        get
        {
            var longest = Enumerable.Range(reigns.Oldest, reigns.Now.Number - reigns.Oldest + 1)
                .SelectMany(number => reigns[number].Rulebook.Triggers).Max(trigger => trigger.Decide.Approval?.WithinMilliseconds);
            return longest is not { } within ? null : Clock is { } clock ? clock.UnixMilliseconds + within : Limits.EventTimeMax;
        }
    }

    /// <summary>Valid until the next call.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="record">As the store has it; one that cannot be read has nothing to tell.</param>
    public IReadOnlyList<(CompiledRulebook Rulebook, UserState User, HeldCandidate Held)> Of(Utf8Text user, ReadOnlySpan<byte> record)
    {
        _found.Clear();
        if (!LaneEngine.IsOwn(record, head.Epoch) || LaneEngine.ReignOf(record) is var reign && reign > reigns.Now.Number) return _found;
        var hash = Hash64.Of(user.Span);
        if (_lane.Users.Count >= UsersOfALane || _lane.Users.Find(user, hash) is not null) _lane = new();
        var rulebook = reigns[(int)Math.Max(reign, reigns.Oldest)].Rulebook;
        var state = _lane.Users.Open(user, hash);
        if (!new UserStateCodec(rulebook.Layout, _lane).TryRead(LaneEngine.BodyOf(record), state)) return _found;
        foreach (var held in state.Held)
            if (held.AwaitsApproval) _found.Add((rulebook, state, held));
        return _found;
    }

    private EventTime? Clock
    {
        get
        {
            var intake = new EventIntake(reigns.Rulebook.Schema, reigns.Rulebook.Time);
            return !head.Source.IsEmpty && new SourceCodec(reigns.Rulebook.Schema).TryRead(head.Source.Span, intake) ? intake.Clock.Now : null;
        }
    }
}
