using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The stored form of a user: one record, its version first. A newer version than this one's is refused whole, never guessed at.
/// </summary>
/// <param name="layout">What parts of records are called.</param>
/// <param name="lane">Whose timers are armed.</param>
/// <param name="names">See <see cref="MoveReply.Names"/>; null: every record is of a rulebook that the layout knows of.</param>
internal sealed class UserStateCodec(StateLayout layout, Lane lane, IReadOnlyDictionary<uint, uint>? names = null)
{
    public const byte Version = 3;

    // Before consent, channels and what is held were kept.
    private const byte WithoutContact = 1;

    // Before parts that only some users have were added at the end.
    private const byte WithoutParts = 2;

    private readonly ProgressCodec _progress = new(layout, lane, names);
    private readonly ContactCodec _contact = new(layout, lane);
    private readonly AftermathCodec _aftermath = new(layout);
    private readonly JourneyCodec _journeys = new(layout, lane);
    private readonly LifeCodec _lives = new(layout, lane);

    /// <summary>What may stand at the end of a record, each led by its tag; a part is there only where it says something.</summary>
    private enum Part : byte { Journeys = 1, Identity = 2, Life = 3, Aftermath = 4, Standing = 5, Claims = 6 }

    public void Write(UserState user, RecordWriter to)
    {
        to.Byte(Version);
        to.Time(user.FirstSeen);
        to.Time(user.LastSeen);
        to.Count(user.Applied);
        to.Count(user.PromptSequence);
        WriteIds(user, to);
        WriteWindows(user, to);
        WriteSession(user, to);
        WriteSegments(user, to);
        WriteAttributes(user, to);
        _progress.Write(user, to);
        _contact.Write(user, to);
        WriteParts(user, to);
    }

    /// <summary>Fills a user that is new to the lane. False when the record is broken or of a newer version.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, UserState user)
    {
        var from = new RecordReader(record);
        var version = from.Byte();
        if (version is 0 or > Version) return false;
        user.FirstSeen = from.Time();
        user.LastSeen = from.Time();
        user.Applied = from.Count();
        user.PromptSequence = from.Count();
        ReadIds(ref from, user);
        ReadWindows(ref from, user);
        ReadSession(ref from, user);
        ReadSegments(ref from, user);
        ReadAttributes(ref from, user);
        _progress.Read(ref from, user);
        if (version > WithoutContact) _contact.Read(ref from, user);
        var isKnown = true;
        while (version > WithoutParts && isKnown && !from.IsBroken && !from.IsAtEnd) isKnown = ReadPart(ref from, user);
        _lives.Complete(user);
        _journeys.DropStrayHeld(user);
        return isKnown && !from.IsBroken && from.IsAtEnd;
    }

    /// <summary>False for a part that only a newer version knows.</summary>
    private bool ReadPart(ref RecordReader from, UserState user)
    {
        switch ((Part)from.Byte())
        {
            case Part.Journeys:
                _journeys.Read(ref from, user);
                return true;
            case Part.Identity:
                IdentityCodec.Read(ref from, user);
                lane.HasMarked |= user.IsMarked;
                return true;
            case Part.Claims:
                ClaimCodec.Read(ref from, user);
                return true;
            case Part.Life:
                _lives.Read(ref from, user);
                return true;
            case Part.Standing:
                ReadStanding(ref from, user);
                return true;
            case Part.Aftermath:
                user.Aftermath = _aftermath.Read(ref from);
                return true;
            default: return false;
        }
    }

    private void WriteParts(UserState user, RecordWriter to)
    {
        if (JourneyCodec.Concerns(user))
        {
            to.Byte((byte)Part.Journeys);
            _journeys.Write(user, to);
        }
        user.Aftermath?.Prune(lane.Clock, layout.LatenessMilliseconds);
        if (user.Aftermath is { KnowsNothing: false } aftermath)
        {
            to.Byte((byte)Part.Aftermath);
            _aftermath.Write(aftermath, to);
        }
        if (_lives.Concerns(user))
        {
            to.Byte((byte)Part.Life);
            _lives.Write(user.Life!, to);
        }
        if (layout.Standing != 0 && user.Standing is { } standing)
        {
            to.Byte((byte)Part.Standing);
            to.Half(layout.Standing);
            to.Signed(standing.Recency);
            to.Signed(standing.Frequency);
            to.Signed(standing.Monetary);
        }
        if (user.Identity is { ClaimsNothing: false } claiming)
        {
            to.Byte((byte)Part.Claims);
            ClaimCodec.Write(claiming, to);
        }
        if (user.Identity is { SaysNothing: false } identity)
        {
            to.Byte((byte)Part.Identity);
            IdentityCodec.Write(identity, to);
        }
    }

    /// <summary>What was counted by other numbers is counted no more.</summary>
    private void ReadStanding(ref RecordReader from, UserState user)
    {
        var isSame = from.Half() == layout.Standing;
        var (recency, frequency, monetary) = (from.Signed(), from.Signed(), from.Signed());
        if (isSame && layout.Standing != 0 && !from.IsBroken) user.Standing = new(Bucket(recency), Bucket(frequency), Bucket(monetary));
    }

    private static int Bucket(long stored) => (int)Math.Clamp(stored, int.MinValue, int.MaxValue);

    private static void WriteIds(UserState user, RecordWriter to)
    {
        var hashes = user.Ids.Hashes;
        var stamps = user.Ids.Stamps;
        to.Count(hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            to.Word(hashes[i]);
            to.Word(stamps[i]);
        }
    }

