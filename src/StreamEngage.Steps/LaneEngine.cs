using System.Buffers.Binary;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rules;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>
/// The pipeline of one lane and the users it keeps in memory. It is fed a step's records, says whose records it lacks, and runs; it waits for
/// nothing. Thrown away whole when a step is lost.
/// </summary>
internal sealed class LaneEngine
{
    /// <summary>What stands before a user's record.</summary>
    private const int EpochBytes = sizeof(ushort);

    // No version of a user's record: leads the number of the reign that wrote it, where that is not the first.
    private const byte ReignMark = 0xFF;

    private readonly LaneReigns _reigns;
    private readonly CompiledRulebook _rulebook;
    private readonly IRecordDecoder _decoder;
    private readonly JsonRecords _told;
    private readonly Lane _lane = new() { TracksTouched = true };
    private readonly Pipeline _pipeline;
    private readonly EventIntake _intake;
    private readonly UserStateCodec _codec;
    private readonly EventBatch _batch = new();
    private readonly List<PlacedErrand> _errands = [];
    private readonly StepOutput _output;
    private readonly LaneExchange _exchange;
    private readonly RecordWriter _record = new();
    private readonly Residents _residents;
    private readonly long _cachedBytes;
    private readonly FormerUsers _former;
    private readonly Dictionary<UserState, CarriedUser> _behind = [];
    private readonly UserBuckets _buckets = new();
    private readonly int[] _controlTypes;

    public LaneEngine(LaneReigns reigns, IRecordDecoder decoder, LaneExchange exchange, long cachedBytes, bool wantsDecisions)
    {
        var rulebook = reigns.Rulebook;
        (_reigns, _rulebook) = (reigns, rulebook);
        _decoder = decoder;
        _told = new(rulebook.Schema);
        _exchange = exchange;
        _former = new(reigns, wantsDecisions);
        _pipeline = new(rulebook, _lane, map: exchange.Map?.Under(reigns.Version, Carry)) { CatchUp = CatchUp };
        _intake = new(rulebook.Schema, rulebook.Time);
        _controlTypes = [.. EventTypes.Control.Select(rulebook.Schema.TypeOf)];
        _codec = new(rulebook.Layout, _lane);
        _output = new() { WantsDecisions = wantsDecisions };
        _cachedBytes = cachedBytes;
        _residents = new(_lane, cachedBytes) { Leaving = user => _behind.Remove(user) };
    }

    /// <summary>The rulebooks in force, now and before.</summary>
    public LaneReigns Reigns => _reigns;

    public TimePolicy Time => _rulebook.Time;

    /// <summary>The same lane under another rulebook, where it stands now. It has nobody in memory: users are read as they are met.</summary>
    public LaneEngine Under(LaneReigns reigns, IRecordDecoder decoder)
    {
        var next = new LaneEngine(reigns, decoder, _exchange.Under(reigns.Rulebook), _cachedBytes, _output.WantsDecisions);
        return next.TryRestore(Source().Span, Exchange().Span, Buckets().Span) ? next
            : throw new InvalidOperationException("What was written under one rulebook is not read under the next.");
    }

    public EventTime Clock => _intake.Clock.Now;

    public LaneCounters Counters => _lane.Counters;

    public IntakeCounters Intake { get; } = new();

    public VerdictTally Tally => _pipeline.Tally;

    public IReadOnlyList<CompiledTrigger> Triggers => _rulebook.Triggers;

    public int CachedUsers => _lane.Users.Count;

    /// <summary>Goes on where a former owner's step left the source. False when the bytes are broken or of a newer version.</summary>
    public bool TryRestore(ReadOnlySpan<byte> source, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> buckets)
    {
        if (!_exchange.TryRead(exchange) || !_buckets.TryRead(buckets)) return false;
        _pipeline.Statistics = _exchange.InForce;
        if (source.IsEmpty) return true;
        if (!new SourceCodec(_rulebook.Schema).TryRead(source, _intake)) return false;
        _lane.MoveClockTo(Clock);
        return true;
    }

    /// <summary>What the lane has told others and was told, for the next owner.</summary>
    public ReadOnlyMemory<byte> Exchange() => _exchange.Write();

    /// <summary>Who has sent much lately, for the next owner.</summary>
    public ReadOnlyMemory<byte> Buckets() => _buckets.Write();

    /// <summary>The step is whole: what the lane tells others with it.</summary>
    public IReadOnlyList<AddressedMessage> Messages() => _exchange.Tell(Clock);

    /// <summary>The source as it stands, for the next owner.</summary>
    public ReadOnlyMemory<byte> Source()
    {
        _record.Clear();
        new SourceCodec(_rulebook.Schema).Write(_intake, _record);
        return _record.Written.ToArray();
    }

    /// <summary>Learns what it needs to take these records.</summary>
    public ValueTask PrepareAsync(IReadOnlyList<InputRecord> records, CancellationToken stop) => _decoder.PrepareAsync(records, stop);

