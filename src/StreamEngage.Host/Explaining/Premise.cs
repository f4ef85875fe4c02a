using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>What the engine is asked about: a user, rules, and the user's events in the order they came. Immutable.</summary>
internal sealed record Premise(string User, RulebookDefinition Rules, IReadOnlyList<UserEvent> Events)
{
    private static readonly EventTime _noFuture = new(Limits.EventTimeMax);

    /// <summary>Rulebooks that were in force before <see cref="Rules"/>, which the events bring; none where the rulebook never changed.</summary>
    public IReadOnlyList<RulebookDefinition> Former { get; init; } = [];

    /// <summary>Rulebooks that come into force after <see cref="Rules"/>; none where that is the last.</summary>
    public IReadOnlyList<RulebookDefinition> Next { get; init; } = [];

    /// <summary>When each rulebook but the first comes into force, in order, where the clock brings them; empty where the events do, or none changed.</summary>
    public IReadOnlyList<EventTime> ChangedAt { get; init; } = [];

    /// <summary>Since when <see cref="Rules"/> are in force; null: from the start, or it is not known by the clock.</summary>
    public EventTime? Since => Former.Count > 0 && Former.Count <= ChangedAt.Count ? ChangedAt[Former.Count - 1] : null;

    /// <summary>Until when, that instant excluded; null: to the end, or it is not known by the clock.</summary>
    public EventTime? Until => Former.Count < ChangedAt.Count ? ChangedAt[Former.Count] : null;

    /// <summary>All rulebooks, in order.</summary>
    public IReadOnlyList<RulebookDefinition> Rulebooks => [.. Former, Rules, .. Next];

    /// <summary>What came of all users' prompts, by the clock. Null: the engine counts what comes of those it sees.</summary>
    public IReadOnlyList<StatisticsVersion>? Told { get; init; }

    /// <summary>The rulebook that an engine begins with.</summary>
    public RulebookDefinition First => Former.Count > 0 ? Former[0] : Rules;

    /// <summary>Brings the events up to an instant, included, to an engine that has the first rulebook.</summary>
    public void FeedTo(PipelineRun run, EventTime until)
    {
        var (reign, rulebooks) = (0, Rulebooks);
        for (var i = 0; i < ChangedAt.Count; i++) run.ChangeAt(ChangedAt[i], rulebooks[i + 1]);
        foreach (var e in Events)
        {
            if (e.At > until) continue;
            switch (e.Kind)
            {
                case UserEventKind.Tick: run.Tick(e.At + run.Rulebook.Time.DisorderMilliseconds); break;
                case UserEventKind.Statistics: run.Tell(e.Json.Span); break;
                case UserEventKind.Rulebook: run.ChangeNow(++reign < Former.Count ? Former[reign] : Rules); break;
                default: e.Row.OfferTo(run, _noFuture); break;
            }
        }
    }

    /// <summary>
    /// The same, asked under the rulebook in force at an instant; where that does not have the trigger, under the last before it that does, or else the first
    /// after it.
    /// </summary>
    /// <param name="at">When.</param>
    /// <param name="trigger">Its name.</param>
    /// <param name="version">Of which version; null: of any.</param>
    public Premise Under(EventTime at, string trigger, int? version = null)
    {
        var rulebooks = Rulebooks;
        var inForce = ChangedAt.Count(change => change <= at);
        if (ChangedAt.Count == 0) return this;
        var having = Enumerable.Range(0, rulebooks.Count)
            .Where(i => rulebooks[i].Triggers.Any(one => one.Name == trigger && (version ?? one.Version) == one.Version)).ToList();
        var reign = having.Count == 0 ? inForce : having.LastOrDefault(i => i <= inForce, having[0]);
        return this with { Former = [.. rulebooks.Take(reign)], Rules = rulebooks[reign], Next = [.. rulebooks.Skip(reign + 1)] };
    }

    public TriggerDefinition? Trigger(string name) => Rules.Triggers.FirstOrDefault(trigger => trigger.Name == name);

    /// <summary>The trigger as a candidate met it: of a journey's step with that step's condition, prompt, channels and time.</summary>
    public TriggerDefinition? Trigger(Outcome candidate)
    {
        if (Trigger(candidate.Trigger) is not { } trigger) return null;
        var step = JourneySteps.All(trigger.Steps).OfType<PromptStep>().FirstOrDefault(step => step.Name == candidate.Last.Step);
        return step is null ? trigger : JourneySteps.SeenBy(trigger, step);
    }

    public UserEvent? Event(string id) => Events.FirstOrDefault(e => e.Id == id && !e.IsAside);

