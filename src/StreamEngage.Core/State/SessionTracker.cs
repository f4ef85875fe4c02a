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

    /// <summary>The event begins a session: none is open, and it does not belong to the one that ended last.</summary>
    public static bool Begins(in BehaviorEvent e, UserState user) =>
        user.Session is not { } session || (!session.IsOpen && (session.Count == 0 || e.At > session.Last));

    /// <summary>The start that is applied before the event that begins a session; the session is not open yet.</summary>
    public BehaviorEvent StartOf(in BehaviorEvent e, UserState user) =>
        Derived(_startType, e.At, user, e.Id, new(new Value[schema.SlotCount(_startType)], 0));

    /// <summary>Adds an event to its session. A late one from before the session's reach belongs to an ended one and is not counted again.</summary>
    public void Track(in BehaviorEvent e, UserState user)
    {
        if (Begins(e, user)) Begin(user.Session ??= new(), e, user);
        else if (user.Session is { IsOpen: true } session && session.Start - e.At <= policy.SessionGapMilliseconds) Join(session, e, user);
    }

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
        session.Last = at;
        return Derived(_endType, at, user, session.FirstId, new(values, 0));
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

    private void Join(UserSession session, in BehaviorEvent e, UserState user)
    {
        if (e.At < session.Start)
        {
            session.Start = e.At;
            session.FirstType = TypeOf(e, session.FirstType);
        }
        Add(session, e, user);
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

    private BehaviorEvent Derived(int type, EventTime at, UserState user, Utf8Text firstId, PropertyRun properties)
    {
        var name = schema.TypeText(type);
        var id = new Utf8Text($"{firstId}/{name}");
        var decoded = new DecodedEvent { Id = id, User = user.Id, UserHash = user.Hash, Type = type, TypeName = name, At = at };
        return new(decoded, EventTime.Max(lane.Clock, at), properties);
    }
}
