using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Delays that outlast the prompt they delay, and settings that take away what another one gives.</summary>
internal sealed class TimingLint(TriggerDefinition trigger, PolicyDefinition policy, Findings findings)
{
    private readonly DecideDefinition _decide = trigger.Decide;

    public void Check()
    {
        CheckGrace();
        CheckMisfire();
        if (trigger.Steps.Count == 0)
            CheckHold(trigger.PlaceOf("decide.expires"));
        foreach (var step in JourneySteps.All(trigger.Steps).OfType<PromptStep>())
            new TimingLint(JourneySteps.SeenBy(trigger, step), policy, findings).CheckHold(step.At);
        CheckGoal();
        CheckReentry();
        CheckApproval();
    }

    private void CheckApproval()
    {
        if (_decide.Approval is { } approval && approval.WithinMilliseconds > _decide.ExpiresMilliseconds)
            findings.Warn(
                trigger.PlaceOf("decide.approval.within"),
                "approval-beyond-expiry",
                $"a person has {DurationText.Format(approval.WithinMilliseconds)} to answer, but the prompt is over after {Expiry}: the answer is due then");
    }

    private bool HasTimer => trigger.Steps.Count > 0 || trigger.On is AbsenceOn or SilenceOn or SegmentOn or PatternOn { Steps: [.., { Negated: true }] };

    private string Expiry => DurationText.Format(_decide.ExpiresMilliseconds);

    private void CheckGrace()
    {
        if (trigger.On is AbsenceOn { GraceMilliseconds: var grace } && grace > _decide.ExpiresMilliseconds)
            findings.Warn(
                trigger.PlaceOf("on.absence.grace"),
                "grace-beyond-expiry",
                $"'grace' waits {DurationText.Format(grace)} for late events, longer than the {Expiry} the prompt lives once it is decided");
    }

    private void CheckMisfire()
    {
        if (HasTimer && _decide.Misfire == MisfireMode.Default && policy.Time.MisfireAfterMilliseconds >= _decide.ExpiresMilliseconds)
            findings.Warn(
                trigger.PlaceOf("decide.expires"),
                "misfire-beyond-expiry",
                $"a timer counts as late after {DurationText.Format(policy.Time.MisfireAfterMilliseconds)}, when a prompt that lives "
                    + $"{Expiry} is over: every late one is skipped; say 'misfire: fire' or 'skip'");
    }

    private void CheckHold(SourcePosition at)
    {
        if (policy.QuietHours is not { } quiet || _decide.Quiet != QuietMode.Hold || _decide.Purpose == "transactional")
            return;
        var length = (long)(quiet.To > quiet.From ? quiet.To - quiet.From : quiet.To - quiet.From + TimeSpan.FromDays(1)).TotalMilliseconds;
        var silenced = quiet.Channels.Count == 0 || _decide.Channels.All(quiet.Channels.Contains);
        if (silenced && length > _decide.ExpiresMilliseconds)
            findings.Warn(
                at,
                "hold-beyond-expiry",
                $"a prompt decided at {quiet.From:hh\\:mm} is held to {quiet.To:hh\\:mm}, {DurationText.Format(length)} later, and is over "
                    + $"after {Expiry}: it is never sent; let it live longer, or say 'quiet: drop'");
    }

    private void CheckGoal()
    {
        if (trigger.Goal is { WithinMilliseconds: var within } && within < _decide.ExpiresMilliseconds)
            findings.Warn(
                trigger.PlaceOf("goal.within"),
                "goal-before-expiry",
                $"the goal counts for {DurationText.Format(within)} after the decision, but the prompt may still be shown until {Expiry} after it");
    }

    private void CheckReentry()
    {
        if (_decide is { Reentry: ReentryMode.Cooldown, CooldownMilliseconds: 0 })
            findings.Warn(
                trigger.PlaceOf("decide.reentry"),
                "no-cooldown",
                "'reentry: cooldown' without a 'cooldown' lets every candidate in; add one, such as 12h");
        if (_decide.Reentry == ReentryMode.AfterExit && trigger.Exits.Count == 0 && trigger.Goal is null)
            findings.Warn(
                trigger.PlaceOf("decide.reentry"),
                "no-exit",
                "'reentry: after_exit' without 'exit' or 'goal' never lets a user in again; add one, or say 'once'");
    }
}
