using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage;

/// <content>Rulebooks that follow one another in one run.</content>
internal sealed partial class PipelineRun
{
    private readonly SortedList<EventTime, RulebookDefinition> _changes = [];

    /// <summary>Hears of each change before it is made.</summary>
    public Action<PipelineChange>? Changing { get; init; }

    /// <summary>The rulebook in force.</summary>
    public CompiledRulebook Rulebook => _now.Rulebook;

    /// <summary>Every rulebook that was in force, in order.</summary>
    public IEnumerable<CompiledRulebook> Rulebooks => _ended.Append(_now).Select(reign => reign.Rulebook);

    /// <summary>Changes that the source's clock has not reached.</summary>
    public int ChangesAhead => _changes.Count;

    /// <summary>
    /// From <paramref name="at"/> on, that instant included, another rulebook is in force: what still means the same in it is kept, a new trigger takes
    /// no older event, and a candidate that a window would decide which is not complete yet is suppressed as backfill. Timers due before that instant
    /// fire under the old one.
    /// </summary>
    /// <param name="at">Later than the clock; one change an instant.</param>
    /// <param name="next">A rulebook that was checked.</param>
    public void ChangeAt(EventTime at, RulebookDefinition next)
    {
        _changes.Add(at, next);
        if (Rulebook.Time.DisorderMilliseconds == 0) return;
        // What is held to be put in order may come to be applied under the next rulebook, so what that reads is kept from now on.
        Flush();
        Change(Rulebook.Definition, Clock, changing: null);
    }

    /// <summary>True when a change was due before the event: it has to be decoded again, by what the rulebook in force now reads.</summary>
    private bool TryChangeBefore(in DecodedEvent e, EventTime ingested)
    {
        if (_changes.Count == 0 || Intake.Clock.Judge(e.At, ingested) != Admission.Admitted) return false;
        return ChangeThrough(Intake.Clock.After(e.At));
    }

    /// <summary>Makes the changes due by then. False: there was none.</summary>
    private bool ChangeThrough(EventTime clock)
    {
        var isChanged = false;
        for (; _changes.Count > 0 && _changes.GetKeyAtIndex(0) <= clock; isChanged = true)
        {
            var (at, next) = (_changes.GetKeyAtIndex(0), _changes.GetValueAtIndex(0));
            _changes.RemoveAt(0);
            // An event of that instant is the new rulebook's, a timer due before it the old one's.
            Intake.Pass(at - 1, _batch);
            Intake.Clock.MoveTo(at);
            Process(tick: null);
            Change(next, at, Changing);
        }
        return isChanged;
    }

    /// <summary>Between two batches: users are written as under the old rulebook and read as under the new one.</summary>
    private void Change(RulebookDefinition next, EventTime at, Action<PipelineChange>? changing)
    {
        var (store, source) = (new InMemoryStateStore(), new RecordWriter());
        var successor = NewReign(next, _now.Tenure, at);
        changing?.Invoke(PipelineChange.Of(_now, successor.Rulebook));
        foreach (var pipeline in _now.Pipelines)
        {
            pipeline.Retire(successor.Rulebook.Layout, _output);
            Take(_output);
        }
        SaveUsers(store);
        new SourceCodec(Rulebook.Schema).Write(Intake, source);
        successor.Statistics.TakeOver(_now.Statistics);
        _ended.Add(_now);
        Install(successor);
        var isRead = new SourceCodec(Rulebook.Schema).TryRead(source.Written, Intake) && LoadUsers(store) is null;
        if (!isRead) throw new InvalidOperationException("What was written under one rulebook is not read under the next.");
        Begin();
    }

    /// <param name="definition">What was checked.</param>
    /// <param name="former">Tenure of the rulebook before it.</param>
    /// <param name="at">When it takes that one's place.</param>
    private PipelineReign NewReign(RulebookDefinition definition, Tenure former, EventTime at)
    {
        var tenure = former.Under(RulebookCompiler.Compile(definition).Layout, at);
        var later = _changes.Values.Select(change => RulebookCompiler.Compile(change).Schema);
        return new(RulebookCompiler.Compile(definition, former, tenure, later), tenure, _laneBatches.Length);
    }

    private void Install(PipelineReign next) => (_now, _json, _avro) = (next, new(next.Rulebook.Schema), new(next.Rulebook.Schema));

    private void Begin()
    {
        var segments = Rulebook.Segments.Where(segment => _now.Tenure.OfSegment(Rulebook.Layout.SegmentMeanings[segment.Index]) == Clock).ToList();
        var bringsStages = Rulebook.Lifecycle is not null && _now.Tenure.OfSegment(Rulebook.Layout.LifeActivity) == Clock;
        for (var lane = 0; lane < _now.Lanes.Length; lane++)
        {
            _now.Lanes[lane].MoveClockTo(Clock);
            _now.Pipelines[lane].Begin(Clock, segments, bringsStages);
        }
        _now.Statistics.PassTo(Clock);
        _now.Publish();
    }

    private void SaveUsers(IUserStateStore store)
    {
        var record = new RecordWriter();
        foreach (var lane in _now.Lanes)
        {
            var codec = new UserStateCodec(Rulebook.Layout, lane);
            foreach (var user in lane.Users.All)
            {
                if (user.IsForgettable(Clock, PipelineIdentities.HorizonOf(Rulebook.Time))) continue;
                record.Clear();
                codec.Write(user, record);
                store.Save(user.Id, record.Written);
            }
        }
    }

    private string? LoadUsers(IUserStateStore store)
    {
        foreach (var id in store.Users)
        {
            var hash = Hash64.Of(id.Span);
            var lane = _now.Lanes[LaneOf(hash)];
            if (!new UserStateCodec(Rulebook.Layout, lane).TryRead(store.Load(id).Span, lane.Users.Open(id, hash)))
                return $"the state of user {id} is broken, or of a newer version than {UserStateCodec.Version}";
        }
        return null;
    }
}
