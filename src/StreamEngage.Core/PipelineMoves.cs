using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>
/// How users move between lanes that are apart (docs/identity.md): what a lane does with the errands of others, and with events of users it gave away.
/// </summary>
internal sealed class PipelineMoves(CompiledRulebook rulebook, Lane lane, PipelineIdentities identities)
{
    private readonly RecordWriter _record = new();
    private readonly SourceCodec _source = new(rulebook.Schema);

    /// <summary>Hands an event on to the lane of the user whose it is.</summary>
    /// <param name="e">The event.</param>
    /// <param name="alias">Whom it names, or whom that leads to.</param>
    public void Forward(in BehaviorEvent e, UserState alias)
    {
        var owner = alias.Identity!.MergedInto;
        var decoded = new DecodedEvent
        {
            Id = e.Id,
            User = owner,
            TypeName = e.TypeName,
            Session = e.Session,
            Source = e.Source,
            IdHash = e.IdHash,
            UserHash = Hash64.Of(owner.Span),
            ContentHash = e.ContentHash,
            Type = e.Type,
            At = e.At,
        };
        _record.Clear();
        _source.Write(new HeldEvent(decoded, e.Properties, rulebook.Schema.SlotCount(e.Type)), _record);
        if (_record.Length > Limits.ErrandBytesMax)
        {
            lane.Counters.ControlsRefused++;
            return;
        }
        lane.Errands.Add(new ForwardedEvent(alias.Identity.OwnerLane!.Value, _record.Written.ToArray()));
        lane.Counters.Forwarded++;
    }

    /// <summary>Gives a user away whom another lane asks for, or says no.</summary>
    public void Release(MoveRequest request)
    {
        var met = identities.Met(request.Anonymous);
        identities.Meeting(met);
        var record = MayGive(met, request) ? RecordOf(met) : [];
        var isGiven = record.Length > 0;
        lane.Errands.Add(new MoveReply(request.From)
        {
            Anonymous = request.Anonymous,
            Known = request.Known,
            At = request.At,
            Claim = request.Claim,
            Record = record,
            Rulebook = identities.Map!.Rulebook,
            Names = NamesOf(met),
            Passed = [new(request.To, request.Anonymous, request.Claim)],
        });
        if (!isGiven) return;
        UserTimers.DisarmAll(met, lane);
        met.BecomeAliasOf(request.Known, lane.Clock);
        (met.OpenIdentity().OwnerLane, met.OpenIdentity().Claim) = (request.From, request.Claim);
        lane.HasMarked = true;
        lane.Touch(met);
        lane.Counters.MovedAway++;
    }

    /// <summary>Takes the answer to a request of this lane, or sends it after the user whom it is for.</summary>
    /// <returns>The user who took a record in; null: nobody did.</returns>
    public UserState? Take(MoveReply reply)
    {
        if (reply.Record.IsEmpty) Unclaim(reply);
        var known = identities.Met(reply.Known);
        var isCircle = reply.Undoes != 0;
        if (isCircle && known.Identity is { OwnerLane: not null } alias && alias.Claim == reply.Undoes)
        {
            known.BecomeOwn();
            lane.Touch(known);
        }
        var owner = identities.OwnerOf(reply.Known);
        if (owner.Identity is { OwnerLane: not null })
        {
            SendAfter(owner, reply);
            return null;
        }
        lane.Touch(owner);
        identities.Meeting(owner);
        // Who was never erased has forgotten no question. In a circle one may arrive before the record in which it stands.
        var isAwaited = owner.Identity?.TryAnswer(new(reply.Anonymous, reply.Claim)) == true;
        if (reply.Record.IsEmpty) return null;
        if (!isAwaited && owner.Identity?.ErasedAt is { } erased && !(isCircle && erased < reply.At))
        {
            lane.Counters.ErasedIgnored++;
            identities.Erase(reply, erased);
            return null;
        }
        if (identities.Merge(owner, reply.Anonymous, identities.Map!.Carry(reply).Span, reply.Names)) return owner;
        throw new InvalidOperationException("A user's record that came from another lane is broken, or was written by a newer version of the engine.");
    }

    /// <summary>Whether an id that this lane gave away, or was asked for, is to be erased with the user whose it is; and the user stored under it.</summary>
    public bool TryFind(AliasErasure erasure, out UserState met)
    {
        met = identities.Met(erasure.Id);
        return erasure.Claim == 0 || met.Identity?.Claim == erasure.Claim;
    }

    private bool MayGive(UserState met, MoveRequest request)
    {
        identities.ForgetErasure(met, lane.Clock);
        if (met.Identity?.ErasedAt >= request.At)
        {
            lane.Counters.ErasedIgnored++;
            return false;
        }
        var isOwn = met.Identity is null or { MergedInto.IsEmpty: true };
        if (isOwn && (met.Identity?.Ids ?? 0) < request.Room) return true;
        lane.Counters.ControlsRefused++;
        return false;
    }

    private Dictionary<uint, uint> NamesOf(UserState met)
    {
        var (names, layout) = (new Dictionary<uint, uint>(), rulebook.Layout);
        for (var i = 0; i < met.InstanceCount; i++) names[layout.Triggers[met.InstanceAt(i).Trigger]] = layout.Kin[met.InstanceAt(i).Trigger].Name;
        return names;
    }

    /// <summary>Empty where it is too big.</summary>
    private byte[] RecordOf(UserState met)
    {
        _record.Clear();
        // Their order tells whether the user has been in memory all along: a replay is to make the same bytes.
        met.OrderInstances();
        new UserStateCodec(rulebook.Layout, lane).Write(met, _record);
        if (_record.Length <= Limits.ErrandBytesMax) return _record.Written.ToArray();
        lane.Counters.ControlsRefused++;
        return [];
    }

    /// <summary>The id is not the known user's after all.</summary>
    private void Unclaim(MoveReply reply)
    {
        var met = identities.Met(reply.Anonymous);
        if (met.Identity is not { IsAlias: true } identity || identity.Claim != reply.Claim) return;
        met.BecomeOwn();
        lane.Touch(met);
    }

    /// <summary>Who asked has become another lane's user meanwhile.</summary>
    private void SendAfter(UserState alias, MoveReply reply)
    {
        var (id, identity) = (alias.Id, alias.Identity!);
        var first = reply.Passed.Count - 1;
        while (first >= 0 && reply.Passed[first].Id != id) first--;
        if (first < 0)
        {
            var passed = reply.Passed.Skip(Math.Max(0, reply.Passed.Count + 1 - Limits.AliasesPassedMax));
            var on = new LaneAlias(identities.Map!.Own, id, identity.Claim);
            lane.Errands.Add(reply with { To = identity.OwnerLane!.Value, Known = identity.MergedInto, Passed = [.. passed, on] });
        }
        else if (!reply.Record.IsEmpty)
        {
            // All of the circle come to the same one, so that one user is left of it.
            var least = reply.Passed.Skip(first).MinBy(one => one.Id);
            lane.Errands.Add(reply with { To = least.Lane, Known = least.Id, Passed = [], Undoes = least.Claim });
        }
    }
}
