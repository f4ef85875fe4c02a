namespace StreamEngage.Events;

/// <summary>
/// One behavior event, admitted and placed in time. Its texts and values are slices of the batch it stands in.
/// </summary>
/// <remarks>Valid until its batch is cleared. Only the properties that the rulebook reads are there.</remarks>
public readonly struct BehaviorEvent
{
    internal BehaviorEvent(in DecodedEvent decoded, EventTime clock, in PropertyRun properties)
    {
        Id = decoded.Id;
        User = decoded.User;
        IdHash = decoded.IdHash;
        UserHash = decoded.UserHash;
        ContentHash = decoded.ContentHash;
        Type = decoded.Type;
        TypeName = decoded.TypeName;
        At = decoded.At;
        Session = decoded.Session;
        Source = decoded.Source;
        Clock = clock;
        Properties = properties;
    }

    /// <summary>The same event as another user's.</summary>
    internal BehaviorEvent(in BehaviorEvent other, Utf8Text user, ulong userHash)
    {
        this = other;
        User = user;
        UserHash = userHash;
    }

    /// <summary>Unique within the user and the dedup horizon.</summary>
    public Utf8Text Id { get; }

    /// <summary>Whose event it is.</summary>
    public Utf8Text User { get; }

    internal ulong IdHash { get; }

    internal ulong UserHash { get; }

    internal ulong ContentHash { get; }

    /// <summary>Index of the type in the rulebook's schema; 0 for a type the rulebook does not name.</summary>
    internal int Type { get; }

    /// <summary>The type as it was written.</summary>
    public Utf8Text TypeName { get; }

    /// <summary>When it happened.</summary>
    public EventTime At { get; }

    /// <summary>Where the clock stands when it is applied: never before <see cref="At"/>; later only for a late event.</summary>
    public EventTime Clock { get; }

    /// <summary>The session the client named, or empty.</summary>
    public Utf8Text Session { get; }

    /// <summary>The source the client named, or empty.</summary>
    public Utf8Text Source { get; }

    internal PropertyRun Properties { get; }

    /// <summary>True when it arrived after the clock had passed its time.</summary>
    public bool IsLate => At < Clock;
}

/// <summary>The properties of one event that the rulebook reads: a run of slots in its batch.</summary>
internal readonly struct PropertyRun(Value[] owner, int start)
{
    public ref readonly Value this[int slot] => ref owner[unchecked(start + slot)];

    /// <summary>While an event is decoded.</summary>
    public void Set(int slot, in Value value) => owner[start + slot] = value;
}

/// <summary>An event as a decoder read it, before admission.</summary>
internal struct DecodedEvent
{
    public Utf8Text Id;
    public Utf8Text User;
    public Utf8Text Anonymous;
    public Utf8Text TypeName;
    public Utf8Text Session;
    public Utf8Text Source;
    public ulong IdHash;
    public ulong UserHash;

    /// <summary>Hash of type, time and properties in any order: tells a duplicate from a collision of ids.</summary>
    public ulong ContentHash;
    public int Type;
    public EventTime At;
    public EventTime Sent;
}
