namespace StreamEngage.Tests.ProtocolModel;

/// <summary>One record of the input topic.</summary>
/// <param name="User">Whom it concerns.</param>
/// <param name="PromptsAt">The count of the user's events at which it decides a prompt, or 0 for never.</param>
/// <param name="Arms">Starts Ann's timer, if it never ran.</param>
/// <param name="Cancels">Stops Ann's timer, if it still runs.</param>
internal readonly record struct InputEvent(User User, int PromptsAt = 0, bool Arms = false, bool Cancels = false);

/// <summary>What one step makes of a state. Prompts are a bit set: one bit an event, the highest bit the timer.</summary>
internal readonly record struct Outcome(Users Users, User Touched, byte Prompts, byte Applied);

/// <summary>The input of the lane and the pure function that the engine runs over it.</summary>
internal sealed class Input(string name, params InputEvent[] events)
{
    public const int TimerPrompt = 3;

    /// <summary>Whether the timer's prompt exists is a race between the timer and the second event.</summary>
    public static Input Race { get; } = new("race", new(User.Ann, Arms: true), new(User.Ann, PromptsAt: 2, Cancels: true));

    /// <summary>Two users: the timer of one and the event of the other commute, but a step writes only one record.</summary>
    public static Input Apart { get; } = new("apart", new(User.Ann, Arms: true), new(User.Bob, PromptsAt: 1));

    /// <summary>A prompt at every event, two users, and the race.</summary>
    public static Input Three { get; } = new(
        "three", new(User.Ann, PromptsAt: 1, Arms: true), new(User.Bob, PromptsAt: 1), new(User.Ann, PromptsAt: 2, Cancels: true));

    public int Length => events.Length;

    public Outcome Apply(Users users, byte applied, Step step) => step == Step.Tick
        ? new(users.With(Alarm.Fired), User.Ann, 1 << TimerPrompt, applied)
        : Apply(users, applied, events[applied]);

    /// <summary>The state and the prompts of a whole log, or null if the log cannot be one of this input.</summary>
    public Outcome? Fold(StepLog log)
    {
        var all = new Outcome();
        for (var number = 0; number < log.End; number++)
        {
            if (!IsPossible(all.Users, all.Applied, log[number])) return null;
            var next = Apply(all.Users, all.Applied, log[number]);
            all = next with { Prompts = (byte)(all.Prompts | next.Prompts) };
        }
        return all;
    }

    /// <summary>The prompts that someone with this state must have been sent.</summary>
    public byte PromptsImpliedBy(Users users)
    {
        var prompts = users.Alarm == Alarm.Fired ? 1 << TimerPrompt : 0;
        for (var offset = 0; offset < events.Length; offset++)
            if (events[offset].PromptsAt > 0 && users.CountOf(events[offset].User) >= events[offset].PromptsAt)
                prompts |= 1 << offset;
        return (byte)prompts;
    }

    public bool IsPossible(Users users, byte applied, Step step) =>
        step == Step.Tick ? users.Alarm == Alarm.Armed : step == Step.Event && applied < events.Length;

    public override string ToString() => name;

    private static Outcome Apply(Users users, byte applied, InputEvent read)
    {
        var after = users.Counted(read.User);
        if (read.Arms && after.Alarm == Alarm.Off) after = after.With(Alarm.Armed);
        if (read.Cancels && after.Alarm == Alarm.Armed) after = after.With(Alarm.Cancelled);
        var prompts = read.PromptsAt > 0 && after.CountOf(read.User) == read.PromptsAt ? 1 << applied : 0;
        return new(after, read.User, (byte)prompts, (byte)(applied + 1));
    }
}
