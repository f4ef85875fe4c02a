using StreamEngage.Rules;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>What docs/identity.md excepts from "as if it had been known from the start".</summary>
internal enum Exempt
{
    /// <summary>When each was said is not kept, and the known user's win.</summary>
    Attributes,

    /// <summary>What ids got while they were apart. Here nothing can be sent before they are one.</summary>
    PromptsThatBothGot,

    /// <summary>An exit or a goal of one of them does not end what another waits for: its deadline runs on.</summary>
    ExitsOfOneSide,

    /// <summary>A run of events of both had an end for one of them.</summary>
    EndedSessions,

    /// <summary>Ranks are among all users, and two ids are two of them.</summary>
    Ranks,

    /// <summary>No match has events of both.</summary>
    HalfPatterns,

    /// <summary>With <c>repeat: ignore</c> an arming event that one side ignored is gone.</summary>
    IgnoredArmings,

    /// <summary>An entry is decided when it comes, and a key is in a journey once.</summary>
    JourneysBegun,
}

/// <summary>A random rulebook, and a random stream of one person under three ids who are found to be one somewhere in its first part.</summary>
internal sealed class OnePerson
{
    /// <summary>What cases are to have enough of.</summary>
    public static readonly string[] Kinds =
        ["two ids", "one id until the merge", "erased", "pattern", "absence", "silence", "segment", "stage", "journey", "exit", "held", "no-consent", "sent"];

    private readonly List<NaiveEvent> _identifies;
    private readonly List<NaiveEvent> _first;
    private readonly List<NaiveEvent> _rest;
    private readonly string _told;

    private readonly Exempt? _claimed;

    private OnePerson(Dice dice, RandomCase found, Exempt? claimed)
    {
        _claimed = claimed;
        var ids = ((string[])["a", "b", "known"]).Select(id => $"{id}#{found.Seed}").ToList();
        var merges = KnownFromTheStartTests.Merges(dice).Select(merge => ($"{merge.User}#{found.Seed}", $"{merge.Anonymous}#{found.Seed}")).ToList();
        IsOfOneId = dice.Chance(40);
        var only = dice.Of(ids);
        var events = found.Events.Select(e => e with { Id = $"e{int.Parse(e.Id[1..], null):d3}", User = ids[e.User[^1] - '1'] }).ToList();
        var count = dice.Between(1, events.Count * 2 / 3);
        var until = events.Take(count).Max(e => e.At);
        // Also what comes later and, where events are put in order, stands before the merges.
        if (IsOfOneId) events = [.. events.Select((e, i) => i < count || e.At <= until ? e with { User = only } : e)];
        (_first, _rest) = ([.. events.Take(count)], [.. events.Skip(count)]);
        var beginning = events.Min(e => e.At) - 1;
        _identifies = [.. merges.Select((merge, i) => Identify($"i{i}", merge, beginning))];
        var place = 0;
        foreach (var (merge, i) in merges.Select((merge, i) => (merge, i)))
        {
            place = dice.Between(place, _first.Count);
            _first.Insert(place++, Identify($"j{i}", merge, _first.Take(place).Select(e => e.At).DefaultIfEmpty(beginning).Max()));
        }
        Since = _first.Max(e => e.At) + 1;
        var begun = ids.Select(id => Granted(id, Since)).ToList();
        for (var again = dice.Between(0, 2); again > 0; again--) Insert(dice, Identify($"k{again}", dice.Of(merges), 0));
        HasErasures = dice.Chance(25);
        if (HasErasures) Erase(dice, ids);
        _rest.InsertRange(0, begun);
        var policy = found.Files["policy.yaml"].Replace("consent: {default: denied}\n", "", StringComparison.Ordinal);
        if (IsLeftOut(Exempt.PromptsThatBothGot)) policy += "consent: {default: denied}\n";
        var rulebook = KnownFromTheStartTests.Read(new Dictionary<string, string>(found.Files) { ["policy.yaml"] = policy });
        Rulebook = rulebook with { Triggers = [.. rulebook.Triggers.Where(IsClaimed)] };
        _told = found.ToString();
    }

    public RulebookDefinition Rulebook { get; }

    /// <summary>From here on all is as if the ids had been one from the beginning.</summary>
    public long Since { get; }

    /// <summary>Until the last merge only one of the ids did anything.</summary>
    public bool IsOfOneId { get; }

    public bool HasErasures { get; }

    /// <summary>The ids are one before the first event, and it is said again where it is said in <see cref="Met"/>.</summary>
    public IReadOnlyList<NaiveEvent> Known => [.. _identifies, .. _first, .. _rest];

    public IReadOnlyList<NaiveEvent> Met => [.. _identifies.Select(SayingNothing), .. _first, .. _rest];

    /// <summary>As <see cref="Met"/>, but nothing is said again after the merges.</summary>
    public IReadOnlyList<NaiveEvent> SaidOnce => [.. _identifies.Select(SayingNothing), .. _first, .. _rest.Select(SayingNothing)];

    public IReadOnlyList<NaiveEvent> NeverMerged => [.. Met.Select(SayingNothing)];

