using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Triggers that are to learn from what comes of their prompts, and cannot.</summary>
internal sealed class OutcomeLint(TriggerDefinition trigger, Findings findings)
{
    private readonly DecideDefinition _decide = trigger.Decide;

    public void Check()
    {
        if (_decide.PauseOnHarm == true && trigger.Goal is null)
            findings.Warn(
                trigger.PlaceOf("decide.pause_on_harm"),
                "no-goal",
                "'pause_on_harm' compares conversions, and the trigger has no 'goal': it is never paused");
        if (_decide.PauseOnHarm == true && _decide.Holdout is 0 or 1)
            findings.Warn(
                trigger.PlaceOf("decide.pause_on_harm"),
                "no-holdout",
                "'pause_on_harm' compares with users who are held out of this trigger; it needs a 'holdout' between 0 and 1, such as 0.05");
        if (_decide.Bandit is not null && trigger.Goal is null)
            findings.Warn(
                trigger.PlaceOf("decide.variants"),
                "no-goal",
                "a bandit learns from conversions, and the trigger has no 'goal': every arm stays as likely as any other");
        if (_decide.Supersede && _decide.CooldownMilliseconds >= _decide.ExpiresMilliseconds)
            findings.Warn(
                trigger.PlaceOf("decide.supersede"), "never-superseded", "a prompt is over before 'cooldown' lets the next one in, so none is ever superseded");
    }
}
