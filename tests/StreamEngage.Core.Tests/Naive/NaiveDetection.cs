using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>What one trigger has seen of one user.</summary>
internal abstract class NaiveDetection(NaiveUser user, TriggerDefinition trigger)
{
    public NaiveUser User { get; } = user;

    public TriggerDefinition Trigger { get; private set; } = trigger;

    /// <summary>What the user was sent of this trigger, whatever its version: kept by <see cref="Keeper"/> and read by gate 2.</summary>
    public NaiveReentry Reentry { get; } = new(trigger);

    /// <summary>The version that remembers for all of the name.</summary>
    public NaiveDetection Keeper { get; set; } = null!;

    /// <summary>Those under way, in the order they began.</summary>
    public List<NaiveJourney> Journeys { get; } = [];

    public bool IsInJourney(NaiveKey key) => User.Detections.Where(d => d.Keeper == this).SelectMany(d => d.Journeys).Any(j => j.Key == key);

    /// <summary>The same version, which drains from now on, or goes on with other steps.</summary>
    public NaiveDetection Become(TriggerDefinition trigger)
    {
        Trigger = trigger;
        Journeys.RemoveAll(j => !j.TryGoOn(trigger.Steps, j.Step));
        return this;
    }

    /// <summary>Another version of the name was there before this one.</summary>
    public virtual void Follow(NaiveDetection former) => Reentry.Absorb(former.Keeper.Reentry);

    /// <summary>The version is in force no more: its journeys go on here as is declared.</summary>
    public void Take(NaiveDetection former)
    {
        if (Trigger.Migrations.FirstOrDefault(m => m.From == former.Trigger.Version) is not { } migration)
            return;
        foreach (var journey in former.Journeys)
        {
            var step = migration.Steps.GetValueOrDefault(journey.Step) ?? (migration.StaysByName ? journey.Step : "");
            if (!IsInJourney(journey.Key) && journey.TryGoOn(Trigger.Steps, step))
                Journeys.Add(journey.Of(this));
        }
    }

    /// <summary>A match that may begin a journey does.</summary>
    public IReadOnlyList<NaiveCandidate> Enter(NaiveCandidate entry, long at)
    {
        var journey = new NaiveJourney(this, entry, at);
        Journeys.Add(journey);
        return Settled(journey.Begin(entry.IsTimer ? entry.At : null));
    }

    /// <summary>All that is due at an instant: in the order of the keys, of one key a journey before a match, but an edge before both.</summary>
    public IReadOnlyList<NaiveCandidate> Due(long due, long decidedAt)
    {
        var moved = Settled(Journeys.Where(j => j.Due == due).ToList().SelectMany(j => j.Fire(decidedAt)).ToList());
        if (Trigger.IsDraining)
            return moved.OrderBy(c => c.Key.Text, StringComparer.Ordinal).ToList();
        return (this is NaiveSegment ? At(due).Concat(moved) : moved.Concat(At(due))).OrderBy(c => c.Key.Text, StringComparer.Ordinal).ToList();
    }

    private IReadOnlyList<NaiveCandidate> Settled(IReadOnlyList<NaiveCandidate> candidates)
    {
        Journeys.RemoveAll(j => j.IsOver);
        return candidates;
    }

    /// <summary>Instants at which <see cref="At"/> is to be called.</summary>
    public virtual IEnumerable<long> Dues => [];

    /// <summary>What the trigger's <c>on</c> clause makes of an event just added to the user's past.</summary>
    public IReadOnlyList<NaiveCandidate> See(NaiveEvent e) =>
        Trigger.IsDraining ? [] : Seen(e).Where(_ => e.At >= (Trigger.Activation?.UnixMilliseconds ?? long.MinValue)).ToList();

    /// <summary>What is due at exactly this instant, taken off the pending.</summary>
    public virtual IReadOnlyList<NaiveCandidate> At(long due) => [];

    /// <summary>Before anything else of an event: what it ends of this trigger.</summary>
    /// <returns>What of the held ends with it, and why.</returns>
    public IReadOnlyList<(NaiveHeld Held, string Reason)> Exit(NaiveEvent e)
    {
        var exits = Trigger.Exits.Any(s => NaiveScope.Selects(s, User, e));
        if (!exits && !(Trigger.Goal is { } goal && NaiveScope.Selects(goal.Event, User, e)))
            return [];
        var ended = NaiveKey.EndedBy(Trigger, e);
        if (Keeper == this)
            Reentry.Lift(ended, e.At);
        End(ended, e.At);
        Journeys.RemoveAll(j => ended(j.Key) && j.EnteredAt <= e.At);
        return User.Held.Where(h => h.Candidate.Of == this && ended(h.Candidate.Key) && h.Candidate.BeganAt <= e.At)
            .Select(h => (h, exits ? "exited" : "converted")).ToList();
    }

    /// <summary>The other user is this one from now on; neither has the other's past yet.</summary>
    public virtual void Absorb(NaiveDetection other)
    {
        Reentry.Absorb(other.Reentry);
        foreach (var journey in other.Journeys)
        {
            var mine = User.Detections.Where(d => d.Keeper == Keeper).FirstOrDefault(d => d.Journeys.Any(j => j.Key == journey.Key));
            if (mine?.Journeys.Find(j => j.Key == journey.Key) is { } live)
            {
                if (live.CompareTo(journey) <= 0)
                    continue;
                mine.Journeys.Remove(live);
            }

            Journeys.Add(journey.Of(this));
        }
    }

    /// <summary>A candidate of the other user's as this one's.</summary>
    public virtual NaiveCandidate Adopt(NaiveCandidate candidate) => candidate with { Of = this };

    protected abstract IEnumerable<NaiveCandidate> Seen(NaiveEvent e);

    /// <summary>Ends what was begun at or before an instant, of the keys told.</summary>
    protected virtual void End(Func<NaiveKey, bool> ended, long at)
    {
    }

    protected bool IsActive(NaiveEvent e) => Trigger.Activation is not { } activation || e.At >= activation.UnixMilliseconds;
}

/// <summary>Every selected event is a candidate.</summary>
internal sealed class NaiveEventDetection(NaiveUser user, TriggerDefinition trigger, EventOn on) : NaiveDetection(user, trigger)
{
    protected override IEnumerable<NaiveCandidate> Seen(NaiveEvent e)
    {
        if (IsActive(e) && NaiveScope.Selects(on.Event, User, e))
            yield return new NaiveCandidate(this, NaiveKey.Of(Trigger, e), e.At, [e.Id])
            {
                Event = e,
                Aliases = NaiveScope.Named(NaiveScope.NoAliases, on.Event.Alias, e),
            };
    }
}
