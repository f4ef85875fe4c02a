namespace StreamEngage.Brokers;

/// <summary>A member's request to be let into a group.</summary>
/// <param name="Member">The id it was given; empty: it has none yet.</param>
/// <param name="Session">It must be heard of so often.</param>
/// <param name="Rebalance">It must join again within so long when the others have to.</param>
/// <param name="Protocols">How it could share partitions out, best first, each with what it says to the leader.</param>
internal sealed record Joining(string Member, TimeSpan Session, TimeSpan Rebalance, IReadOnlyList<(string Name, byte[] Metadata)> Protocols);

/// <summary>What a member is told when all have joined; the leader alone hears of the others.</summary>
internal sealed record Joined(
    BrokerError Error, int Generation, string Protocol, string Leader, string Member, IReadOnlyList<(string Id, byte[] Metadata)> Others)
{
    public static Joined Refused(BrokerError error, string member) => new(error, -1, "", "", member, []);
}

/// <summary>What a member is to read, as its leader wrote it.</summary>
internal sealed record Synced(BrokerError Error, byte[] Assignment);

/// <summary>
/// A consumer group by the classic protocol: members join, their leader deals out, and the generation they have been in fences the offsets they commit. Under
/// the broker's lock.
/// </summary>
internal sealed class ConsumerGroup
{
    // Kafka waits 3 s for the first members; tests would rather not.
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _expected = new(StringComparer.Ordinal);
    private GroupState _state = GroupState.Empty;
    private DateTime _joinUntil;
    private string _leader = "", _protocol = "";
    private int _named;

    private enum GroupState { Empty, Joining, Syncing, Stable }

    public int Generation { get; private set; }

    /// <summary>Offsets by topic and partition, and those that transactions will bring, by producer.</summary>
    public GroupOffsets Offsets { get; } = new();

    public Task<Joined> JoinAsync(Joining joining, bool mustKnowItsId, DateTime now)
    {
        var id = joining.Member;
        if (id.Length == 0)
        {
            id = $"member-{++_named}-{Guid.NewGuid():n}";
            // So that a client whose first answer is lost does not leave a member behind that nobody is.
            if (mustKnowItsId && _expected.Add(id)) return Task.FromResult(Joined.Refused(BrokerError.MemberIdRequired, id));
        }
        else if (!_members.ContainsKey(id) && !_expected.Remove(id)) return Task.FromResult(Joined.Refused(BrokerError.UnknownMember, id));
        if (!_members.TryGetValue(id, out var member)) _members[id] = member = new(id);
        var isSame = member.IsSame(joining);
        member.Heard(joining, now);
        if (_state == GroupState.Syncing && isSame || _state == GroupState.Stable && isSame && id != _leader) return Task.FromResult(Answer(member));
        member.Joining?.TrySetResult(Joined.Refused(BrokerError.RebalanceInProgress, id));
        member.Joining = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.Joining.Task;
        if (_state != GroupState.Joining) BeginJoining(now);
        TryEndJoining(now);
        return answer;
    }

    public Task<Synced> SyncAsync(string id, int generation, IReadOnlyList<(string Member, byte[] Assignment)> dealt, DateTime now)
    {
        if (Check(id, generation) is var error and not BrokerError.None) return Task.FromResult(new Synced(error, []));
        var member = _members[id];
        member.HeardAt = now;
        if (_state == GroupState.Joining) return Task.FromResult(new Synced(BrokerError.RebalanceInProgress, []));
        if (_state == GroupState.Stable) return Task.FromResult(new Synced(BrokerError.None, member.Assignment));
        member.Syncing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.Syncing.Task;
        if (id == _leader)
        {
            foreach (var one in _members.Values) one.Assignment = dealt.FirstOrDefault(part => part.Member == one.Id).Assignment ?? [];
            _state = GroupState.Stable;
            EndSyncing(one => new(BrokerError.None, one.Assignment));
        }
        return answer;
    }

    public BrokerError Beat(string id, int generation, DateTime now)
    {
        if (Check(id, generation) is var error and not BrokerError.None) return error;
        _members[id].HeardAt = now;
        return _state == GroupState.Joining ? BrokerError.RebalanceInProgress : BrokerError.None;
    }

    public BrokerError Leave(string id, DateTime now)
    {
        if (!_members.ContainsKey(id)) return BrokerError.UnknownMember;
        Remove(id, now);
        return BrokerError.None;
    }

    /// <summary>Whether a member may commit: offsets of a transaction also while the others join.</summary>
    public BrokerError MayCommit(string id, int generation, bool inTransaction)
    {
        // Who reads partitions of its own choice is in no generation.
        if (generation < 0 && id.Length == 0) return BrokerError.None;
        return Check(id, generation) is var error and not BrokerError.None ? error
            : _state == GroupState.Syncing && !inTransaction ? BrokerError.RebalanceInProgress : BrokerError.None;
    }

    /// <summary>Time has passed: silent members go, and who has not joined again in time is left behind.</summary>
    public void Tick(DateTime now)
    {
        var silent = _members.Values.Where(member => member.Joining is null && now - member.HeardAt > member.Session).ToList();
        foreach (var member in silent) Remove(member.Id, now);
        TryEndJoining(now);
    }

