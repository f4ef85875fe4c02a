namespace StreamEngage.Tests.Naive.Cases;

/// <summary>A trigger that does harm, and as many users as it takes until that is certain.</summary>
internal sealed class RandomHarm(Dice dice, CaseSetting setting)
{
    /// <summary>With an alpha of one half thirty users on each side are enough, when all of one side convert and none of the other.</summary>
    private const int Users = 80;

    private const double HeldOut = 0.5;

    private const string Name = "harm";

    public const string Policy = "harm: {alpha: 0.5}\n";

    public string Trigger() => $"trigger: {Name}\non: {On()}\ngoal: {{event: {setting.Types[1]}, within: 1h}}\n"
        + $"decide:\n  holdout: {HeldOut}\n  pause_on_harm: true\n  expires: 2h\n  misfire: {dice.Of("fire", "skip")}\n{Waits()}{Steps()}";

    /// <summary>Everybody does what the trigger is about, and then those reach its goal whom it never prompts.</summary>
    public IEnumerable<(string User, string Type, long At)> Before(long at)
    {
        const long reaction = 2_000;
        var users = Enumerable.Range(0, Users).Select(i => $"h{i}").ToList();
        var held = users.Where(user => NaiveGates.Share($"holdout/{Name}", user) < HeldOut);
        return users.Select((user, i) => (user, setting.Types[0], at + i)).Concat(held.Select((user, i) => (user, setting.Types[1], at + reaction + i)));
    }

    private string On() => dice.Between(0, 2) switch
    {
        0 => $"{{absence: {{of: [{setting.Types[1]}], after: {{event: {setting.Types[0]}}}, for: 500ms}}}}",
        1 => $"{{pattern: [{{event: {setting.Types[0]}}}], within: 1h}}",
        _ => $"{{event: {setting.Types[0]}}}",
    };

    private string Waits()
    {
        var waits = setting.Gates && dice.Chance(50) ? "  quiet: hold\n" : "";
        if (setting.Has.HasFlag(CaseFeatures.Approvals) && dice.Chance(40))
            waits += $"  approval: {{within: {dice.Of(1, 5, 60)}s, default: approve}}\n";
        return waits;
    }

    private string Steps() => setting.Has.HasFlag(CaseFeatures.Journeys) && dice.Chance(30)
        ? $"steps:\n  - wait: {dice.Of(500, 1_000)}ms\n  - prompt: {{}}\n  - wait: 1s\n  - prompt: {{}}\n"
        : "";
}