    public string Told => $"{string.Join('\n', Met)}\ntriggers {string.Join(' ', Rulebook.Triggers.Select(trigger => trigger.Name))}\n{_told}";

    /// <param name="seed">Of the case.</param>
    /// <param name="claimed">An exception that is not made, as if all were claimed of it; null: each is.</param>
    /// <returns>Null: the case has nothing that is claimed.</returns>
    public static OnePerson? Of(int seed, Exempt? claimed = null)
    {
        // Identities and erasures are of this test's own making.
        var features = CaseFeatures.Settled & ~CaseFeatures.Identity & ~CaseFeatures.Erasure & ~CaseFeatures.Harm;
        var found = RandomCase.Of(seed, claimed == Exempt.Attributes ? features : features & ~CaseFeatures.Profiles);
        if (found.Events.Count < 3) return null;
        var person = new OnePerson(new Dice(-seed), found, claimed);
        var hasSessions = found.Files["policy.yaml"].Contains("session:", StringComparison.Ordinal);
        var hasRanks = found.Files.Values.Any(text => text.Contains("_score", StringComparison.Ordinal));
        if (hasRanks && person.IsLeftOut(Exempt.Ranks)) return null;
        if (hasSessions && !person.IsOfOneId && person.IsLeftOut(Exempt.EndedSessions)) return null;
        return person.Rulebook.Triggers.Count == 0 ? null : person;
    }

    /// <summary>What of <see cref="Kinds"/> it has, given what was decided.</summary>
    public IEnumerable<string> Has(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) yield break;
        yield return IsOfOneId ? "one id until the merge" : "two ids";
        if (HasErasures) yield return "erased";
        foreach (var trigger in Rulebook.Triggers.Where(trigger => lines.Any(line => line.Contains($" {trigger.Name} [", StringComparison.Ordinal))))
        {
            yield return trigger.On switch { PatternOn => "pattern", AbsenceOn => "absence", SilenceOn => "silence", SegmentOn => "segment", _ => "event" };
            if (trigger.On is SegmentOn segment && segment.Segment.StartsWith("lifecycle/", StringComparison.Ordinal)) yield return "stage";
            if (trigger.Steps.Count > 0) yield return "journey";
            if (trigger.Exits.Count > 0 || trigger.Goal is not null) yield return "exit";
        }
        foreach (var (written, kind) in ((string, string)[])[(" Held", "held"), (" NoConsent", "no-consent"), (" Sent", "sent")])
            if (lines.Any(line => line.Contains(written, StringComparison.Ordinal))) yield return kind;
    }

    private bool IsLeftOut(Exempt exception) => _claimed != exception;

    /// <summary>What the ids did apart from each other is made good in all but the exceptions.</summary>
    private bool IsClaimed(TriggerDefinition trigger) => !(ExceptionOf(trigger) is { } exception && IsLeftOut(exception));

    private Exempt? ExceptionOf(TriggerDefinition trigger) => trigger switch
    {
        // Who identifies is there as well: segments and silences begin a journey of each id.
        { Steps.Count: > 0 } => IsOfOneId && trigger.On is not (SegmentOn or SilenceOn) ? null : Exempt.JourneysBegun,
        _ when IsOfOneId => null,
        // It asks for no consent, so it is sent before the merge.
        { Decide.Purpose: "transactional" } => Exempt.PromptsThatBothGot,
        { On: PatternOn } => Exempt.HalfPatterns,
        { On: AbsenceOn or SilenceOn } when trigger.Exits.Count > 0 || trigger.Goal is not null => Exempt.ExitsOfOneSide,
        { On: AbsenceOn { Repeat: RepeatMode.Ignore } } => Exempt.IgnoredArmings,
        _ => null,
    };

    /// <summary>Forgotten under any of the ids, after the last merge: before it, only what that id had done would be. Then each is granted again.</summary>
    private void Erase(Dice dice, List<string> ids)
    {
        var place = Insert(dice, new NaiveEvent("x", dice.Of(ids), "erase", 0, new Dictionary<string, object?>()));
        _rest.InsertRange(place + 1, ids.Select(id => Granted(id, _rest[place].At + 1)));
    }

    /// <summary>Somewhere in the rest, at the time of the latest event before.</summary>
    private int Insert(Dice dice, NaiveEvent e)
    {
        var place = dice.Between(0, _rest.Count);
        _rest.Insert(place, e with { At = _rest.Take(place).Select(before => before.At).Append(Since).Max() });
        return place;
    }

    private static NaiveEvent Granted(string id, long at) =>
        new($"g-{id}-{at}", id, "consent_update", at, new Dictionary<string, object?> { ["status"] = "granted" });

    private static NaiveEvent Identify(string id, (string User, string Anonymous) merge, long at) =>
        new(id, merge.User, "identify", at, new Dictionary<string, object?> { ["anonymous"] = merge.Anonymous });

    /// <summary>The user is the user: it is an event like any, and no more.</summary>
    private static NaiveEvent SayingNothing(NaiveEvent e) =>
        e.Type != "identify" ? e : e with { Props = new Dictionary<string, object?> { ["anonymous"] = e.User } };
}
