using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>
/// Who an event is of (docs/identity.md): follows ids that were merged, merges them, and knows which events an erasure reaches. Asked only where an
/// event or the user it names gives cause.
/// </summary>
internal sealed class PipelineIdentities
{
    private readonly CompiledRulebook _rulebook;
    private readonly Lane _lane;
    private readonly UserMerge _merge;
    private readonly RecordWriter _record = new();
    private readonly long _horizon;
    private readonly int _identify;
    private readonly int _anonymous;

    public PipelineIdentities(CompiledRulebook rulebook, Lane lane)
    {
        (_rulebook, _lane, _merge) = (rulebook, lane, new(rulebook, lane));
        _horizon = HorizonOf(rulebook.Time);
        _identify = rulebook.Schema.TypeOf(EventTypes.Identify);
        EraseType = rulebook.Schema.TypeOf(EventTypes.Erase);
        _anonymous = rulebook.Schema.Slot(_identify, rulebook.Schema.PropertyOf("anonymous"));
    }

    /// <summary>The lane that has a user, by the hash of the id; null: no other lane can be asked.</summary>
    public Func<ulong, Lane>? LaneOf { get; init; }

    /// <summary>Where lanes are apart: the one that has a user; null: no other lane is there, or each can be looked into.</summary>
    public LaneMap? Map { get; init; }

    /// <summary>Hears of whom a merge or an erasure is about to change besides the user whose the event is.</summary>
    public Action<UserState> Meeting { get; init; } = _ => { };

    public int EraseType { get; }

    /// <summary>How long an erasure is remembered while nothing else is known of the user: no event older than this is applied.</summary>
    public static long HorizonOf(TimePolicy time) => Math.Max(time.DedupMilliseconds, time.LatenessMilliseconds);

    /// <summary>The event changes who others are of.</summary>
    public bool Concerns(in BehaviorEvent e) => e.Type == _identify || e.Type == EraseType;

    public bool IsIdentify(in BehaviorEvent e) => e.Type == _identify;

    /// <summary>
    /// Whose event it is, <paramref name="met"/> being who is stored under the id it names. False: it is from before an erasure, and ignored.
    /// </summary>
    public bool TryOwner(in BehaviorEvent e, UserState met, out UserState owner)
    {
        if (!TryFollow(e, met, out owner)) return false;
        ForgetErasure(owner, e.Clock);
        return !IsErased(e, owner);
    }

    /// <summary>Where nothing from before it can come any more.</summary>
    public void ForgetErasure(UserState user, EventTime clock)
    {
        if (user.IsForgettable(clock, _horizon)) user.ForgetErasure();
    }

    /// <summary>
    /// The same, as far as it is known before the events that stand before this one are applied: of the owner's own erasure nothing is said.
    /// </summary>
    public bool TryFollow(in BehaviorEvent e, UserState met, out UserState owner)
    {
        for (owner = met; owner.Identity is { IsAlias: true } identity; owner = Find(identity.MergedInto).User)
            if (IsErased(e, owner)) return false;
        return true;
    }

    /// <summary>Who is stored under an id in this lane, or made for it.</summary>
    public UserState Met(Utf8Text id) => Find(id).User;

    /// <summary>Whom the id leads to within what can be looked into: a user, or an alias of another lane's.</summary>
    public UserState OwnerOf(Utf8Text id)
    {
        var owner = Met(id);
        while (owner.Identity is { IsAlias: true } identity) owner = Met(identity.MergedInto);
        return owner;
    }

    private static bool IsErased(in BehaviorEvent e, UserState user) => user.Identity?.ErasedAt is { } erased && e.At <= erased;

    /// <summary>A word that comes later than any event, and later than an erasure is remembered.</summary>
    public bool IsForgotten(in BehaviorEvent e) => e.Clock - e.At >= _horizon;

    /// <summary>
    /// Merges the anonymous user that the event names into <paramref name="known"/>, or asks the other lane for it that has it. False when there is
    /// nothing to merge, counted where it says nothing.
    /// </summary>
    public bool TryMerge(in BehaviorEvent e, UserState known)
    {
        var id = Named(e);
        if (id.IsEmpty) return Refuse();
        var (met, home) = Find(id);
        if (!TryOwner(e, met, out var owner))
        {
            _lane.Counters.ErasedIgnored++;
            return false;
        }
        if (met == known) return Refuse();
        if (owner == known) return false;
        if (owner != met || met.Identity is { OwnerLane: not null } || !HasRoom(known, met)) return Refuse();
        Meeting(met);
        if (met is { IsBlank: true, Identity: null or { Ids: 0 } } && Map?.Other(id) is { } other) Ask(e, met, known, other);
        else Take(met, home, known, e.Clock);
        return true;
    }

