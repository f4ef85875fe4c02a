using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>Why a trigger made no candidate by a time: which part of its <c>on</c> did not happen, each part asked of the engine on its own.</summary>
internal sealed class MissingCandidate
{
    private readonly Premise _premise;
    private readonly TriggerDefinition _trigger;
    private readonly EventTime _at;
    private readonly List<string> _found = [];
    private readonly List<Change> _changes = [];

    private MissingCandidate(Premise premise, TriggerDefinition trigger, EventTime at) => (_premise, _trigger, _at) = (premise, trigger, at);

    /// <summary>What was there and what was not, one sentence each.</summary>
    public IReadOnlyList<string> Found => _found;

    /// <summary>The smallest changes that make a prompt of it; empty where none was found.</summary>
    public IReadOnlyList<Flip> Flips { get; private set; } = [];

    public static MissingCandidate Of(Premise premise, TriggerDefinition trigger, EventTime at)
    {
        var missing = new MissingCandidate(premise, trigger, at);
        missing.Look();
        missing.Flips = [.. missing._changes.Select(missing.Try).OfType<Flip>().OrderBy(flip => flip.Changes.Count).Take(1 + ExplainLimits.AlternativesMax)];
        return missing;
    }

    private void Look()
    {
        if (_premise.Since is { } since && _at < since) _found.Add($"the rulebook has {_trigger.Name} from {since} on");
        if (_premise.Until is { } until && _at >= until) _found.Add($"the rulebook has {_trigger.Name} until {until}");
        if (_trigger.Activation is { } activation && _at < activation) _found.Add($"the trigger is in force from {activation} on");
        var known = _premise with { Events = [.. _premise.Events.Where(e => e.At <= _at)] };
        var pending = Course.Of(known).Outcomes.FirstOrDefault(outcome => outcome.Trigger == _trigger.Name && outcome.MadeAt > _at);
        if (pending is not null) _found.Add($"it is armed and fires at {pending.MadeAt} if nothing comes between");
        switch (_trigger.On)
        {
            case EventOn on: Selected(on.Event); break;
            case AbsenceOn on: Absence(on); break;
            case SilenceOn on: Silence(on); break;
            case PatternOn on: Pattern(on); break;
            case SegmentOn on: Segment(on); break;
        }
    }

    /// <summary>The last event that was selected; null says why there is none.</summary>
    private UserEvent? Selected(EventSelector selector)
    {
        _changes.Add(Came(selector));
        var (asked, last) = LastOf(selector with { Where = null });
        if (last is null)
        {
            _found.Add($"no `{selector.Type}` came by then");
            return null;
        }
        if (selector.Where is not { } where) return last.Value.Event;
        var (_, matched) = LastOf(selector);
        if (matched is not null) return matched.Value.Event;
        var values = TermValues.OfConditions(asked, last.Value.Outcome, where);
        _found.Add($"`where: {ExpressionText.Readable(where)}` held for no `{selector.Type}`; of the last, at {last.Value.Event.At}: {Seen(where, values)}");
        return null;
    }

    private void Absence(AbsenceOn on)
    {
        if (Selected(on.After) is not { } armed) return;
        var deadline = armed.At + on.ForMilliseconds;
        _found.Add($"the last `{armed.Type}` came at {armed.At}; its deadline is {deadline}");
        foreach (var selector in on.Of)
        {
            var (_, cancel) = LastOf(selector, deadline);
            if (cancel is not { Event: var e } || e.At < armed.At) continue;
            _found.Add($"`{e.Type}` at {e.At} cancelled it");
            _changes.Insert(0, new(ChangeKind.Event, $"`{e.Type}` at {e.At} had not come", premise => premise.Without(e.Id)));
        }
    }

    private void Silence(SilenceOn on)
    {
        var last = on.Of.Count == 0 ? _premise.Events.LastOrDefault(e => !e.IsAside && e.At <= _at)
            : on.Of.Select(selector => LastOf(selector).Last?.Event).OfType<UserEvent>().MaxBy(e => e.At);
        _found.Add(last is null ? "nothing came that the silence could begin after"
            : $"the last was `{last.Type}` at {last.At}; the silence is over at {last.At + on.ForMilliseconds}");
        if (last is not null) return;
        if (on.Of.Count > 0) _changes.Add(Came(on.Of[0]));
    }

    private void Pattern(PatternOn on)
    {
        var steps = on.Steps;
        for (var length = steps.Count - 1; length > 0; length--)
        {
            if (steps[length - 1].Negated) continue;
            var prefix = on with { Steps = [.. steps.Take(length)], Skip = SkipMode.PastLast, SkipTo = null };
            if (Outcomes(prefix, _at).LastOrDefault() is not { } reached) continue;
            var then = steps.Skip(length).ToList();
            _found.Add($"the pattern got as far as step {length} of {steps.Count}, `{steps[length - 1].Event.Type}`, last at {reached.MadeAt}");
            _found.Add($"then it needed {string.Join(", ", then.Select(Asked))}{Within(on)}");
            _changes.Add(Followed(then));
            _changes.Add(Followed(steps));
            return;
        }
        _found.Add($"the pattern did not begin: step 1 of {steps.Count}");
        Selected(steps[0].Event);
        _changes.Clear();
        _changes.Add(Followed(steps));
    }

