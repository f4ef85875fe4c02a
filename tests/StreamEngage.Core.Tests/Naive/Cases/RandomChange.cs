using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Rulebooks that follow a random one while journeys are under way: other versions of one journey, beside which the former ones drain or do not.</summary>
internal sealed class RandomChange(Dice dice, RandomCase found)
{
    private readonly IReadOnlyList<long> _lengths = [500, 1_000, 5_000, 10_000, 60_000];

    /// <summary>None where there is no journey, or no place for a change.</summary>
    public IReadOnlyList<NaiveChange> Changes()
    {
        var journeys = found.Rulebook.Triggers.Where(t => t.Steps.Count > 0).ToList();
        var instants = found.Events.Select(e => e.At).SelectMany(at => new[] { at, at + 1 }).Where(at => at > found.Events[0].At).Distinct().Order().ToList();
        if (journeys.Count == 0 || instants.Count == 0)
            return [];
        var name = dice.Of(journeys).Name;
        var (changes, now) = (new List<NaiveChange>(), found.Rulebook);
        for (var at = dice.Between(0, instants.Count / 2); at < instants.Count && changes.Count < 3; at += dice.Between(1, instants.Count))
        {
            var versions = now.Triggers.Where(t => t.Name == name).InOrder().ToList();
            now = now with { Triggers = [.. now.Triggers.Where(t => t.Name != name), .. Next(versions)] };
            now = now with { Triggers = now.Triggers.InOrder().ToList() };
            changes.Add(new NaiveChange(instants[at], now));
        }

        return changes;
    }

    /// <summary>What takes the place of the versions of one name: the first takes entries, the others drain.</summary>
    private IReadOnlyList<TriggerDefinition> Next(List<TriggerDefinition> versions)
    {
        var (former, elders) = (versions[0], versions.Skip(1).Where(_ => !dice.Chance(20)).ToList());
        if (former.IsDraining)
            return versions;
        var next = former with { Version = former.Version + 1, Steps = Mutated(former.Steps, mayDrop: true), Migrations = [] };
        return dice.Between(0, 9) switch
        {
            0 => [next with { Migrations = [Migration(former)] }, .. elders],
            1 => [next, .. elders],
            2 => [former with { Steps = Mutated(former.Steps, mayDrop: false) }, .. elders],
            3 => [former with { IsDraining = true }, .. elders],
            4 => [former, .. elders],
            _ => [next, former with { IsDraining = true }, .. elders],
        };
    }

    private MigrationDefinition Migration(TriggerDefinition former)
    {
        var names = JourneySteps.All(former.Steps).Select(s => s.Name).ToList();
        var steps = names.Where(_ => dice.Chance(40)).ToDictionary(name => name, _ => dice.Of(names));
        return new MigrationDefinition(former.At, former.Version) { Steps = steps, StaysByName = dice.Chance(50) };
    }

    /// <summary>Reads nothing that was not read before: no window begins to fill.</summary>
    private List<JourneyStep> Mutated(IReadOnlyList<JourneyStep> steps, bool mayDrop)
    {
        var mutated = steps.Where(s => !mayDrop || s is WaitUntilStep or BranchStep || !dice.Chance(20)).Select(s => Mutated(s, mayDrop)).ToList();
        if (dice.Chance(20))
            mutated.Insert(dice.Between(0, mutated.Count), new WaitStep(default, $"new-{Unused(mutated)}", dice.Of(_lengths)));
        return mutated;
    }

    private JourneyStep Mutated(JourneyStep step, bool mayDrop) => step switch
    {
        WaitStep wait => dice.Chance(40) ? wait with { Milliseconds = dice.Of(_lengths) } : wait,
        WaitUntilStep wait => wait with
        {
            ForMilliseconds = dice.Chance(40) ? dice.Of(_lengths) : wait.ForMilliseconds,
            Timeout = wait.Timeout.Count == 0 ? [] : Mutated(wait.Timeout, mayDrop),
        },
        BranchStep branch => branch with { Arms = branch.Arms.Select(arm => arm with { Steps = Mutated(arm.Steps, mayDrop) }).ToList() },
        PromptStep prompt => dice.Chance(20) ? prompt with { ExpiresMilliseconds = dice.Of(_lengths) } : prompt,
        _ => step,
    };

    /// <summary>Names of steps that were never there before.</summary>
    private string Unused(List<JourneyStep> steps) => $"{dice.Between(0, int.MaxValue - 1)}-{steps.Count}";
}