    /// <summary>The id is the known user's here at once; what is known of it comes with the answer.</summary>
    private void Ask(in BehaviorEvent e, UserState met, UserState known, int other)
    {
        var claim = Hash64.Mix(Hash64.Mix(e.IdHash, known.Hash), unchecked((ulong)e.At.UnixMilliseconds));
        _lane.Errands.Add(new MoveRequest(other)
        {
            From = Map!.Own,
            Anonymous = met.Id,
            Known = known.Id,
            At = e.At,
            Claim = claim,
            Room = Limits.FormerIdsMax - (known.Identity?.Ids ?? 0),
        });
        met.BecomeAliasOf(known.Id, e.Clock);
        met.OpenIdentity().Claim = claim;
        known.OpenIdentity().Ask(new(met.Id, claim));
        _lane.HasMarked = true;
        _lane.Touch(met);
        _lane.Counters.IdentifiesElsewhere++;
    }

    /// <summary>
    /// Adds what the record of an anonymous user says to <paramref name="known"/>. Where that user's lane is another process's, the record can come
    /// from there.
    /// </summary>
    /// <returns>False when the record is broken or of a newer version; nothing is added then.</returns>
    public bool Merge(UserState known, Utf8Text anonymous, ReadOnlySpan<byte> record, IReadOnlyDictionary<uint, uint>? names = null)
    {
        var taken = new UserState(anonymous, Hash64.Of(anonymous.Span));
        if (!new UserStateCodec(_rulebook.Layout, _lane, names).TryRead(record, taken))
        {
            UserTimers.DisarmAll(taken, _lane);
            return false;
        }
        _merge.Merge(known, taken);
        _lane.Counters.Merged++;
        return true;
    }

    /// <summary>Forgets a user, under all ids. What waits has been ended.</summary>
    public void Erase(UserState user, EventTime at)
    {
        var (former, asked) = (user.Identity?.Former ?? [], user.Identity?.Asked ?? []);
        UserTimers.DisarmAll(user, _lane);
        _lane.Stand(user, null);
        user.BecomeErased(at);
        _lane.HasMarked = true;
        foreach (var one in former) EraseAlias(one.Id, at, claim: 0);
        foreach (var one in asked) EraseAlias(one.Id, at, one.Claim);
    }

    /// <summary>An answer came after the erasure of whom it is for: it is thrown away, and the ids that it brings are erased where they are.</summary>
    public void Erase(MoveReply thrown, EventTime at)
    {
        EraseAlias(thrown.Anonymous, at, thrown.Claim);
        if (Taken(thrown)?.Identity is not { } identity) return;
        foreach (var one in identity.Former) EraseAlias(one.Id, at, claim: 0);
        foreach (var one in identity.Asked) EraseAlias(one.Id, at, one.Claim);
    }

    /// <summary>Whom an answer brings; null: its record cannot be read.</summary>
    private UserState? Taken(MoveReply reply)
    {
        var taken = new UserState(reply.Anonymous, Hash64.Of(reply.Anonymous.Span));
        return new UserStateCodec(_rulebook.Layout, new Lane(), reply.Names).TryRead(reply.Record.Span, taken) ? taken : null;
    }

    private void EraseAlias(Utf8Text id, EventTime at, ulong claim)
    {
        if (Map?.Other(id) is { } lane)
        {
            _lane.Errands.Add(new AliasErasure(lane) { Id = id, At = at, Claim = claim });
            // Of an id that came from afar by way of a third lane nothing is here.
            if (_lane.Users.Find(id, Hash64.Of(id.Span)) is null or { IsBlank: true, IsMarked: false }) return;
        }
        var (alias, home) = Find(id);
        if (claim != 0 && alias.Identity?.Claim != claim) return;
        alias.BecomeErased(at);
        home.Touch(alias);
    }