    /// <summary>Takes a record into the step.</summary>
    /// <param name="record">Of the input.</param>
    /// <param name="rate">What one user may send; null: anything.</param>
    /// <param name="unfit">Records that are passed over.</param>
    /// <returns><see cref="Decoded.Event"/> where nothing is to be quarantined: also where it is more than its user may send and not the first such.</returns>
    public Decoded Take(in InputRecord record, UserRate? rate, IReadOnlyList<RecordPlace> unfit)
    {
        if (rate is null) _buckets.Clear();
        return unfit.Count > 0 && unfit.Contains(RecordPlace.Of(record)) ? Intake.Refuse(Decoded.EngineFault) : Take(record, _decoder, rate);
    }

    /// <summary>Takes a message of another lane into the step.</summary>
    /// <returns>Null for one that a newer engine wrote: the lane must not go on.</returns>
    public Decoded? Hear(in InputRecord record)
    {
        if (LaneMessage.Decode(record.Value) is not { } message) return Intake.Refuse(Decoded.NotMessage);
        if (_exchange.Knows(message)) return Decoded.Event;
        if (message.Kind == MessageKind.Event) return Take(record with { Value = message.Body }, _told, rate: null);
        if (message.Kind == MessageKind.Errand) return Hear(record, ErrandCodec.Read(message.Body.Span, _exchange.Map?.Own ?? record.Lane));
        if (message.Kind is not (MessageKind.Outcomes or MessageKind.Statistics) || !_exchange.TryCount(message)) return null;
        _pipeline.Statistics = _exchange.InForce;
        return Decoded.Event;
    }

    private Decoded? Hear(in InputRecord record, LaneErrand? errand)
    {
        if (errand is not ForwardedEvent forwarded)
        {
            if (errand is not null) _errands.Add(new(_batch.Count, errand));
            return errand is null ? null : Decoded.Event;
        }
        if (new SourceCodec(_rulebook.Schema).ReadEvent(forwarded.Event.Span) is not { } held) return null;
        // It was not from the future where it arrived.
        var ingested = EventTime.Max(new(record.Timestamp), held.At);
        if (_intake.Offer(held.Decoded, held.Properties, ingested, _batch) == Admission.TooLate) Intake.Late++;
        return Decoded.Event;
    }

    private Decoded Take(in InputRecord record, IRecordDecoder decoder, UserRate? rate)
    {
        var decoded = decoder.TryDecode(record.Value.Span, _batch, out var e, out var properties);
        if (decoded != Decoded.Event) return Intake.Refuse(decoded);
        var bucket = rate is { } bound ? Judge(e, record.Timestamp, bound) : BucketVerdict.Fits;
        if (bucket != BucketVerdict.Fits)
        {
            Intake.Overflowed++;
            return bucket == BucketVerdict.Overflows ? Intake.Refuse(Decoded.TooManyOfUser) : Decoded.Event;
        }
        var verdict = _intake.Offer(e, properties, new(record.Timestamp), _batch);
        if (verdict == Admission.FromTheFuture) return Intake.Refuse(Decoded.FromTheFuture);
        if (verdict == Admission.TooLate) Intake.Late++;
        else Intake.Admitted++;
        return Decoded.Event;
    }

    /// <summary>What is said about a user is taken however much there is of it: an opt-out most of all. A record without a time cannot be judged.</summary>
    private BucketVerdict Judge(in DecodedEvent e, long timestamp, UserRate rate) =>
        timestamp <= 0 || _controlTypes.AsSpan().Contains(e.Type) ? BucketVerdict.Fits : _buckets.Judge(rate, e.UserHash, timestamp);

    /// <summary>Live time reached <paramref name="progress"/>: the clock follows, less the disorder, and what was held until then is in the step.</summary>
    /// <returns>Where the tick stands.</returns>
    public EventTime Pass(EventTime progress)
    {
        var tick = EventTime.Max(Clock, progress - _rulebook.Time.DisorderMilliseconds);
        _intake.Pass(tick, _batch);
        return tick;
    }

    /// <summary>Users of the step whose records are not in memory, each once. With their records others may be missing: ask until none is.</summary>
    public List<Utf8Text> Missing()
    {
        var missing = new HashSet<Utf8Text>();
        _pipeline.AddMissing(_batch, _errands, missing);
        return [.. missing];
    }

    /// <summary>
    /// Brings a user into memory; a record of another epoch is none. False when the record is broken or of a newer version: the lane must not go on.
    /// </summary>
    public bool TryBring(Utf8Text user, ReadOnlySpan<byte> record, long epoch)
    {
        var hash = Hash64.Of(user.Span);
        if (_lane.Users.Find(user, hash) is not null) return true;
        var state = _lane.Users.Open(user, hash);
        _residents.Add(state, record.Length);
        return !IsOwn(record, epoch) || TryRead(record, state);
    }

