using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>One match, deadline or edge of one trigger, before any gate. Valid until its group is decided.</summary>
/// <param name="Trigger">Whose it is.</param>
/// <param name="Key">The instance key.</param>
/// <param name="DecidedAt">The instant every gate is read at, and the decision's time.</param>
/// <param name="ReadAt">The instant the predicate's windows are read at.</param>
internal readonly record struct Candidate(CompiledTrigger Trigger, Value Key, EventTime DecidedAt, EventTime ReadAt)
{
    /// <summary>What captured its causes and aliases; null where the current event, or nothing, is the cause.</summary>
    public Progress? Captured { get; init; }

    /// <summary>The current event is its cause.</summary>
    public bool IsByEvent { get; init; }

    /// <summary>When the first of its causes happened; where time made it, that instant.</summary>
    public EventTime BeganAt => Captured switch
    {
        ArmedAbsence absence => absence.ArmedAt,
        PartialMatch match => match.FirstAt,
        HeldCandidate held => held.BeganAt,
        JourneyProgress journey => journey.EnteredAt,
        _ => ReadAt,
    };

    /// <summary>The absence that fired; null for every other form.</summary>
    public ArmedAbsence? Absence => Captured as ArmedAbsence;

    /// <summary>When its timer was due; null for what an event made.</summary>
    public EventTime? Due { get; init; }

    /// <summary>Copies causes and captured values, so that nothing of them hangs on the event or on what a pattern goes on with.</summary>
    public void Keep(ref Capture into, in Scope scope)
    {
        if (Captured is { } progress)
        {
            into.CopyFrom(progress.Captured);
            return;
        }
        into.Reset(Trigger.Captures.Count);
        if (!IsByEvent) return;
        into.AddId(scope.Event.Id);
        Trigger.Captures.KeepAll(ref into, scope);
    }
}

/// <summary>What one event, or the timers of one user at one instant, made: decided together.</summary>
internal sealed class CandidateGroup
{
    public List<Candidate> Candidates { get; } = [];

    /// <summary>Triggers that the event alone matches: candidates, made only where their condition holds or somebody reads that it does not.</summary>
    public List<CompiledTrigger> Matches { get; } = [];

    /// <summary>How many of the candidates come before the matches.</summary>
    public int BeforeMatches { get; private set; }

    /// <summary>Absences that fired earlier and that the event takes back.</summary>
    public List<ArmedAbsence> TakenBack { get; } = [];

    /// <summary>Held candidates whose instance the event ended, and whether it did so as its goal.</summary>
    public List<(HeldCandidate Held, bool IsGoal)> Ended { get; } = [];

    public bool IsEmpty => Candidates.Count + Matches.Count + TakenBack.Count + Ended.Count == 0;

    /// <summary>The matches of an event follow each other.</summary>
    public void Match(CompiledTrigger trigger)
    {
        if (Matches.Count == 0) BeforeMatches = Candidates.Count;
        Matches.Add(trigger);
    }

    /// <summary>What ended it first says why.</summary>
    public void End(HeldCandidate held, bool isGoal)
    {
        if (!Ended.Exists(ended => ended.Held == held)) Ended.Add((held, isGoal));
    }

    public void Clear()
    {
        Candidates.Clear();
        Matches.Clear();
        TakenBack.Clear();
        Ended.Clear();
        BeforeMatches = 0;
    }
}
