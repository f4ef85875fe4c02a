using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>A pattern: with each event all its matches that end on it are searched again from the first event on.</summary>
internal sealed class NaivePattern(NaiveUser user, TriggerDefinition trigger, PatternOn on, long lateness)
    : NaiveDetection(user, trigger)
{
    private readonly NaivePatternSteps _steps = new(on);
    private readonly Dictionary<NaiveKey, Line> _lines = [];

    /// <summary>See <see cref="NaiveOutcome.PartialMatchesMax"/>.</summary>
    public int PartialMatchesMax { get; private set; }

    public override IEnumerable<long> Dues => _lines.Values.SelectMany(l => l.Waiting.Where(l.MayStillBe)).Select(Due);

    public override IReadOnlyList<NaiveCandidate> At(long due) => _lines
        .OrderBy(l => l.Key.Text, StringComparer.Ordinal)
        .SelectMany(l => Fired(l.Key, l.Value, due))
        .ToList();

    /// <summary>What both have under way goes on side by side: a match has events of one of the two, and of both together from now on.</summary>
    public override void Absorb(NaiveDetection other)
    {
        var joined = User.Past.Concat(other.User.Past).Select(e => e.Number).DefaultIfEmpty(0).Max();
        foreach (var (key, theirs) in ((NaivePattern)other)._lines)
        {
            var line = LineOf(key);
            line.Over.UnionWith(theirs.Over);
            line.Waiting.AddRange(theirs.Waiting.Select(m => m with { Joined = joined }));
            line.Strands.AddRange(theirs.Strands.Select(s => s with { Joined = joined }));
        }

        PartialMatchesMax = Math.Max(PartialMatchesMax, ((NaivePattern)other).PartialMatchesMax);
        base.Absorb(other);
    }

    protected override IEnumerable<NaiveCandidate> Seen(NaiveEvent e)
    {
        if (!IsActive(e) || !_steps.Sees(e))
            return [];
        var key = NaiveKey.Of(Trigger, e);
        var line = LineOf(key);
        line.Waiting.RemoveAll(m => IsEndedBy(m, e));
        line.Add(e);
        if (_steps.Taking.All(s => s.Event.Type != e.Type))
            return [];
        var made = Search(line).Where(m => m.Last.Number == e.Number && _steps.IsComplete(m)).OrderBy(m => m).ToList();
        if (_steps.Trailing is null)
            return InTurn(key, line, made);
        line.Waiting.AddRange(made);
        PartialMatchesMax = Math.Max(PartialMatchesMax, line.Waiting.Count(line.MayStillBe));
        return [];
    }

    protected override void End(Func<NaiveKey, bool> ended, long at)
    {
        foreach (var line in _lines.Where(l => ended(l.Key)).Select(l => l.Value))
            line.Over.UnionWith(line.Seen.Where(s => s.At <= at).Select(s => s.Number));
    }

    private Line LineOf(NaiveKey key)
    {
        if (!_lines.TryGetValue(key, out var line))
            _lines.Add(key, line = new Line());
        return line;
    }

    private List<NaivePath> Search(Line line)
    {
        if (PartialMatchesMax == int.MaxValue)
            return [];
        var (found, alive) = (new List<NaivePath>(), 0L);
        foreach (var strand in line.Strands)
        {
            var starts = strand.Seen.Where(s => strand.Begins.Contains(s.Number) && !line.Over.Contains(s.Number) && !IsTooOld(s));
            var search = new NaivePatternSearch(_steps, User, strand.Seen);
            found.AddRange(search.From(starts.Select(s => s.Number).ToHashSet()).Select(path => path with { Joined = strand.Joined }));
            alive += search.Alive;
        }

        PartialMatchesMax = (int)Math.Max(PartialMatchesMax, Math.Min(alive, int.MaxValue));
        return found;
    }

    /// <summary>No event that would still be taken in can be within reach of this first one.</summary>
    private bool IsTooOld(NaiveEvent first) => on.WithinMilliseconds is { } within && User.Clock - first.At >= within + lateness;

    private long Due(NaivePath match) => match.Last.At + _steps.Trailing!.ForMilliseconds!.Value;

    private bool IsEndedBy(NaivePath match, NaiveEvent e) =>
        e.At >= match.Last.At && e.At <= Due(match) && NaiveScope.Selects(_steps.Trailing!.Event, User, e, _steps.Aliases(match));

    private List<NaiveCandidate> Fired(NaiveKey key, Line line, long due)
    {
        var fired = line.Waiting.Where(m => Due(m) == due).OrderBy(m => m).ToList();
        line.Waiting.RemoveAll(m => Due(m) == due);
        return InTurn(key, line, fired);
    }

    /// <summary>Each match that no earlier one has skipped is a candidate and then skips in its turn.</summary>
    private List<NaiveCandidate> InTurn(NaiveKey key, Line line, List<NaivePath> matches)
    {
        var candidates = new List<NaiveCandidate>();
        foreach (var match in matches.Where(line.MayStillBe))
        {
            candidates.Add(Candidate(key, match));
            line.Over.UnionWith(line.Seen.Where(s => Skips(match, s)).Select(s => s.Number));
        }

        return candidates;
    }

    /// <summary>True when a match beginning with this event is discarded after <paramref name="match"/>.</summary>
    private bool Skips(NaivePath match, NaiveEvent first) => first.Place >= match.First.Place && on.Skip switch
    {
        SkipMode.PastLast => first.Place <= match.Last.Place,
        SkipMode.ToNext => first.Number == match.First.Number,
        SkipMode.ToFirst => first.Place < (_steps.Taken(match, on.SkipTo!).FirstOrDefault()?.Place ?? 0),
        SkipMode.ToLast => first.Place < (_steps.Taken(match, on.SkipTo!).LastOrDefault()?.Place ?? 0),
        _ => false,
    };

    private NaiveCandidate Candidate(NaiveKey key, NaivePath match) =>
        new(this, key, _steps.Trailing is null ? match.Last.At : Due(match), match.Events.Select(e => e.Id).ToList())
        {
            Event = match.Last,
            Aliases = _steps.Aliases(match),
            IsTimer = _steps.Trailing is not null,
            BeganAt = match.First.At,
        };

    /// <summary>What one key has come to.</summary>
    private sealed class Line
    {
        public List<Strand> Strands { get; } = [new Strand([], [], 0)];

        public IEnumerable<NaiveEvent> Seen => Strands.SelectMany(s => s.Seen).DistinctBy(e => e.Number).ToList();

        /// <summary>All go on with it; what begins with it is one.</summary>
        public void Add(NaiveEvent e)
        {
            foreach (var strand in Strands)
                strand.Seen.Add(e);
            Strands[0].Begins.Add(e.Number);
        }

        /// <summary>Numbers of events with which no match may begin any more: exits and skips have discarded them.</summary>
        public HashSet<int> Over { get; } = [];

        /// <summary>Complete but for the time in which something must not come.</summary>
        public List<NaivePath> Waiting { get; } = [];

        public bool MayStillBe(NaivePath match) => !Over.Contains(match.First.Number);
    }

    /// <summary>What one of those who are one by now did, and what all of them did since.</summary>
    /// <param name="Seen">In the order of application.</param>
    /// <param name="Begins">Numbers of the events with which its matches begin.</param>
    /// <param name="Joined">See <see cref="NaivePath.Joined"/>.</param>
    private sealed record Strand(List<NaiveEvent> Seen, HashSet<int> Begins, int Joined);
}