    private static void ReadIds(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) user.Ids.Restore(from.Word(), from.Word());
    }

    private void WriteWindows(UserState user, RecordWriter to)
    {
        to.Count(user.Windows.Count);
        for (var index = 0; index < user.Windows.Count; index++)
        {
            var slot = layout.Slots[user.Windows.SlotAt(index)];
            var run = user.Windows.Read(slot);
            to.Half(slot.Identity);
            to.Byte(ShapeOf(slot));
            to.Count(run.Count);
            for (var entry = 0; entry < run.Count; entry++) WriteEntry(run, slot, entry, to);
        }
    }

    private static byte ShapeOf(WindowSlot slot) =>
        (byte)((int)slot.Content << 2 | (slot.IsKeyed ? 2 : 0) | (slot.IsDaily ? 1 : 0));

    private static void WriteEntry(in WindowRun run, WindowSlot slot, int entry, RecordWriter to)
    {
        var before = entry == 0 ? 0 : run.TimeOf(entry - 1);
        to.Count(run.TimeOf(entry) - before);
        to.Count(run.WeightOf(entry));
        if (slot.HoldsWord) to.Word(unchecked((ulong)run.WordOf(entry)));
        if (slot.IsKeyed) to.Word(run.KeyOf(entry));
        if (slot.HoldsValues) to.Value(run.ValueOf(entry));
    }

    private void ReadWindows(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var slot = layout.SlotOf(from.Half());
            var shape = from.Byte();
            var stored = new StoredShape((WindowContent)(shape >> 2), (shape & 2) != 0);
            var kept = slot is not null && ShapeOf(slot) == shape ? slot : null;
            var at = 0L;
            for (var entries = from.Items(); entries > 0 && !from.IsBroken; entries--) at = ReadEntry(ref from, user, kept, stored, at);
        }
    }

    private static long ReadEntry(ref RecordReader from, UserState user, WindowSlot? slot, StoredShape stored, long before)
    {
        var at = before + from.Count();
        var weight = (int)Math.Min(from.Count(), Limits.WindowWeightMax);
        var sample = new WindowSample(
            at,
            stored.HoldsWord ? unchecked((long)from.Word()) : 0,
            stored.IsKeyed ? from.Word() : 0,
            stored.HoldsValues ? from.Value() : Value.Null);
        if (slot is not null && !from.IsBroken && at <= Limits.EventTimeMax) user.Windows.Restore(slot, sample, weight);
        return at;
    }

    private static void WriteSession(UserState user, RecordWriter to)
    {
        to.Flag(user.Session is not null);
        if (user.Session is not { } session) return;
        to.Flag(session.IsOpen);
        to.Time(session.Start);
        to.Time(session.Last);
        to.Count(session.Count);
        to.Word(BitConverter.DoubleToUInt64Bits(session.Value));
        to.Text(session.FirstId);
        to.Text(session.FirstType);
        to.Text(session.LastType);
        WriteDue(session, to);
    }

    private void ReadSession(ref RecordReader from, UserState user)
    {
        if (!from.Flag()) return;
        user.Session = new(user)
        {
            IsOpen = from.Flag(),
            Start = from.TimeOrBeginning(),
            Last = from.TimeOrBeginning(),
            Count = from.Count(),
            Value = BitConverter.UInt64BitsToDouble(from.Word()),
            FirstId = from.Text(),
            FirstType = from.Text(),
            LastType = from.Text(),
        };
        ReadDue(ref from, user.Session);
    }

    private void WriteSegments(UserState user, RecordWriter to)
    {
        var members = Enumerable.Range(0, layout.Segments.Length).Where(user.IsMember).ToList();
        to.Count(members.Count);
        foreach (var segment in members) to.Half(layout.Segments[segment]);
        WriteDue(user.SegmentTimer, to);
    }

    private void ReadSegments(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var segment = layout.SegmentOf(from.Half());
            if (segment >= 0) user.SetMember(segment, true);
        }
        user.SegmentTimer = new(user);
        ReadDue(ref from, user.SegmentTimer);
    }

    private void WriteAttributes(UserState user, RecordWriter to)
    {
        to.Count(user.Attributes?.Count ?? 0);
        foreach (var (property, value) in user.Attributes?.InOrder ?? [])
        {
            to.Text(new(layout.Schema.PropertyName(property)));
            to.Value(value);
        }
    }

    private void ReadAttributes(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var property = layout.Schema.PropertyOf(from.Text().ToString());
            var value = from.Value();
            if (property >= 0 && !from.IsBroken) (user.Attributes ??= new())[property] = value;
        }
    }

    private static void WriteDue(LaneTimer? timer, RecordWriter to) =>
        to.Time(timer is { IsArmed: true } ? new EventTime(timer.Due) : null);

    private void ReadDue(ref RecordReader from, LaneTimer timer)
    {
        if (from.Time() is { } due && !from.IsBroken) lane.Timers.Arm(timer, due.UnixMilliseconds);
    }

    /// <summary>What the entries of a stored window carry, whether or not the rulebook still has the window.</summary>
    private readonly record struct StoredShape(WindowContent Content, bool IsKeyed)
    {
        public bool HoldsValues => Content is WindowContent.FirstValue or WindowContent.LastValue;

        public bool HoldsWord => Content != WindowContent.Times && !HoldsValues;
    }
}
