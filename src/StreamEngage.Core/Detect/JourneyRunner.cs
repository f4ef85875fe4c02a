using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Takes journeys from step to step: what they reach of prompt steps are candidates. Keeps nothing itself.</summary>
internal sealed class JourneyRunner(CompiledRulebook rulebook, Lane lane, Surroundings around)
{
    /// <summary>A match passed the gates of the entry.</summary>
    /// <param name="match">It.</param>
    /// <param name="scope">In which it was judged.</param>
    /// <param name="into">Where the candidates go that are reached at once.</param>
    public void Enter(in Candidate match, in Scope scope, List<Candidate> into)
    {
        MakeRoom(scope.User, match.Trigger);
        var journey = new JourneyProgress
        {
            Instance = lane.Pool.OpenInstance(scope.User, match.Trigger.Index, match.Key),
            EnteredAt = match.ReadAt,
        };
        match.Keep(ref journey.Captured, scope);
        scope.User.Begin(journey);
        Run(journey, 0, new(match.ReadAt, match.DecidedAt, match.Due), into);
    }

    /// <summary>An event may be what journeys wait for. One that is taken moves a journey on; it is not offered to the waits it then comes to.</summary>
    public void AfterEvent(in BehaviorEvent e, UserState user, List<Candidate> into)
    {
        for (var i = 0; i < user.Journeys.Count;)
        {
            var journey = user.Journeys[i];
            Offer(journey, e, into);
            if (i < user.Journeys.Count && user.Journeys[i] == journey) i++;
        }
    }

    /// <summary>The time of its wait is over.</summary>
    public void Fire(JourneyProgress journey, EventTime decidedAt, List<Candidate> into)
    {
        if (journey.IsOver) return;
        var place = PlaceOf(journey);
        var isThere = place.Move == JourneyMove.Wait || (place.Move == JourneyMove.WaitForCondition && Holds(place, journey, decidedAt));
        Run(journey, isThere ? place.Next : place.Else, new(decidedAt, decidedAt, new(journey.Due)), into);
    }

    /// <summary>An exit or a goal: it ends at once if it began at or before that.</summary>
    public void End(TriggerInstance instance, EventTime at)
    {
        if (Of(instance) is { } journey && journey.EnteredAt <= at) Finish(journey);
    }

    /// <summary>Ends it before its time, counted: there is no room, or nothing of it left in the rulebook.</summary>
    public static void Drop(TriggerInstance instance, Lane lane)
    {
        if (Of(instance) is not { } journey) return;
        lane.Counters.JourneysDropped++;
        Finish(journey, lane);
    }

    private static JourneyProgress? Of(TriggerInstance instance)
    {
        if (!instance.IsInJourney) return null;
        foreach (var journey in instance.User.Journeys)
            if (journey.Instance == instance) return journey;
        return null;
    }

    private void Offer(JourneyProgress journey, in BehaviorEvent e, List<Candidate> into)
    {
        var place = PlaceOf(journey);
        if (!place.AwaitsType(e.Type)) return;
        var at = place.Move == JourneyMove.WaitForEvent ? e.At : EventTime.Max(e.At, journey.ReachedAt);
        if (at < journey.ReachedAt || at.UnixMilliseconds > journey.Due) return;
        if (place.Move == JourneyMove.WaitForEvent ? !Takes(journey, place, e) : !Holds(place, journey, at)) return;
        Run(journey, place.Next, new(at, lane.Clock, null), into);
    }

    /// <summary>An event without a key is of every instance, as an exit is.</summary>
    private bool Takes(JourneyProgress journey, JourneyPlace place, in BehaviorEvent e)
    {
        var trigger = rulebook.Triggers[journey.Instance.Trigger];
        var scope = new Scope(in e, journey.User, e.At.UnixMilliseconds, around, journey);
        if (trigger.Key is not null && trigger.KeyOf(scope) is { IsNull: false } key && key != journey.Instance.Key) return false;
        if (place.Condition is { } where && !where.Holds(scope)) return false;
        if (place.Alias is { } alias) trigger.Captures.KeepLater(ref journey.Captured, alias, scope);
        return true;
    }

    /// <summary>Goes through the steps that take no time. It ends: every step stands below the one before it.</summary>
    private void Run(JourneyProgress journey, int step, in JourneyInstant now, List<Candidate> into)
    {
        var places = rulebook.Triggers[journey.Instance.Trigger].Journey!.Places;
        for (var place = places[step]; ; place = places[step])
        {
            if (place.Move == JourneyMove.End)
            {
                Finish(journey);
                return;
            }
            if (place.Move == JourneyMove.Prompt)
                into.Add(new(place.Prompt!, journey.Instance.Key, now.DecidedAt, now.At) { Captured = journey, Due = now.Due });
            if (place.IsWait && !(place.Move == JourneyMove.WaitForCondition && Holds(place, journey, now.At)))
            {
                Wait(journey, step, place, now.At);
                return;
            }
            step = place.Move == JourneyMove.Choose && !Holds(place, journey, now.At) ? place.Else : place.Next;
        }
    }

    private void Wait(JourneyProgress journey, int step, JourneyPlace place, EventTime at)
    {
        (journey.Step, journey.ReachedAt) = (step, at);
        lane.Timers.Arm(journey, at.UnixMilliseconds + place.Milliseconds);
    }

    private bool Holds(JourneyPlace place, JourneyProgress journey, EventTime at) =>
        place.Condition is not { } condition || condition.Holds(new Scope(journey.User, at.UnixMilliseconds, around, journey));

    private JourneyPlace PlaceOf(JourneyProgress journey) => rulebook.Triggers[journey.Instance.Trigger].Journey!.Places[journey.Step];

    /// <summary>Of too many, those of versions that drain among them, the one that began first goes.</summary>
    private void MakeRoom(UserState user, CompiledTrigger trigger)
    {
        if (user.Journeys.Count < Limits.InstancesMax) return;
        TriggerInstance? first = null;
        var live = 0;
        foreach (var journey in user.Journeys)
        {
            if (!trigger.IsKin(rulebook.Triggers[journey.Instance.Trigger])) continue;
            first ??= journey.Instance;
            live++;
        }
        if (live >= Limits.InstancesMax) Drop(first!, lane);
    }

    private void Finish(JourneyProgress journey) => Finish(journey, lane);

    /// <summary>What was captured may be read until the group is decided: what the journey prompted a moment ago is in it.</summary>
    private static void Finish(JourneyProgress journey, Lane lane)
    {
        lane.Timers.Disarm(journey);
        journey.User.End(journey);
        lane.Pool.Release(journey.Instance);
    }
}

/// <summary>Where in time a journey goes through steps.</summary>
/// <param name="At">When the step before them was over: what waits from here on counts from this, and conditions are read at it.</param>
/// <param name="DecidedAt">When what is reached is decided: of a late event later than that.</param>
/// <param name="Due">When the timer was due that moved it; null: an event did.</param>
internal readonly record struct JourneyInstant(EventTime At, EventTime DecidedAt, EventTime? Due);
