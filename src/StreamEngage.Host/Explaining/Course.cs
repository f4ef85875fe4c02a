using System.Runtime.CompilerServices;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>What the engine made of a premise about its user.</summary>
internal sealed class Course
{
    private static readonly ConditionalWeakTable<RulebookDefinition, CompiledRulebook> _compiled = [];

    private readonly List<PromptCommand> _prompts = [];
    private readonly List<DecisionRecord> _decisions = [];

    private Course()
    {
    }

    public IReadOnlyList<PromptCommand> Prompts => _prompts;

    public IReadOnlyList<DecisionRecord> Decisions => _decisions;

    /// <summary>In the order they were made.</summary>
    public IReadOnlyList<Outcome> Outcomes { get; private set; } = [];

    /// <summary>Asks the engine.</summary>
    /// <param name="premise">About whom, and under which rules.</param>
    /// <param name="drain">The clock moves on until nothing waits any more; else it stands where the events leave it.</param>
    public static Course Of(Premise premise, bool drain = true)
    {
        var course = new Course();
        var run = new PipelineRun(_compiled.GetValue(premise.First, RulebookCompiler.Compile))
        {
            Told = premise.Told,
            Prompt = prompt =>
            {
                if (prompt.User == premise.User) course._prompts.Add(prompt);
            },
            Decision = decision =>
            {
                if (decision.User == premise.User) course._decisions.Add(decision);
            },
        };
        premise.FeedTo(run, new(long.MaxValue));
        if (drain) run.End(drain);
        else run.Suspend();
        course.Outcomes = Paired(course._decisions);
        return course;
    }

    /// <summary>What became of a candidate that another premise had; null: it has none.</summary>
    /// <remarks>
    /// A match that here begins a journey is none: the first that the journey prompts stands for it. And of a journey that does not begin here the match that
    /// was turned away stands for its steps.
    /// </remarks>
    public Outcome? Find(Outcome candidate) => Outcomes
        .Where(other => other.IsOf(candidate))
        .OrderBy(other => Math.Abs(other.MadeAt - candidate.MadeAt)).FirstOrDefault()
        ?? Outcomes.Where(other => other.IsBegunBy(candidate)).MinBy(other => other.MadeAt)
        ?? Outcomes.Where(candidate.IsBegunBy).MaxBy(other => other.MadeAt);

    /// <summary>Of several that were made at one instant the last in order.</summary>
    public static Outcome Latest(IEnumerable<Outcome> outcomes) => outcomes.Aggregate((one, other) => other.MadeAt >= one.MadeAt ? other : one);

    /// <summary>A held line and the line that ended it are one candidate.</summary>
    public static List<Outcome> Paired(IEnumerable<DecisionRecord> decisions)
    {
        var outcomes = new List<Outcome>();
        var held = new List<int>();
        foreach (var decision in decisions)
        {
            var open = decision.Verdict == Verdict.Held ? -1 : held.FindIndex(place => outcomes[place].IsEndedBy(decision));
            if (open >= 0)
            {
                outcomes[held[open]] = outcomes[held[open]] with { Last = decision };
                held.RemoveAt(open);
                continue;
            }
            if (decision.Verdict == Verdict.Held) held.Add(outcomes.Count);
            outcomes.Add(new(decision, decision));
        }
        return outcomes;
    }
}

/// <summary>One candidate: the first thing said of it and the last.</summary>
internal sealed record Outcome(DecisionRecord First, DecisionRecord Last)
{
    public EventTime MadeAt => First.At;

    public string Trigger => Last.Trigger;

    public bool IsSent => Last.Verdict == Verdict.Sent;

    /// <summary>Nothing final is said of it yet.</summary>
    public bool IsWaiting => Last.Verdict == Verdict.Held;

    public bool WasHeld => First.Verdict == Verdict.Held;

    /// <summary>The same candidate in another course. One that time alone made is known by its instant, though there an event may have come first.</summary>
    public bool IsOf(Outcome other) => Trigger == other.Trigger && Last.Step == other.Last.Step && Last.Instance == other.Last.Instance
        && (other.Last.Causes.Count == 0 ? MadeAt == other.MadeAt : Last.Causes.SequenceEqual(other.Last.Causes));

    /// <summary>A step of the journey that a match turned away elsewhere began.</summary>
    public bool IsBegunBy(Outcome match) => match.Last.Step is null && Last.Step is not null && Trigger == match.Trigger
        && Last.Instance == match.Last.Instance && Last.Causes.SequenceEqual(match.Last.Causes) && (Last.Causes.Count > 0 || MadeAt >= match.MadeAt);

    public bool IsEndedBy(DecisionRecord decision) =>
        Last.Step == decision.Step && Trigger == decision.Trigger && Last.Instance == decision.Instance && Last.Causes.SequenceEqual(decision.Causes);

    /// <summary>Where a further event would have to come to count for the last word.</summary>
    public Moment MomentIn(Premise premise)
    {
        var cause = WasHeld || Last.Causes.Count == 0 ? null : premise.Event(Last.Causes[^1]);
        return cause is { } e && e.At == Last.At ? new(Last.At, e.Id) : new(Last.At, null);
    }
}
