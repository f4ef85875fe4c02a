using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The stored form of a user's journeys and of the steps that held candidates are of. All of it is called by name (trigger, step, captured value), so that a
/// journey goes on under a rulebook that was changed.
/// </summary>
internal sealed class JourneyCodec(StateLayout layout, Lane lane)
{
    /// <summary>False: there is nothing to write.</summary>
    public static bool Concerns(UserState user) => user.Journeys.Count > 0 || user.Held.Any(held => held.Step >= 0);

    public void Write(UserState user, RecordWriter to)
    {
        to.Count(user.Journeys.Count);
        foreach (var journey in user.Journeys) Write(journey, to);
        var held = user.Held.Where(one => one.Step >= 0).ToList();
        to.Count(held.Count);
        foreach (var one in held)
        {
            ContactCodec.Write(one.PromptId, to);
            to.Half(layout.Journeys[one.Instance.Trigger]!.Prompts[one.Step]);
        }
    }

    /// <summary>To be called after everything else of the user was read.</summary>
    public void Read(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) ReadJourney(ref from, user);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var (id, step) = (ContactCodec.ReadId(ref from), from.Half());
            foreach (var held in user.Held)
                if (held.PromptId == id) (held.Step, held.IsOfStep) = (layout.JourneyOf(held)?.PromptOf(step, held.Channel) ?? HeldCandidate.NoStep, true);
        }
    }

    /// <summary>A held candidate whose step is gone, or whose trigger has steps now and had none, or the other way round, is let go.</summary>
    public void DropStrayHeld(UserState user)
    {
        if (user.Held.Count == 0) return;
        foreach (var held in user.Held.Where(IsStray).ToList())
        {
            lane.Timers.Disarm(held);
            lane.Held.Remove(held.DecidedAt);
            user.Unhold(held);
            user.Contact?.Remove(held.PromptId);
        }
    }

    private bool IsStray(HeldCandidate held) => layout.JourneyOf(held) is null ? held.IsOfStep : held.Step < 0;

    private void Write(JourneyProgress journey, RecordWriter to)
    {
        var shape = layout.Journeys[journey.Instance.Trigger]!;
        to.Half(shape.Name);
        to.Count(shape.Version);
        to.Value(journey.Instance.Key);
        to.Half(shape.Steps[journey.Step]);
        to.Time(journey.EnteredAt);
        to.Time(journey.ReachedAt);
        to.Count(shape.Captures.Length);
        foreach (var capture in shape.Captures) to.Half(capture);
        ProgressCodec.Write(journey, to);
    }

    private void ReadJourney(ref RecordReader from, UserState user)
    {
        var (name, version) = (from.Half(), (int)Math.Min(from.Count(), int.MaxValue));
        var (key, step) = (from.Value(), from.Half());
        var goesOn = layout.StepOf(name, version, step);
        var (trigger, place) = goesOn ?? (-1, 0);
        var (entered, reached) = (from.TimeOrBeginning(), from.TimeOrBeginning());
        var captures = new uint[from.Items()];
        for (var i = 0; i < captures.Length; i++) captures[i] = from.Half();
        var keeps = goesOn is not null && !from.IsBroken && !IsTaken(user, trigger, key.Identity);
        var journey = new JourneyProgress
        {
            Instance = keeps ? lane.Pool.OpenInstance(user, trigger, key) : new(),
            EnteredAt = entered,
            ReachedAt = reached,
            Step = place,
        };
        new ProgressCodec(layout, lane).Read(ref from, journey, keeps);
        if (keeps && !from.IsBroken)
        {
            user.Begin(journey);
            Rename(ref journey.Captured, captures, layout.Journeys[trigger]!.Captures);
        }
        else lane.Counters.JourneysDropped++;
    }

    /// <summary>A key is in one journey of a trigger once, whatever its version.</summary>
    private bool IsTaken(UserState user, int trigger, ulong key)
    {
        foreach (var journey in user.Journeys)
            if (journey.Instance.Key.Identity == key && layout.AreKin(journey.Instance.Trigger, trigger)) return true;
        return false;
    }

    /// <summary>Puts captured values where the rulebook looks for them now; what it did not read then is null.</summary>
    private static void Rename(ref Capture captured, uint[] from, uint[] to)
    {
        if (from.AsSpan().SequenceEqual(to)) return;
        var renamed = default(Capture);
        renamed.Reset(to.Length);
        for (var i = 0; i < captured.IdCount; i++) renamed.AddId(captured.Id(i));
        for (var i = 0; i < to.Length; i++)
            if (Array.IndexOf(from, to[i]) is >= 0 and var known) renamed.Set(i, captured[known]);
        captured = renamed;
    }
}
