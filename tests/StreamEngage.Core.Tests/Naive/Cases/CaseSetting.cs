namespace StreamEngage.Tests.Naive.Cases;

/// <summary>What the rulebook and the stream of one case have in common, so that they meet at exact boundaries.</summary>
internal sealed class CaseSetting
{
    public CaseSetting(Dice dice, CaseFeatures features)
    {
        var calendar = features.HasFlag(CaseFeatures.Calendar) && dice.Chance(15);
        Lengths = calendar && dice.Chance(50) ? [1_000, 3_600_000, 7_200_000, 43_200_000] : [500, 1_000, 5_000, 10_000, 60_000];
        Zone = calendar ? dice.Of("Asia/Seoul", "America/New_York", "Europe/Berlin", "UTC") : null;
        // The zone is kept among what is known of the profile.
        Device = calendar && features.HasFlag(CaseFeatures.Profiles) && dice.Chance(50);
        Origin = calendar ? dice.Of(Midnights) - dice.Of(Lengths) : 1_600_000_000_000;
        Has = features;
        Late = features.HasFlag(CaseFeatures.LateEvents) && dice.Chance(60);
        Sessions = features.HasFlag(CaseFeatures.Sessions) && dice.Chance(15) && (!Late || Unsettled);
        Disorder = features.HasFlag(CaseFeatures.Disorder) && dice.Chance(15) ? dice.Of(500, 1_000, 5_000) : 0;
        Lateness = dice.Chance(50) ? 600_000 : dice.Of(5_000, 30_000, 60_000);
        Gates = features.HasFlag(CaseFeatures.Gates) && dice.Chance(50);
        Outcomes = features.HasFlag(CaseFeatures.Outcomes) && dice.Chance(40);
        Users = dice.Between(1, 3);
        Identity = features.HasFlag(CaseFeatures.Identity) && Users > 1 && dice.Chance(25);
        Erasure = features.HasFlag(CaseFeatures.Erasure) && dice.Chance(15);
        Lifecycle = features.HasFlag(CaseFeatures.Lifecycle) && dice.Chance(25);
        Templates = features.HasFlag(CaseFeatures.Templates) && dice.Chance(30);
        Harm = features.HasFlag(CaseFeatures.Harm) && dice.Chance(1);
        // What came of prompts is counted by rulebook: nothing of it may be read.
        Changes = features.HasFlag(CaseFeatures.Changes) && !Outcomes && !Harm && dice.Chance(25);
        Types = dice.Of<IReadOnlyList<string>>(["view", "cart"], ["view", "cart", "search"], ["view", "cart", "search", "purchase"]);
    }

    public CaseFeatures Has { get; }

    /// <summary>Milliseconds: windows, deadlines and the distances of events are of these.</summary>
    public IReadOnlyList<long> Lengths { get; }

    /// <summary>Around this instant the stream begins.</summary>
    public long Origin { get; }

    /// <summary>Null: the case has nothing to do with the calendar.</summary>
    public string? Zone { get; }

    /// <summary>Events say in which zone the device is: an attribute like those of profiles.</summary>
    public bool Device { get; }

    public bool Late { get; }

    public bool Sessions { get; }

    public long Disorder { get; }

    public long Lateness { get; }

    /// <summary>The policy has more to say than about time.</summary>
    public bool Gates { get; }

    /// <summary>What comes of prompts, and how likely it is, has a say.</summary>
    public bool Outcomes { get; }

    public int Users { get; }

    public bool Identity { get; }

    public bool Erasure { get; }

    /// <summary>Where users stand is asked for.</summary>
    public bool Lifecycle { get; }

    /// <summary>Prompts have templates.</summary>
    public bool Templates { get; }

    /// <summary>A trigger does harm until it is paused.</summary>
    public bool Harm { get; }

    /// <summary>Another rulebook comes into force on the way.</summary>
    public bool Changes { get; }

    public IReadOnlyList<string> Types { get; }

    public bool Unsettled => Has.HasFlag(CaseFeatures.Unsettled);

    /// <summary>Local midnights: of Seoul, of New York and Berlin as summer time begins and ends, and of a Monday in UTC.</summary>
    private static IReadOnlyList<long> Midnights { get; } =
    [
        1_600_009_200_000, 1_583_643_600_000, 1_604_203_200_000, 1_585_436_400_000, 1_603_576_800_000, 1_599_436_800_000,
    ];
}