    private void Segment(SegmentOn on)
    {
        var segment = _premise.Rules.Segments.First(one => one.Name == on.Segment);
        var (look, outcome) = LookAt();
        if (outcome is null) return;
        var values = TermValues.OfConditions(look, outcome, segment.If);
        var isMember = values.IsTrue(segment.If);
        _found.Add($"the user is {(isMember ? "" : "not ")}in the segment {segment.Name} then: {Seen(segment.If, values)}");
        if (StageChanges.IsRead(segment.If)) _changes.AddRange(StageChanges.For(_premise, new(_at, null)));
        // What a stage's own segment says is no matter of a rulebook.
        if (StageChanges.IsStage(segment.Name)) return;
        foreach (var set in Conditions.Repairs(segment.If, wanted: on.Edge == SegmentEdge.Enter, values).Where(set => set.Count == 1))
            _changes.Add(new(ChangeKind.Rule, set[0].Says.Replace("the rule", $"segment {segment.Name}", StringComparison.Ordinal), premise => premise with
            {
                Rules = premise.Rules with
                {
                    Segments = [.. premise.Rules.Segments.Select(one => one.Name == segment.Name
                        ? one with { If = Conditions.Replace(one.If, set[0].Condition, set[0].Instead) } : one)],
                },
            }));
    }

    /// <summary>The change alone, or with what the gates then ask for.</summary>
    private Flip? Try(Change change)
    {
        var changed = change.Apply(_premise);
        var before = Course.Of(_premise);
        var made = Course.Of(changed).Outcomes.FirstOrDefault(outcome => outcome.Trigger == _trigger.Name && before.Find(outcome) is null);
        if (made is null) return null;
        if (made.IsSent) return new([change], made);
        return FlipSearch.For(changed, made).Search(made, alternatives: 0) is [var flip, ..] ? flip with { Changes = [change, .. flip.Changes] } : null;
    }

    private Change Came(EventSelector selector) =>
        new(ChangeKind.Event, $"one more `{selector.Type}`{Props(selector)} had come at {_at}", premise => Come(premise, selector, _at));

    private static string Props(EventSelector selector)
    {
        var props = Satisfying.Of(selector.Where).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Property}: {one.Value ?? "null"}")).ToList();
        return props.Count == 0 ? "" : $" with {string.Join(", ", props)}";
    }

    private Change Followed(IReadOnlyList<PatternStep> steps)
    {
        var missing = steps.Where(step => !step.Negated && !step.Optional).ToList();
        var said = string.Join(", ", missing.Select(step => step.TimesMin > 1 ? $"{step.TimesMin} `{step.Event.Type}`" : $"`{step.Event.Type}`"));
        return new(ChangeKind.Event, $"{said} had come at {_at}", premise =>
        {
            var at = _at;
            foreach (var step in missing)
                for (var i = 0; i < step.TimesMin; i++) premise = Come(premise, step.Event, at = at + 1);
            return premise;
        });
    }

    private Premise Come(Premise premise, EventSelector selector, EventTime at)
    {
        var like = _premise.Events.LastOrDefault(e => e.Type == selector.Type && e.At <= _at);
        var made = premise.Events.Count;
        premise = like is null ? premise.With(new(at, null), selector.Type) : premise.WithCopy(new(at, null), like);
        foreach (var (property, value) in Satisfying.Of(selector.Where)) premise = premise.With($"explain-{made}", property, value);
        if (like is null && _trigger.Per is { } per) premise = premise.With($"explain-{made}", per.Property, "explain");
        return premise;
    }

    private (Premise Asked, (UserEvent Event, Outcome Outcome)? Last) LastOf(EventSelector selector) => LastOf(selector, _at);

    private (Premise Asked, (UserEvent Event, Outcome Outcome)? Last) LastOf(EventSelector selector, EventTime until)
    {
        var on = new EventOn(selector.At, selector);
        var last = Outcomes(on, until).LastOrDefault(outcome => outcome.Last.Causes.Count > 0);
        return (Asked(_premise, on), last is null || _premise.Event(last.Last.Causes[0]) is not { } e ? null : (e, last));
    }

    private IEnumerable<Outcome> Outcomes(OnClause on, EventTime until) =>
        Course.Of(Asked(_premise, on)).Outcomes.Where(outcome => outcome.Trigger == _trigger.Name && outcome.MadeAt <= until);

    private Premise Asked(Premise premise, OnClause on) => premise with
    {
        Rules = premise.Rules with
        {
            Triggers = [_trigger with { On = on, Per = null, If = null, Exits = [], Goal = null, Prompt = new(), Steps = [], Activation = null }],
        },
    };

    /// <summary>An event that no window and no session sees, at which terms can be read.</summary>
    private (Premise Look, Outcome? Outcome) LookAt()
    {
        const string property = "explain";
        var isLook = new BinaryExpression(
            _trigger.At, BinaryOperator.Equal, new NameExpression(_trigger.At, "event", property),
            new LiteralExpression(_trigger.At, Rules.Expressions.ValueType.Boolean, 1, null));
        var with = _premise.With(new Moment(_at, null), "profile_update", new KeyValuePair<string, object?>(property, true));
        var look = Asked(with, new EventOn(_trigger.At, new(_trigger.At, "profile_update", null, isLook)));
        return (look, Course.Of(look).Outcomes.LastOrDefault(outcome => outcome.Trigger == _trigger.Name));
    }

    private static string Asked(PatternStep step) => string.Create(CultureInfo.InvariantCulture,
        $"{(step.Negated ? "no " : "")}{(step.TimesMin > 1 ? $"{step.TimesMin} " : "")}`{step.Event.Type}`{Where(step.Event)}");

    private static string Where(EventSelector selector) => selector.Where is { } where ? $" where `{ExpressionText.Readable(where)}`" : "";

    private static string Within(PatternOn on) => on.WithinMilliseconds is { } within ? $", all within {DurationText.Format(within)}" : "";

    private static string Seen(Expression condition, TermValues values) => string.Join(", ",
        Conditions.Leaves(condition).SelectMany(leaf => Conditions.Sides(leaf).DefaultIfEmpty(leaf))
            .Select(term => $"{ExpressionText.Readable(term)} = {Spoken.Of(values[term])}"));
}
