using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>All that is known of a user: every event applied, in the order of application, and the progress of each trigger.</summary>
internal sealed class NaiveUser
{
    private RulebookDefinition _rulebook;
    private int _journeys;
    private int _places;
    private string? _device;
    private readonly Func<long> _clock;

    public NaiveUser(string name, RulebookDefinition rulebook, Func<long> clock, NaiveStandings? standings = null)
    {
        Standings = standings ?? new NaiveStandings(rulebook.Policy);
        Name = name;
        _names.Add(name, null);
        _rulebook = rulebook;
        _clock = clock;
        Session = new NaiveSession(name, rulebook);
        Detections = rulebook.Triggers.InOrder().Select(Detection).ToList();
        Keep();
    }

    public string Name { get; }

    /// <summary>Of all users.</summary>
    public NaiveStandings Standings { get; }

    /// <summary>Its own name and those of users who were found to be this one, with the instant at which each was first shown a variant.</summary>
    private readonly SortedDictionary<string, long?> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object?> _inherited = [];

    public IEnumerable<string> Names => _names.Keys;

    /// <summary>Events at or before this are ignored.</summary>
    public long? ErasedAt { get; init; }

    /// <summary>Nothing was heard of it.</summary>
    public bool IsBlank => Past.Count == 0 && Contact.IsEmpty;

    /// <summary>Of those that were shown a variant the first, else its own.</summary>
    public string VariantName => _names.Where(n => n.Value is not null).OrderBy(n => n.Value).Select(n => n.Key).FirstOrDefault() ?? Name;

    public void Expose(long at)
    {
        if (_names.Values.All(n => n is null))
            _names[Name] = at;
    }

    /// <summary>The other is this user from now on.</summary>
    public void Absorb(NaiveUser other)
    {
        foreach (var (name, exposed) in other._names)
            _names.Add(name, exposed);
        foreach (var name in other.Past.Where(e => e.Type == "profile_update").SelectMany(e => e.Props.Keys).Concat(other._inherited.Keys).Distinct())
            _inherited.TryAdd(name, other.Attribute(name));
        foreach (var (mine, theirs) in Detections.Zip(other.Detections))
        {
            mine.Absorb(theirs);
            Held.AddRange(other.Held.Where(h => h.Candidate.Of == theirs).Select(h => h with { Candidate = mine.Adopt(h.Candidate) }));
        }

        OrderJourneys();
        _device ??= other._device;
        foreach (var (of, shown) in other.Shown)
        {
            if (!Shown.TryGetValue(of, out var mine) || mine.Until < shown.Until)
                Shown[of] = shown;
        }

        _places = Math.Max(_places, other._places);
        Held.Sort((a, b) => (a.DecidedAt, string.CompareOrdinal(a.PromptId, b.PromptId)).CompareTo((b.DecidedAt, 0)));
        Session.Absorb(other.Session);
        Contact.Absorb(other.Contact);
        var past = Past.Concat(other.Past.Select(e => e with { IsInherited = true })).OrderBy(e => e.Number).ToList();
        Past.Clear();
        Past.AddRange(past);
    }

    /// <summary>In the order in which those of two users would have begun.</summary>
    private void OrderJourneys()
    {
        var all = Detections.SelectMany(d => d.Journeys).ToList();
        all.Sort((a, b) => a.CompareTo(b));
        foreach (var journey in all)
            journey.Number = NextJourney();
        foreach (var detection in Detections)
            detection.Journeys.Sort((a, b) => a.Number.CompareTo(b.Number));
    }

    public RulebookDefinition Rulebook => _rulebook;

    /// <summary>What a behavior event says of where the device is, unless the user was seen later already. To be called before the event is kept.</summary>
    public void Locate(NaiveEvent e)
    {
        if (e.Type == "profile_update" && e.Property("device_time_zone") is string told)
            _device = told;
        if (_rulebook.Policy.DeviceZone is not { } property || !e.IsBehavior || e.Property(property) is not string { Length: > 0 } zone)
            return;
        if (!Past.Any(other => other.IsBehavior && other.At > e.At))
            _device = zone;
    }

    /// <summary>Counts the user's events.</summary>
    public int NextPlace() => ++_places;

    /// <summary>Counts journeys in the order in which they begin.</summary>
    public int NextJourney() => ++_journeys;

    /// <summary>Another rulebook is in force.</summary>
    /// <returns>What is held of triggers that are not in it.</returns>
    public IReadOnlyList<NaiveHeld> Change(RulebookDefinition next)
    {
        var former = Detections;
        _rulebook = next;
        Session.Change(next);
        Detections = next.Triggers.InOrder().Select(t => former.Find(d => d.Trigger.IsVersion(t))?.Become(t) ?? Detection(t)).ToList();
        foreach (var (begun, kin) in Detections.Except(former).Select(d => (d, former.FirstOrDefault(f => f.Trigger.Name == d.Trigger.Name))))
        {
            if (kin is not null)
                begun.Follow(kin);
        }

        Keep();
        foreach (var gone in former.Except(Detections))
        {
            if (Detections.Find(d => d.Trigger.Name == gone.Trigger.Name && d.Keeper == d) is { } heir)
                heir.Take(gone);
        }

        return Held.Where(h => !Detections.Contains(h.Candidate.Of)).ToList();
    }