    /// <summary>
    /// Adds the ids of users whom the events concern and the lane does not have. To be asked again once they are there: who they are may name others.
    /// </summary>
    public void AddMissing(ReadOnlySpan<BehaviorEvent> events, IReadOnlyList<PlacedErrand> errands, HashSet<Utf8Text> missing)
    {
        var erases = false;
        foreach (var (_, errand) in errands)
        {
            WantOf(errand, missing);
            erases |= errand is AliasErasure;
        }
        foreach (ref readonly var e in events)
        {
            Want(e.User, e.UserHash, missing);
            if (e.Type == _identify && Named(e) is { IsEmpty: false } anonymous) Want(anonymous, Hash64.Of(anonymous.Span), missing);
            erases |= e.Type == EraseType;
        }
        if (missing.Count > 0) return;
        foreach (var (_, errand) in errands)
        {
            if (errand is AliasErasure erased) WantFormer(Met(erased.Id), missing);
            if (errand is MoveReply reply) WantFormer(reply, erases, missing);
        }
        if (!erases) return;
        foreach (ref readonly var e in events)
        {
            if (!Concerns(e)) continue;
            WantFormer(OwnerOf(e.User), missing);
            if (e.Type == _identify && Named(e) is { IsEmpty: false } anonymous) WantFormer(OwnerOf(anonymous), missing);
        }
    }

    private void WantOf(LaneErrand errand, HashSet<Utf8Text> missing)
    {
        if (errand is MoveRequest request) WantRecord(request.Anonymous, missing);
        if (errand is AliasErasure erased) WantRecord(erased.Id, missing);
        if (errand is not MoveReply reply) return;
        Want(reply.Known, Hash64.Of(reply.Known.Span), missing);
        WantRecord(reply.Anonymous, missing);
    }

    /// <summary>Whom the id leads to, each of them.</summary>
    private void Want(Utf8Text id, ulong hash, HashSet<Utf8Text> missing)
    {
        var user = _lane.Users.Find(id, hash);
        while (user is { IsMarked: true, Identity: { IsAlias: true, MergedInto: var next } })
            (user, id) = (_lane.Users.Find(next, Hash64.Of(next.Span)), next);
        if (user is null) missing.Add(id.Detach());
    }

    /// <summary>An erasure reaches all ids that became this user, also by a merge in the same step.</summary>
    private void WantFormer(UserState user, HashSet<Utf8Text> missing)
    {
        foreach (var former in user.Identity?.Former ?? []) WantRecord(former.Id, missing);
        foreach (var asked in user.Identity?.Asked ?? []) WantRecord(asked.Id, missing);
    }

    /// <summary>What comes too late for an erasure, or is merged and erased in one step, is erased under all ids that come with it.</summary>
    private void WantFormer(MoveReply reply, bool erases, HashSet<Utf8Text> missing)
    {
        var owner = OwnerOf(reply.Known);
        if (!erases && owner.Identity?.ErasedAt is null) return;
        WantFormer(owner, missing);
        if (Taken(reply) is { } taken) WantFormer(taken, missing);
    }

    private void WantRecord(Utf8Text id, HashSet<Utf8Text> missing)
    {
        if (_lane.Users.Find(id, Hash64.Of(id.Span)) is null) missing.Add(id);
    }

    /// <summary>The anonymous id of an identify event; empty where it names none that can be one.</summary>
    private Utf8Text Named(in BehaviorEvent e) =>
        e.Properties[_anonymous] is { Kind: ValueKind.Text, Text: { Length: <= Limits.IdBytesMax } id } ? id : default;

    private (UserState User, Lane Home) Find(Utf8Text id)
    {
        var hash = Hash64.Of(id.Span);
        var home = LaneOf?.Invoke(hash) ?? _lane;
        return (home.Users.Open(id, hash), home);
    }

    private bool Refuse()
    {
        _lane.Counters.ControlsRefused++;
        return false;
    }

    private static bool HasRoom(UserState known, UserState met) => (known.Identity?.Ids ?? 0) + (met.Identity?.Ids ?? 0) + 1 <= Limits.FormerIdsMax;

    /// <summary>By way of the stored form: it is what is known of a user, all of it and nothing that hangs on a lane.</summary>
    private void Take(UserState met, Lane home, UserState known, EventTime at)
    {
        _record.Clear();
        new UserStateCodec(_rulebook.Layout, home).Write(met, _record);
        UserTimers.DisarmAll(met, home);
        met.BecomeAliasOf(known.Id, at);
        home.HasMarked = true;
        home.Touch(met);
        if (!Merge(known, met.Id, _record.Written)) throw new InvalidOperationException($"The record of {met.Id} cannot be read back.");
    }
}
