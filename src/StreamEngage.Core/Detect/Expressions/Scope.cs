using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>What an expression can see while it is evaluated. Lives on the stack of one evaluation.</summary>
internal readonly ref struct Scope
{
    private static readonly BehaviorEvent NoEvent;

    /// <summary>The event being applied; of type 0 with empty texts where there is none.</summary>
    public readonly ref readonly BehaviorEvent Event;

    public readonly bool HasEvent;

    public readonly UserState User;

    /// <summary>Whose captures are read: aliases of earlier events, and <c>event</c> at a deadline. Null: nothing.</summary>
    public readonly Progress? Captured;

    /// <summary>The instant windows are read at, in milliseconds.</summary>
    public readonly long At;

    public readonly Surroundings Around;

    public CivilTime Civil => Around.Civil;

    public Scope(ref readonly BehaviorEvent current, UserState user, long at, Surroundings around, Progress? captured = null)
    {
        Event = ref current;
        HasEvent = true;
        User = user;
        At = at;
        Around = around;
        Captured = captured;
    }

    /// <summary>A scope without a current event: a deadline, or time passing.</summary>
    public Scope(UserState user, long at, Surroundings around, Progress? captured)
    {
        Event = ref NoEvent;
        User = user;
        At = at;
        Around = around;
        Captured = captured;
    }
}