    /// <summary>
    /// What triggers make of an event: patterns first, then events, segments and steps of journeys. It shows only where a transactional one is sent before
    /// another looks at what was sent. Of one name journeys go on in the order in which they began, whatever their version.
    /// </summary>
    public IReadOnlyList<NaiveCandidate> See(NaiveEvent e)
    {
        var candidates = new List<NaiveCandidate>();
        foreach (var versions in Detections.GroupBy(d => d.Trigger.Name))
        {
            candidates.AddRange(versions.SelectMany(d => d.See(e)).ToList());
            candidates.AddRange(versions.SelectMany(d => d.Journeys).OrderBy(j => j.Number).ToList().SelectMany(j => j.See(e)).ToList());
            foreach (var version in versions)
                version.Journeys.RemoveAll(j => j.IsOver);
        }

        return candidates.OrderBy(c => c.Step is not null ? 3 : c.Of switch { NaivePattern => 0, NaiveSegment => 2, _ => 1 }).ToList();
    }

    /// <summary>One of a name remembers for all: the one that takes entries, else the newest.</summary>
    private void Keep()
    {
        foreach (var versions in Detections.GroupBy(d => d.Trigger.Name))
        {
            foreach (var version in versions)
                version.Keeper = versions.First();
        }
    }

    /// <summary>The latest prompt of each trigger and key that may be superseded: its channel and when it is over.</summary>
    public Dictionary<(string Trigger, NaiveKey Key), (string Channel, long Until)> Shown { get; } = [];

    public List<NaiveEvent> Past { get; } = [];

    public NaiveSession Session { get; }

    public NaiveContact Contact { get; } = new();

    public List<NaiveHeld> Held { get; } = [];

    /// <summary>One a trigger, in ordinal order of their names.</summary>
    public List<NaiveDetection> Detections { get; private set; }

    /// <summary>The clock of the source, the same for all users.</summary>
    public long Clock => _clock();

    /// <summary>The next instant at which something is to happen without an event.</summary>
    public long? NextDue => Detections.SelectMany(d => (d.Trigger.IsDraining ? [] : d.Dues).Concat(d.Journeys.Select(j => j.Due)))
        .Concat(Session.Dues).Concat(Held.Select(h => h.Due)).Select(d => (long?)d).Min();

    /// <summary>True when the condition of the segment holds at the clock.</summary>
    public bool IsMember(string segment) =>
        NaiveExpression.Holds(SegmentCondition(segment), new NaiveScope(this, Clock));

    public Expression SegmentCondition(string segment) => _rulebook.Segments.First(s => s.Name == segment).If;

    /// <summary>What the latest profile update that has the property says.</summary>
    public object? Attribute(string name) => name switch
    {
        "first_seen" => Past.Where(e => e.IsBehavior).Min(e => (double?)e.At),
        "last_seen" => Past.Where(e => e.IsBehavior).Max(e => (double?)e.At),
        _ => Past.Where(e => e.Type == "profile_update" && e.Props.ContainsKey(name) && !e.IsInherited).MaxBy(e => (e.At, e.Number)) is { } own
            ? own.Property(name)
            : _inherited.GetValueOrDefault(name),
    };

    /// <summary>Where it must not be quiet: in the user's own zone, or, as long as nobody knows that one, in any that is configured.</summary>
    public IReadOnlyList<TimeZoneInfo> QuietZones => ZoneId is { } own && !NaiveZone.IsKnown(own)
        ? _rulebook.Policy.OtherZones.Prepend(_rulebook.Policy.TimeZone).Select(TimeZoneInfo.FindSystemTimeZoneById).ToList()
        : [Zone()];

    public DateTime LocalTime(long at) => NaiveZone.LocalTime(at, Zone());

    public long StartOfDay(long at) => Instant(LocalTime(at).Date);

    public long StartOfWeek(long at) => Instant(Monday(at));

    public long StartOfNextDay(long at) => Instant(LocalTime(at).Date.AddDays(1));

    public long StartOfNextWeek(long at) => Instant(Monday(at).AddDays(7));

    private DateTime Monday(long at)
    {
        var day = LocalTime(at).Date;
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    private long Instant(DateTime local) => NaiveZone.Instant(local, Zone());

    /// <summary>What the user set, else what the device says.</summary>
    private string? ZoneId => Attribute("time_zone") as string ?? _device;

    private TimeZoneInfo Zone() => TimeZoneInfo.FindSystemTimeZoneById(ZoneId is { } own && NaiveZone.IsKnown(own) ? own : _rulebook.Policy.TimeZone);

    private NaiveDetection Detection(TriggerDefinition trigger) => trigger.On switch
    {
        EventOn on => new NaiveEventDetection(this, trigger, on),
        AbsenceOn on => new NaiveAbsence(this, trigger, on),
        SilenceOn on => new NaiveSilence(this, trigger, on),
        SegmentOn on => new NaiveSegment(this, trigger, on, _rulebook),
        PatternOn on => new NaivePattern(this, trigger, on, _rulebook.Policy.Time.LatenessMilliseconds),
        _ => throw new NotSupportedException(trigger.On.ToString()),
    };
}
