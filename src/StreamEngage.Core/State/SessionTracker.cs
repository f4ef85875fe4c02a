using System.Text;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.State;

/// <summary>
/// Keeps each user's session: a run of behavior events with gaps of at most <c>gap</c>, at most <c>max</c> long. Makes the events
/// <c>session_start</c> and <c>session_end</c>.
/// </summary>
internal sealed class SessionTracker(EventSchema schema, TimePolicy policy, Lane lane)
{
    private readonly int _startType = schema.TypeOf(EventTypes.SessionStart);
    private readonly int _endType = schema.TypeOf(EventTypes.SessionEnd);
    private readonly int _valueProperty = schema.PropertyOf("value");

    /// <summary>Adds an event to its session. True when it begins one, whose start is then to be applied before it.</summary>
    public bool Track(in BehaviorEvent e, UserState user)
    {
        var session = user.Session ??= new();
        if (session.IsOpen) return Join(session, e, user);
        var isOfEnded = session.Count > 0 && e.At - session.Last <= policy.SessionGapMilliseconds && e.IsLate;
        if (isOfEnded) return false;
        Begin(session, e, user);
        return true;
    }

    public BehaviorEvent StartOf(UserState user) => 
        Derived(_startType, user.Session!.Start, user, new(new Value[schema.SlotCount(_startType)], 0));

    /// <summary>The end that the session's timer makes at <paramref name="at"/>; the session is closed by it.</summary>
    public BehaviorEvent EndOf(UserState user, EventTime at)
    {
        var session = user.Session!;
        session.IsOpen = false;
        var values = new Value[schema.SlotCount(_endType)];
        Set(values, "count", Value.Of(session.Count));
        Set(values, "duration", Value.Of(session.Duration));
        Set(values, "first_type", Value.Of(session.FirstType));
        Set(values, "last_type", Value.Of(session.LastType));
        Set(values, "value", Value.Of(session.Value));
        return Derived(_endType, at, user, new(values, 0));
    }

    private void Begin(UserSession session, in BehaviorEvent e, UserState user)
    {
        session.IsOpen = true;
        session.Start = session.Last = e.At;
        session.Count = 0;
        session.Value = 0;
        session.FirstId = e.Id.Detach();
        session.FirstType = TypeOf(e, session.FirstType);
        Add(session, e, user);
    }

    /// <summary>A late event from before the session's reach belongs to an ended one and is not counted again.</summary>
    private bool Join(UserSession session, in BehaviorEvent e, UserState user)
    {
        if (session.Start - e.At > policy.SessionGapMilliseconds) return false;
        if (e.At < session.Start)
        {
            session.Start = e.At;
            session.FirstType = TypeOf(e, session.FirstType);
        }
        Add(session, e, user);
        return false;
    }

    private void Add(UserSession session, in BehaviorEvent e, UserState user)
    {
        session.Count++;
        var slot = schema.Slot(e.Type, _valueProperty);
        if (slot >= 0 && e.Properties[slot] is { Kind: ValueKind.Number } value) session.Value += value.Number;
        if (e.At >= session.Last)
        {
            session.Last = e.At;
            session.LastType = TypeOf(e, session.LastType);
        }
        user.SessionTimer ??= new(user, TimerPurpose.SessionEnd);
        var due = Math.Min(
            session.Last.UnixMilliseconds + policy.SessionGapMilliseconds,
            session.Start.UnixMilliseconds + policy.SessionMaxMilliseconds);
        lane.Timers.Arm(user.SessionTimer, due);
    }

    /// <summary>Types the rulebook names have a text that stays; of another a copy is made when it changes.</summary>
    private Utf8Text TypeOf(in BehaviorEvent e, Utf8Text current) =>
        e.Type != EventSchema.OtherType ? schema.TypeText(e.Type) : current == e.TypeName ? current : e.TypeName.Detach();

    private void Set(Value[] values, string property, Value value)
    {
        var slot = schema.Slot(_endType, Encoding.UTF8.GetBytes(property));
        if (slot >= 0) values[slot] = value;
    }

    private BehaviorEvent Derived(int type, EventTime at, UserState user, PropertyRun properties)
    {
        var name = schema.TypeText(type);
        var id = new Utf8Text($"{user.Session!.FirstId}/{name}");
        var decoded = new DecodedEvent { Id = id, User = user.Id, UserHash = user.Hash, Type = type, TypeName = name, At = at };
        return new(decoded, EventTime.Max(lane.Clock, at), properties);
    }
}
