using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Steps.Simulation;

/// <summary>What comes of prompts, of questions to a person, and of journeys, each counted where it shows in what is decided or remembered.</summary>
internal enum Happening
{
    Delivered,
    Engaged,
    Dismissed,
    Unsubscribed,
    Failed,

    /// <summary>Something was sent, or not, because a prompt had failed before: its place was free again.</summary>
    Refunded,
    Converted,
    Approved,
    Rejected,
    ApprovedBySilence,
    RejectedBySilence,

    /// <summary>What waited for a person ended because its user left, or had what it was for.</summary>
    EndedWhileHeld,
    JourneyBegun,
    TimedOut,

    /// <summary>What was waited for came, and a condition chose where to go on.</summary>
    TookTheBranch,
    TookTheOther,

    /// <summary>A step's prompt did not pass its gates.</summary>
    StepSuppressed,
}

/// <summary>Counts what happened in a lane, from what an undisturbed engine makes of it.</summary>
internal sealed class Happenings(CompiledRulebook rulebook, LaneTopics topics)
{
    public Dictionary<Happening, int> Hits { get; } = [];

    public void Count(LaneLog log, Undisturbed made)
    {
        Add(Happening.Converted, made.Conversions);
        foreach (var decision in made.Decisions.Where(decision => decision.Step is not null)) Add(OfStep(decision));
        CountAnswers(made.Decisions);
        CountUsers(made);
        var deaf = Undisturbed.Of(rulebook, topics, log with { Input = [.. log.Input.Select(Answers.WithoutFailure)] });
        if (!deaf.Keys.SequenceEqual(made.Keys)) Add(Happening.Refunded);
    }

    private static Happening OfStep(DecisionRecord decision) => decision switch
    {
        { Verdict: Verdict.Suppressed } => Happening.StepSuppressed,
        { Step: "hello" } => Happening.JourneyBegun,
        { Step: "missed" } => Happening.TimedOut,
        { Step: "dear" } => Happening.TookTheBranch,
        _ => Happening.TookTheOther,
    };

    /// <summary>Of what waited for an answer: what the answer was, or that there was none.</summary>
    private void CountAnswers(IReadOnlyList<DecisionRecord> decisions)
    {
        var asked = new Dictionary<(string User, string Trigger, string Cause), EventTime>();
        foreach (var decision in decisions)
        {
            if (rulebook.Triggers.FirstOrDefault(trigger => trigger.Name == decision.Trigger)?.Decide.Approval is not { } approval) continue;
            var key = (decision.User, decision.Trigger, decision.Causes[0]);
            if (decision.Verdict == Verdict.Held) asked.TryAdd(key, decision.At);
            else if (asked.Remove(key, out var at) && OfAnswer(decision, decision.At - at >= approval.WithinMilliseconds) is { } happening) Add(happening);
        }
    }

    private static Happening? OfAnswer(DecisionRecord decision, bool isSilence) => decision switch
    {
        { Reason: Reason.HumanRejected } => isSilence ? Happening.RejectedBySilence : Happening.Rejected,
        { Reason: Reason.Exited or Reason.Converted } => Happening.EndedWhileHeld,
        { Verdict: Verdict.Sent } => isSilence ? Happening.ApprovedBySilence : Happening.Approved,
        _ => null,
    };

    private void CountUsers(Undisturbed made)
    {
        var memory = new Lane();
        foreach (var (user, record) in made.Users)
        {
            var state = memory.Users.Open(user, Hash64.Of(user.Span));
            Assert.True(new UserStateCodec(rulebook.Layout, memory).TryRead(LaneEngine.BodyOf(record.Span), state));
            if (state.Contact is not { } contact) continue;
            foreach (var prompt in contact.Prompts) Count(prompt.Fate);
        }
    }

    private void Count(PromptFate fate)
    {
        if (fate.HasFlag(PromptFate.Delivered)) Add(Happening.Delivered);
        if (fate.HasFlag(PromptFate.Engaged)) Add(Happening.Engaged);
        if (fate.HasFlag(PromptFate.Dismissed)) Add(Happening.Dismissed);
        if (fate.HasFlag(PromptFate.Unsubscribed)) Add(Happening.Unsubscribed);
        if (fate.HasFlag(PromptFate.Failed)) Add(Happening.Failed);
    }

    private void Add(Happening happening, int times = 1)
    {
        if (times > 0) Hits[happening] = Hits.GetValueOrDefault(happening) + times;
    }
}