    /// <param name="seen">The trigger, or the trigger as a step sees it: then the step is edited too.</param>
    /// <param name="edit">What is otherwise.</param>
    public Premise WithTrigger(TriggerDefinition seen, Func<TriggerDefinition, TriggerDefinition> edit) =>
        WithTrigger(seen.Name, trigger => seen.Step is null ? edit(trigger) : WithStep(trigger, seen.Step, edit));

    public Premise WithDecide(TriggerDefinition seen, Func<DecideDefinition, DecideDefinition> edit) =>
        WithTrigger(seen, trigger => trigger with { Decide = edit(trigger.Decide) });

    /// <summary>In every rulebook that has this version of it.</summary>
    private Premise WithTrigger(string name, Func<TriggerDefinition, TriggerDefinition> edit)
    {
        var version = Trigger(name)?.Version;
        return WithRulebooks(rules => rules with
        {
            Triggers = [.. rules.Triggers.Select(trigger => trigger.Name == name && trigger.Version == version ? edit(trigger) : trigger)],
        });
    }

    private Premise WithRulebooks(Func<RulebookDefinition, RulebookDefinition> edit) =>
        this with { Former = [.. Former.Select(edit)], Rules = edit(Rules), Next = [.. Next.Select(edit)] };

    /// <summary>What a step has of its own goes back to the step, the rest to the trigger.</summary>
    private static TriggerDefinition WithStep(TriggerDefinition trigger, string name, Func<TriggerDefinition, TriggerDefinition> edit)
    {
        if (JourneySteps.All(trigger.Steps).OfType<PromptStep>().FirstOrDefault(step => step.Name == name) is not { } step) return trigger;
        var edited = edit(JourneySteps.SeenBy(trigger, step));
        var (channels, expires) = (trigger.Decide.Channels, trigger.Decide.ExpiresMilliseconds);
        return edited with
        {
            Step = null,
            If = trigger.If,
            Prompt = trigger.Prompt,
            Decide = edited.Decide with { Channels = channels, ExpiresMilliseconds = expires },
            Steps = JourneySteps.Replaced(trigger.Steps, one => one != step ? one : one with
            {
                If = edited.If,
                Prompt = edited.Prompt,
                Channels = edited.Decide.Channels,
                ExpiresMilliseconds = edited.Decide.ExpiresMilliseconds,
            }),
        };
    }

    public Premise WithPolicy(Func<PolicyDefinition, PolicyDefinition> edit) => WithRulebooks(rules => rules with { Policy = edit(rules.Policy) });

    public Premise Without(string id) => this with { Events = [.. Events.Where(e => e.IsAside || e.Id != id)] };

    public Premise With(string id, string property, object? value) =>
        this with { Events = [.. Events.Select(e => e.Id == id && !e.IsAside ? e.With(property, value) : e)] };

    /// <summary>One more event just before a moment.</summary>
    public Premise With(Moment moment, string type, params KeyValuePair<string, object?>[] props) =>
        Inserted(moment, (id, at) => UserEvent.Made(id, User, type, at, props));

    /// <summary>One more event like another, just before a moment.</summary>
    public Premise WithCopy(Moment moment, UserEvent like) => Inserted(moment, like.Copy);

    /// <summary>Some events a while later, among those that came then.</summary>
    public Premise Later(IReadOnlyCollection<string> ids, long milliseconds)
    {
        var events = Events.Where(e => e.IsAside || !ids.Contains(e.Id)).ToList();
        foreach (var e in Events.Where(e => !e.IsAside && ids.Contains(e.Id)))
        {
            var moved = e.Copy(e.Id, e.At + milliseconds);
            events.Insert(PlaceOf(events, moved.At), moved);
        }
        return this with { Events = events };
    }

    private Premise Inserted(Moment moment, Func<string, EventTime, UserEvent> make)
    {
        var events = Events.ToList();
        var cause = moment.Before is { } id ? events.FindIndex(e => e.Id == id && !e.IsAside) : -1;
        var place = cause >= 0 ? cause : PlaceOf(events, moment.At);
        // Not behind the clock where that can be: it would be late.
        var clock = events.Take(place).Select(e => e.At).DefaultIfEmpty(EventTime.Beginning).Max();
        var at = cause >= 0 ? new(Math.Min(moment.At.UnixMilliseconds, Math.Max(moment.At.UnixMilliseconds - 1, clock.UnixMilliseconds))) : moment.At;
        events.Insert(place, make($"explain-{Events.Count}", at));
        return this with { Events = events };
    }

    private static int PlaceOf(List<UserEvent> events, EventTime at)
    {
        var place = events.FindIndex(e => e.At >= at);
        return place < 0 ? events.Count : place;
    }
}

/// <summary>The moment of a decision.</summary>
/// <param name="At">When.</param>
/// <param name="Before">The event that made it; null where time did.</param>
internal readonly record struct Moment(EventTime At, string? Before);
