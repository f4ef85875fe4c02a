using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>One journey under way: the step it waits at and the steps that are left behind it.</summary>
internal sealed class NaiveJourney(NaiveDetection of, NaiveCandidate entry, long enteredAt) : IComparable<NaiveJourney>
{
    private NaiveDetection _of = of;
    private NaiveCandidate _entry = entry;
    private JourneyStep? _waiting;
    private IReadOnlyList<JourneyStep> _rest = [];
    private IReadOnlyDictionary<string, NaiveEvent> _aliases = entry.Aliases;
    private long _reached;

    public NaiveKey Key => _entry.Key;

    public long EnteredAt => enteredAt;

    /// <summary>Of the user's journeys, in the order in which they began.</summary>
    public int Number { get; set; } = of.User.NextJourney();

    /// <summary>Name of the step it waits at.</summary>
    public string Step => _waiting!.Name;

    public bool IsOver => _waiting is null;

    /// <summary>The last instant, included, at which what it waits for counts.</summary>
    public long Due { get; private set; }

    /// <summary>The steps from the first one on.</summary>
    /// <param name="due">Of a match that time made: when.</param>
    public IReadOnlyList<NaiveCandidate> Begin(long? due) => Go(_of.Trigger.Steps, enteredAt, due).ToList();

    public IReadOnlyList<NaiveCandidate> See(NaiveEvent e)
    {
        if (_waiting is not WaitUntilStep wait)
            return [];
        if (wait.If is { } condition)
        {
            var at = Math.Max(e.At, _reached);
            return Reads(condition, e.Type) && Holds(condition, at) ? Go(_rest, at, null).ToList() : [];
        }

        var isTheirs = NaiveKey.EndedBy(_of.Trigger, e)(Key) && e.At >= _reached && e.At <= Due;
        if (!isTheirs || !NaiveScope.Selects(wait.Event!, _of.User, e, _aliases))
            return [];
        _aliases = NaiveScope.Named(_aliases, wait.Event!.Alias, e);
        return Go(_rest, e.At, null).ToList();
    }

    /// <summary>The time of its wait is over.</summary>
    public IReadOnlyList<NaiveCandidate> Fire(long at)
    {
        var due = Due;
        var isThere = _waiting is WaitStep || (_waiting is WaitUntilStep { If: { } condition } && Holds(condition, at));
        var timeout = isThere ? [] : ((WaitUntilStep)_waiting!).Timeout;
        return Go([.. timeout, .. _rest], at, due).ToList();
    }

    /// <summary>By when they began; those of one instant by trigger, key and what they began with.</summary>
    public int CompareTo(NaiveJourney? other)
    {
        var order = enteredAt.CompareTo(other!.EnteredAt);
        if (order == 0)
            order = string.CompareOrdinal(_of.Trigger.Name, other._of.Trigger.Name);
        if (order == 0)
            order = string.CompareOrdinal(Key.Text, other.Key.Text);
        if (order == 0)
            order = _entry.Causes.Zip(other._entry.Causes).Select(c => string.CompareOrdinal(c.First, c.Second)).FirstOrDefault(c => c != 0);
        return order != 0 ? order : _of.Trigger.Version.CompareTo(other._of.Trigger.Version);
    }

    /// <summary>It waits at a step of other steps from now on, as long as it would have waited. False: there is none of the name at which one waits.</summary>
    public bool TryGoOn(IReadOnlyList<JourneyStep> steps, string name)
    {
        if (Find(steps, name) is not ({ } step, { } rest) || step is not (WaitStep or WaitUntilStep))
            return false;
        (_waiting, _rest) = (step, rest);
        return true;
    }

    /// <summary>The same, of another version.</summary>
    public NaiveJourney Of(NaiveDetection other)
    {
        (_of, _entry) = (other, _entry with { Of = other });
        return this;
    }

    private static (JourneyStep Step, IReadOnlyList<JourneyStep> After)? Find(IReadOnlyList<JourneyStep> steps, string name)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var rest = steps.Skip(i + 1).ToList();
            if (steps[i].Name == name)
                return (steps[i], rest);
            if (JourneySteps.Inside(steps[i]).Select(inner => Find(inner, name)).FirstOrDefault(found => found is not null) is { } inside)
                return (inside.Step, [.. inside.After, .. rest]);
        }

        return null;
    }

    private IEnumerable<NaiveCandidate> Go(IReadOnlyList<JourneyStep> steps, long at, long? due)
    {
        _waiting = null;
        if (steps.Count == 0)
            return [];
        var rest = steps.Skip(1).ToList();
        switch (steps[0])
        {
            case PromptStep prompt:
                var candidate = _entry with
                {
                    Step = prompt,
                    At = due ?? at,
                    IsTimer = due is not null,
                    Aliases = _aliases,
                    BeganAt = enteredAt,
                    IsTakenBackBy = _ => false,
                    Sent = null,
                };
                return Go(rest, at, due).Prepend(candidate);
            case WaitStep wait:
                return Stay(wait, rest, at, wait.Milliseconds);
            case WaitUntilStep { If: { } condition } when Holds(condition, at):
                return Go(rest, at, due);
            case WaitUntilStep wait:
                return Stay(wait, rest, at, wait.ForMilliseconds);
            case BranchStep branch:
                var taken = branch.Arms.FirstOrDefault(arm => Holds(arm.If, at));
                return Go([.. taken?.Steps ?? [], .. rest], at, due);
            default:
                return [];
        }
    }

    private IEnumerable<NaiveCandidate> Stay(JourneyStep step, IReadOnlyList<JourneyStep> rest, long at, long milliseconds)
    {
        (_waiting, _rest, _reached, Due) = (step, rest, at, at + milliseconds);
        return [];
    }

    private bool Holds(Expression? condition, long at) =>
        NaiveExpression.Holds(condition, new NaiveScope(_of.User, at) { Event = _entry.Event, Aliases = _aliases });

    private bool Reads(Expression condition, string type) => NaiveTerms.Of(condition).Any(term => term switch
    {
        WindowExpression window => window.EventType == type || (window.Unit != WindowUnit.Rolling && MovesZone(type)),
        CallExpression { Function: "local_hour" or "local_weekday" } => MovesZone(type),
        NameExpression { Scope: "session" } or NameExpression { Scope: "user", Property: "first_seen" or "last_seen" } => true,
        NameExpression { Scope: "user" } name when NaiveLife.Knows(name.Property) =>
            NaiveLife.Types(_of.User.Rulebook.Policy, name.Property) is not { } types || types.Contains(type),
        NameExpression { Scope: "user" } => type == "profile_update",
        CallExpression { Function: "score" } score => _of.User.Rulebook.Models.Where(m => m.Name == ((LiteralExpression)score.Arguments[0]).Text)
            .SelectMany(m => m.Features).Any(f => Reads(f.Value, type)),
        CallExpression { Function: "since" } since => ((LiteralExpression)since.Arguments[0]).Text == type,
        CallExpression { Function: "segment" } segment => Reads(_of.User.SegmentCondition(((LiteralExpression)segment.Arguments[0]).Text!), type),
        _ => false,
    });

    private bool MovesZone(string type) => type == "profile_update" || _of.User.Rulebook.Policy.DeviceZone is not null;
}
