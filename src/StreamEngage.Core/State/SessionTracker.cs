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
    private readonly EndSlots _end = new(schema, schema.TypeOf(EventTypes.SessionEnd));
    private readonly Value[] _startValues = new Value[schema.SlotCount(schema.TypeOf(EventTypes.SessionStart))];
    private readonly Value[] _endValues = new Value[schema.SlotCount(schema.TypeOf(EventTypes.SessionEnd))];
    private byte[] _derivedId = new byte[Limits.IdBytesMax + 1 + Limits.TypeBytesMax];

    /// <summary>The event begins a session: none is open, and it does not belong to the one that ended last.</summary>
    public static bool Begins(in BehaviorEvent e, UserState user) =>
        user.Session is not { } session || (!session.IsOpen && (session.Count == 0 || e.At > session.Last));

    /// <summary>
    /// The start that is applied before the event that begins a session; the session is not open yet. Good until the next start or end is made.
    /// </summary>
    public BehaviorEvent StartOf(in BehaviorEvent e, UserState user) =>
        Derived(_startType, e.At, user, e.Id, new(_startValues, 0));

    /// <summary>Adds an event to its session. A late one from before the session's reach belongs to an ended one and is not counted again.</summary>
    public void Track(in BehaviorEvent e, UserState user)
    {
        if (Begins(e, user)) Begin(user.Session ??= new(user), e, user);
        else if (user.Session is { IsOpen: true } session && session.Start - e.At <= policy.SessionGapMilliseconds) Join(session, e, user);
    }

    /// <summary>
    /// The end that the session's timer makes at <paramref name="at"/>; the session is closed by it. Good until the next start or end is made.
    /// </summary>
    public BehaviorEvent EndOf(UserState user, EventTime at)
    {
        var session = user.Session!;
        session.IsOpen = false;
        Set(_end.Count, Value.Of(session.Count));
        Set(_end.Duration, Value.Of(session.Duration));
        Set(_end.FirstType, Value.Of(session.FirstType));
        Set(_end.LastType, Value.Of(session.LastType));
        Set(_end.Value, Value.Of(session.Value));
        session.Last = at;
        return Derived(_endType, at, user, session.FirstId, new(_endValues, 0));
    }

    private void Begin(UserSession session, in BehaviorEvent e, UserState user)
    {
        session.IsOpen = true;
        session.Start = session.Last = e.At;
        session.Count = 0;
        session.Value = 0;
        session.FirstId = e.Id;
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
        var due = Math.Min(
            session.Last.UnixMilliseconds + policy.SessionGapMilliseconds,
            session.Start.UnixMilliseconds + policy.SessionMaxMilliseconds);
        lane.Timers.Arm(session, due);
    }

    /// <summary>Types the rulebook names have a text that stays; of another a copy is made when it changes.</summary>
    private Utf8Text TypeOf(in BehaviorEvent e, Utf8Text current) =>
        e.Type != EventSchema.OtherType ? schema.TypeText(e.Type) : current == e.TypeName ? current : e.TypeName.Detach();

    private void Set(int slot, Value value)
    {
        if (slot >= 0) _endValues[slot] = value;
    }

    private BehaviorEvent Derived(int type, EventTime at, UserState user, Utf8Text firstId, PropertyRun properties)
    {
        var name = schema.TypeText(type);
        var decoded = new DecodedEvent { Id = DerivedId(firstId, name), User = user.Id, UserHash = user.Hash, Type = type, TypeName = name, At = at };
        return new(decoded, EventTime.Max(lane.Clock, at), properties);
    }

    private Utf8Text DerivedId(Utf8Text firstId, Utf8Text name)
    {
        var length = firstId.Length + 1 + name.Length;
        if (_derivedId.Length < length) _derivedId = new byte[length];
        firstId.Span.CopyTo(_derivedId);
        _derivedId[firstId.Length] = (byte)'/';
        name.Span.CopyTo(_derivedId.AsSpan(firstId.Length + 1));
        return new(_derivedId, 0, length);
    }

    /// <summary>Slots of what an end says of its session; -1 where nothing reads it.</summary>
    private sealed class EndSlots(EventSchema schema, int type)
    {
        public readonly int Count = schema.Slot(type, "count"u8);
        public readonly int Duration = schema.Slot(type, "duration"u8);
        public readonly int FirstType = schema.Slot(type, "first_type"u8);
        public readonly int LastType = schema.Slot(type, "last_type"u8);
        public readonly int Value = schema.Slot(type, "value"u8);
    }
}
