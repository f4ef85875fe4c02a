using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Everything that one input partition owns while it is processed: its users, their timers, its clock. Single-threaded.</summary>
internal sealed class Lane
{
    public UserTable Users { get; } = new();

    public TimingWheel Timers { get; } = new();

    public ProgressPool Pool { get; } = new();

    public HeldLedger Held { get; } = new();

    public LaneCounters Counters { get; } = new();

    /// <summary>Some user of the lane was merged into another or erased.</summary>
    public bool HasMarked { get; set; }

    /// <summary>What came of prompts since the list was last emptied.</summary>
    public List<OutcomeDelta> Outcomes { get; } = [];

    /// <summary>Where users came to stand among all since the list was last emptied.</summary>
    public List<StandingMove> Moves { get; } = [];

    /// <summary>The user stands there now, or nowhere.</summary>
    public void Stand(UserState user, UserStanding? standing)
    {
        if (user.Standing == standing) return;
        if (user.Standing is { } former) Moves.Add(new(former, IsGone: true));
        if (standing is { } now) Moves.Add(new(now, IsGone: false));
        user.Standing = standing;
    }

    /// <summary>Never goes back.</summary>
    public EventTime Clock { get; private set; } = EventTime.Beginning;

    /// <summary>Users changed since the list was last emptied, each once; kept only where <see cref="TracksTouched"/> says so.</summary>
    public List<UserState> Touched { get; } = [];

    public bool TracksTouched { get; init; }

    public void Touch(UserState user)
    {
        if (!TracksTouched || user.IsTouched) return;
        user.IsTouched = true;
        Touched.Add(user);
    }

    public void MoveClockTo(EventTime at) => Clock = EventTime.Max(Clock, at);
}

/// <summary>What a lane counted since it was opened. Nothing is dropped without one of these moving.</summary>
internal sealed class LaneCounters
{
    public long Applied { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Same id, other content: the first one won.</summary>
    public long Collisions { get; set; }

    /// <summary>Window entries merged or dropped because a window was full.</summary>
    public long WindowsCoalesced { get; set; }

    /// <summary>Partial matches dropped because a pattern had too many.</summary>
    public long PartialsDropped { get; set; }

    /// <summary>Instances dropped because a trigger had too many of one user.</summary>
    public long InstancesDropped { get; set; }

    /// <summary>Journeys ended because a trigger or a user had too many, or because the rulebook has no longer what they wait at.</summary>
    public long JourneysDropped { get; set; }

    /// <summary>Decisions whose conversion is not counted any more because their user had too many.</summary>
    public long OpenGoalsDropped { get; set; }

    /// <summary>Runs of activity forgotten because a user, silent between them, never came back for good.</summary>
    public long LifeRunsDropped { get; set; }

    /// <summary>Attributes refused because a profile was full.</summary>
    public long AttributesRefused { get; set; }

    /// <summary>
    /// Consent, channel, outcome and identify events that say nothing or what cannot be: a property is missing, unknown, or there are too many.
    /// </summary>
    public long ControlsRefused { get; set; }

    /// <summary>Anonymous users merged into known ones.</summary>
    public long Merged { get; set; }

    /// <summary>Identify events whose anonymous user this lane knows nothing of: what it did may stand in another lane, and stays there.</summary>
    public long IdentifiesElsewhere { get; set; }

    /// <summary>Users erased.</summary>
    public long Erased { get; set; }

    /// <summary>Events of an erased user from before the erasure.</summary>
    public long ErasedIgnored { get; set; }
}