    private BrokerError Check(string id, int generation) =>
        !_members.ContainsKey(id) ? BrokerError.UnknownMember : generation != Generation ? BrokerError.IllegalGeneration : BrokerError.None;

    private void BeginJoining(DateTime now)
    {
        var wait = _state == GroupState.Empty ? FirstWait : _members.Values.Max(member => member.Rebalance);
        EndSyncing(_ => new(BrokerError.RebalanceInProgress, []));
        (_state, _joinUntil) = (GroupState.Joining, now + wait);
    }

    private void TryEndJoining(DateTime now)
    {
        if (_state != GroupState.Joining) return;
        var isFirst = _leader.Length == 0;
        if (now < _joinUntil && (isFirst || _members.Values.Any(member => member.Joining is null))) return;
        foreach (var absent in _members.Values.Where(member => member.Joining is null).ToList()) _members.Remove(absent.Id);
        Generation++;
        if (_members.Count == 0)
        {
            (_state, _leader) = (GroupState.Empty, "");
            return;
        }
        if (!_members.ContainsKey(_leader)) _leader = _members.Keys.First();
        _protocol = _members[_leader].Protocols.Select(one => one.Name).First(name => _members.Values.All(member => member.MetadataOf(name) is not null));
        _state = GroupState.Syncing;
        foreach (var member in _members.Values)
        {
            member.HeardAt = now;
            member.Joining?.TrySetResult(Answer(member));
            member.Joining = null;
        }
    }

    private Joined Answer(Member member) => new(
        BrokerError.None, Generation, _protocol, _leader, member.Id,
        member.Id == _leader ? [.. _members.Values.Select(one => (one.Id, one.MetadataOf(_protocol) ?? []))] : []);

    private void Remove(string id, DateTime now)
    {
        if (!_members.Remove(id, out var gone)) return;
        gone.Joining?.TrySetResult(Joined.Refused(BrokerError.UnknownMember, id));
        gone.Syncing?.TrySetResult(new(BrokerError.UnknownMember, []));
        if (_members.Count == 0)
        {
            Generation++;
            (_state, _leader) = (GroupState.Empty, "");
        }
        else if (_state != GroupState.Joining) BeginJoining(now);
        TryEndJoining(now);
    }

    private void EndSyncing(Func<Member, Synced> answer)
    {
        foreach (var member in _members.Values)
        {
            member.Syncing?.TrySetResult(answer(member));
            member.Syncing = null;
        }
    }

    private sealed class Member(string id)
    {
        public string Id => id;

        public TimeSpan Session { get; private set; }

        public TimeSpan Rebalance { get; private set; }

        public IReadOnlyList<(string Name, byte[] Metadata)> Protocols { get; private set; } = [];

        public DateTime HeardAt { get; set; }

        public byte[] Assignment { get; set; } = [];

        public TaskCompletionSource<Joined>? Joining { get; set; }

        public TaskCompletionSource<Synced>? Syncing { get; set; }

        public byte[]? MetadataOf(string protocol) => Protocols.FirstOrDefault(one => one.Name == protocol).Metadata;

        public bool IsSame(Joining joining) =>
            Protocols.Count == joining.Protocols.Count && Protocols.Zip(joining.Protocols).All(pair =>
                pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));

        public void Heard(Joining joining, DateTime now) =>
            (Session, Rebalance, Protocols, HeardAt) = (joining.Session, joining.Rebalance, joining.Protocols, now);
    }
}

/// <summary>The offsets of a group. What a transaction brings is seen when it has ended, and until then nothing is told of those partitions.</summary>
internal sealed class GroupOffsets
{
    private readonly Dictionary<(string Topic, int Partition), CommittedOffset> _committed = [];
    private readonly Dictionary<long, Dictionary<(string Topic, int Partition), CommittedOffset>> _pending = [];
    private readonly Dictionary<long, short> _epochs = [];

    public void Commit(string topic, int partition, CommittedOffset offset) => _committed[(topic, partition)] = offset;

    /// <summary>False: the producer's epoch is over.</summary>
    public bool TryPend(long producer, short epoch, string topic, int partition, CommittedOffset offset)
    {
        if (_epochs.GetValueOrDefault(producer) > epoch) return false;
        _epochs[producer] = epoch;
        if (!_pending.TryGetValue(producer, out var offsets)) _pending[producer] = offsets = [];
        offsets[(topic, partition)] = offset;
        return true;
    }

    public void Close(long producer, short epoch, bool isCommit)
    {
        _epochs[producer] = short.Max(epoch, _epochs.GetValueOrDefault(producer));
        if (!_pending.Remove(producer, out var offsets) || !isCommit) return;
        foreach (var (place, offset) in offsets) _committed[place] = offset;
    }

    public bool IsPending(string topic, int partition) => _pending.Values.Any(offsets => offsets.ContainsKey((topic, partition)));

    public CommittedOffset? Find(string topic, int partition) => _committed.GetValueOrDefault((topic, partition));

    public IReadOnlyList<(string Topic, int Partition)> Places => [.. _committed.Keys];
}

/// <summary>An offset and what its committer wrote beside it.</summary>
internal sealed record CommittedOffset(long Offset, string? Metadata);