    private bool TryRead(ReadOnlySpan<byte> record, UserState state)
    {
        var written = ReignOf(record);
        return written == _reigns.Now.Number ? _codec.TryRead(BodyOf(record), state) : TryCarry(BodyOf(record), written, state);
    }

    /// <summary>What State wrote of a user.</summary>
    /// <param name="record">The lane's record of the user.</param>
    public static ReadOnlySpan<byte> BodyOf(ReadOnlySpan<byte> record)
    {
        if (record is not [_, _, ReignMark, .. var marked]) return record[EpochBytes..];
        var from = new RecordReader(marked);
        from.Count();
        return marked[^from.Left..];
    }

    /// <summary>Number of the reign that a record was written under.</summary>
    public static long ReignOf(ReadOnlySpan<byte> record) => record is [_, _, ReignMark, .. var marked] ? new RecordReader(marked).Count() : 0;

    /// <summary>
    /// What the change owes the user waits until the next touch, or until something was due by the former rulebook: that is when the store asks.
    /// </summary>
    private bool TryCarry(ReadOnlySpan<byte> record, long written, UserState state)
    {
        if (_former.Carry(state.Id, record, written) is not { } carried || !_codec.TryRead(carried.Record.Span, state)) return false;
        if (carried.BringsStages) LifeCodec.Assume(state);
        if (carried.Due is { } due && (UserTimers.NextDue(state) is not { } next || next > due))
            _lane.Timers.Arm(state.SegmentTimer ??= new(state), due);
        if (carried.Ended.Count == 0 && (carried.Segments.Count == 0 || state.Applied == 0)) return true;
        state.IsBehind = true;
        _behind[state] = carried;
        return true;
    }

    /// <summary>A user whom another lane gave away that had not come to this lane's rulebook yet. What the changes owe is paid at once.</summary>
    private ReadOnlyMemory<byte> Carry(MoveReply reply)
    {
        if (_reigns.NumberOf(reply.Rulebook) is not { } written || written == _reigns.Now.Number) return reply.Record;
        if (_former.Carry(reply.Anonymous, reply.Record.Span, written) is not { } carried) return default;
        _output.Decisions.AddRange(carried.Ended);
        return _former.Meet(reply.Anonymous, carried, Clock);
    }

    private void CatchUp(UserState user)
    {
        if (!_behind.Remove(user, out var carried)) return;
        _output.Decisions.AddRange(carried.Ended);
        if (carried.Segments.Count > 0 && user.Applied > 0) _pipeline.Acquaint(carried.Segments, user);
    }

    /// <summary>The record was written in this epoch of the lane.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> record, long epoch) =>
        record.Length >= EpochBytes && BinaryPrimitives.ReadUInt16LittleEndian(record) == unchecked((ushort)epoch);

    /// <summary>Runs the step. What it made stays until <see cref="Done"/>.</summary>
    public StepOutput Run(EventTime? tick)
    {
        _batch.Clock = Clock;
        _batch.Tick = tick;
        _pipeline.Process(_batch, _errands, _output);
        _exchange.Collect(_output);
        return _output;
    }

    /// <summary>Users of the step for whom not everything that waits may be published any more.</summary>
    public OptOuts OptOuts() => new(_lane.Touched);

    /// <summary>The new records of the users that the step changed.</summary>
    public List<UserWrite> Changes(long epoch)
    {
        var changes = new List<UserWrite>(_lane.Touched.Count);
        foreach (var user in _lane.Touched)
        {
            _record.Clear();
            _record.Byte(unchecked((byte)epoch));
            _record.Byte(unchecked((byte)(epoch >> 8)));
            if (_reigns.Now.Number > 0)
            {
                _record.Byte(ReignMark);
                _record.Count(_reigns.Now.Number);
            }
            _codec.Write(user, _record);
            _residents.Add(user, _record.Length);
            var due = UserTimers.NextDue(user);
            changes.Add(new(user.Id, _record.Written.ToArray(), due) { IsCalm = user.IsCalm });
            // The next step comes only when this one is written; a lane that loses a step throws its users away.
            user.IsCalm = due is null;
        }
        return changes;
    }

    /// <summary>Something fires at or before <paramref name="tick"/>, or is released by it, as far as memory knows.</summary>
    public bool HasDue(EventTime tick) =>
        _lane.Timers.EarliestBound <= tick.UnixMilliseconds || _intake.EarliestHeld <= tick || _exchange.IsDue(tick);

    /// <summary>The step is written: its parts are released, and users not needed lately leave memory.</summary>
    /// <returns>The earliest instant at which one of those who left has something due; long.MaxValue: none has.</returns>
    public long Done()
    {
        foreach (var user in _lane.Touched) user.IsTouched = false;
        _lane.Touched.Clear();
        _batch.Clear();
        _errands.Clear();
        _output.Clear();
        return _residents.Leave();
    }
}
