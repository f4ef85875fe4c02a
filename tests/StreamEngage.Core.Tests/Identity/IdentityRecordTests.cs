using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;
using StreamEngage.Rulebooks;
using StreamEngage.State;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>How the field gets in, and how what became of an id is written down.</summary>
public sealed class IdentityRecordTests
{
    private const string Line = """{"id":"i1","user":"ann","anonymous":"a","type":"identify","at":1767225600000}""";
    private static readonly EventTime _ever = new(Limits.EventTimeMax);
    private static readonly CompiledRulebook _rulebook = Compile("disorder: 0s\n");

    [Theory]
    [InlineData(Line, "a")]
    [InlineData("""{"id":"i1","user":"ann","type":"identify","at":1767225600000,"props":{"anonymous":"a"}}""", "a")]
    [InlineData("""{"id":"i1","user":"ann","type":"identify","at":1767225600000,"props":{"anonymous":"b"},"anonymous":"a"}""", "a")]
    [InlineData("""{"id":"i1","user":"ann","type":"identify","at":1767225600000,"anonymous":7}""", "7")]
    [InlineData("""{"id":"i1","user":"ann","type":"identify","at":1767225600000}""", "")]
    public void JsonField_NamesTheAnonymousUser(string line, string anonymous) =>
        Assert.Equal(anonymous, FormerOf(run => run.Offer(Encoding.UTF8.GetBytes(line), _ever)));

    [Fact]
    public void AvroField_NamesTheAnonymousUser()
    {
        var datum = StreamEngage.Ingest.Avro.Avro.Encode(AvroSchemas.BehaviorEvent, EventDatum.Of(Line));
        Assert.Equal("a", FormerOf(run => run.Offer(StreamEngage.Ingest.Avro.Avro.Reader(AvroSchemas.BehaviorEvent, AvroSchemas.BehaviorEvent), datum, _ever)));
    }

    [Fact]
    public void AnIdentifyThatIsHeldForTheDisorder_KeepsItOverAStop()
    {
        var compiled = Compile("disorder: 10s\n");
        var (first, second) = (new PipelineRun(compiled), new PipelineRun(compiled, lanes: 2));
        first.Offer(Encoding.UTF8.GetBytes(Line), _ever);
        var (store, source) = (new InMemoryStateStore(), new RecordWriter());
        first.Suspend();
        first.Save(store, source);
        Assert.Null(second.Load(store, source.Written));
        second.End(drain: true);
        Assert.Equal(1, second.Sum(counters => counters.Merged));
    }

    [Fact]
    public void TheSameIdWithAnotherAnonymousUser_IsACollision()
    {
        var run = new PipelineRun(_rulebook);
        run.Offer(Encoding.UTF8.GetBytes(Line), _ever);
        run.Offer(Encoding.UTF8.GetBytes(Line.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)), _ever);
        run.Flush();
        Assert.Equal((1, 1), (run.Sum(counters => counters.Merged), run.Sum(counters => counters.Collisions)));
    }

    // Version 3, an empty user, part 2: merged into "ann" at an instant; the last byte counts its own former ids.
    private const string Alias = "03" + "0000" + "0000" + "00" + "00" + "00" + "0000" + "00" + "00" + "0000"
        + "02" + "03616E6E" + "010080D0EAB6B733" + "0000" + "00";

    [Fact]
    public void AnAliasIsAFewBytes_AndTheyStayTheSame()
    {
        var (lane, record) = (new Lane(), new RecordWriter());
        var user = lane.Users.Open(new("a"), Hash64.Of("a"u8));
        user.BecomeAliasOf(new("ann"), new(1_767_225_600_000));
        new UserStateCodec(_rulebook.Layout, lane).Write(user, record);
        Assert.Equal(Alias, Convert.ToHexString(record.Written));
    }

    // The same with part 6 before it: the user lives in lane 3, by the claim of eight bytes; nothing is asked.
    private const string MovedAlias = "03" + "0000" + "0000" + "00" + "00" + "00" + "0000" + "00" + "00" + "0000"
        + "06" + "04" + "0807060504030201" + "00" + "02" + "03616E6E" + "010080D0EAB6B733" + "0000" + "00";

    // Part 6 of a user who asked another lane for "b": no lane and no claim of its own, and what was asked.
    private const string Asking = "03" + "0000" + "0000" + "00" + "00" + "00" + "0000" + "00" + "00" + "0000"
        + "06" + "00" + "0000000000000000" + "01" + "0162" + "0900000000000000";

    [Fact]
    public void AnAliasOfAnotherLanesUser_IsAFewBytesMore_AndTheyStayTheSame()
    {
        var (lane, other, record) = (new Lane(), new Lane(), new RecordWriter());
        var user = lane.Users.Open(new("a"), Hash64.Of("a"u8));
        user.BecomeAliasOf(new("ann"), new(1_767_225_600_000));
        (user.OpenIdentity().OwnerLane, user.OpenIdentity().Claim) = (3, 0x0102030405060708);
        new UserStateCodec(_rulebook.Layout, lane).Write(user, record);
        Assert.Equal(MovedAlias, Convert.ToHexString(record.Written));
        var read = other.Users.Open(user.Id, user.Hash);
        Assert.True(new UserStateCodec(_rulebook.Layout, other).TryRead(record.Written, read));
        Assert.True(read is { IsMarked: true, Identity: { IsAlias: false, OwnerLane: 3, Claim: 0x0102030405060708 } } && other.HasMarked);
    }

    [Fact]
    public void WhatIsAskedOfAnotherLane_StaysTheSameBytes()
    {
        var (lane, record) = (new Lane(), Convert.FromHexString(Asking));
        var user = lane.Users.Open(new("ann"), Hash64.Of("ann"u8));
        Assert.True(new UserStateCodec(_rulebook.Layout, lane).TryRead(record, user));
        Assert.Equal(new AskedId(new("b"), 9), Assert.Single(user.Identity!.Asked));
        var again = new RecordWriter();
        new UserStateCodec(_rulebook.Layout, lane).Write(user, again);
        Assert.Equal(Asking, Convert.ToHexString(again.Written));
    }

    [Fact]
    public void AnErrand_IsReadBack_AndNoneIsReadFromWhatIsCutOrChanged()
    {
        LaneErrand[] errands =
        [
            new MoveRequest(1) { From = 2, Anonymous = new("a"), Known = new("ann"), At = new(5), Claim = 7, Room = 9 },
            new MoveReply(1)
            {
                Anonymous = new("a"), Known = new("ann"), At = new(5), Claim = 7, Record = new byte[] { 1, 2 }, Undoes = 3,
                Passed = [new(1, new("a"), 7), new(2, new("b"), 8)],
            },
            new AliasErasure(1) { Id = new("a"), At = new(5), Claim = 7 },
            new ForwardedEvent(1, new byte[] { 1, 2, 3 }),
        ];
        var named = (MoveReply)errands[1] with { Rulebook = "v7", Names = new Dictionary<uint, uint> { [5] = 9, [1] = 2 } };
        var written = new RecordWriter();
        ErrandCodec.Write(named, written);
        var read = (MoveReply)ErrandCodec.Read(written.Written, 1)!;
        Assert.Equal(("v7", 9u, 2u), (read.Rulebook, read.Names[5], read.Names[1]));
        foreach (var errand in errands)
        {
            var (first, second) = (new RecordWriter(), new RecordWriter());
            ErrandCodec.Write(errand, first);
            var bytes = first.Written.ToArray();
            ErrandCodec.Write(ErrandCodec.Read(bytes, 1)!, second);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(second.Written));
            for (var cut = 0; cut < bytes.Length; cut++) Assert.Null(ErrandCodec.Read(bytes.AsSpan(0, cut), 1));
            Assert.Null(ErrandCodec.Read([99, .. bytes[1..]], 1));
            for (var at = 0; at < bytes.Length * 256; at++)
            {
                var broken = bytes.ToArray();
                broken[at / 256] = (byte)(at % 256);
                ErrandCodec.Read(broken, 1);
            }
        }
    }

    [Fact]
    public void WhatIsWritten_IsReadBack()
    {
        var (lane, other, record, again) = (new Lane(), new Lane(), new RecordWriter(), new RecordWriter());
        var user = lane.Users.Open(new("ann"), Hash64.Of("ann"u8));
        user.BecomeErased(new(5));
        user.OpenIdentity().Add(new(new("b"), null));
        user.OpenIdentity().Add(new(new("a"), new(7)));
        user.OpenIdentity().Expose(new(9));
        new UserStateCodec(_rulebook.Layout, lane).Write(user, record);
        var read = other.Users.Open(user.Id, user.Hash);
        Assert.True(new UserStateCodec(_rulebook.Layout, other).TryRead(record.Written, read));
        new UserStateCodec(_rulebook.Layout, other).Write(read, again);
        Assert.Equal(Convert.ToHexString(record.Written), Convert.ToHexString(again.Written));
        Assert.True(other.HasMarked && read.IsMarked);
        Assert.Equal("a", read.Identity!.VariantUnit(read.Id).ToString());
    }

    [Fact]
    public void APartOfANewerVersion_IsRefused()
    {
        var lane = new Lane();
        var record = Convert.FromHexString(Alias.Replace("0203616E6E", "6303616E6E", StringComparison.Ordinal));
        Assert.False(new UserStateCodec(_rulebook.Layout, lane).TryRead(record, lane.Users.Open(new("a"), 1)));
    }

    [Fact]
    public void AnErasureOfWhomNothingElseIsKnown_IsForgottenWhenNothingFromBeforeCanCome()
    {
        Assert.Equal(2, UsersSavedAfter(hours: 23));
        Assert.Equal(1, UsersSavedAfter(hours: 24));
    }

    [Fact]
    public void MoreIdsThanOnePersonHas_AreRefused()
    {
        var run = new PipelineRun(_rulebook, lanes: 3);
        for (var i = 0; i < Limits.FormerIdsMax + 5; i++)
        {
            var line = Line.Replace("\"a\"", $"\"a{i}\"", StringComparison.Ordinal).Replace("i1", $"i{i}", StringComparison.Ordinal);
            run.Offer(Encoding.UTF8.GetBytes(line), _ever);
        }
        run.Flush();
        Assert.Equal((Limits.FormerIdsMax, 5), (run.Sum(counters => counters.Merged), run.Sum(counters => counters.ControlsRefused)));
    }

    private static int UsersSavedAfter(int hours)
    {
        var run = new PipelineRun(_rulebook);
        run.Offer(Encoding.UTF8.GetBytes(Line.Replace("identify", "erase", StringComparison.Ordinal)), _ever);
        run.Offer(Encoding.UTF8.GetBytes($$"""{"id":"e","user":"bob","type":"view","at":{{1767225600000 + hours * 3_600_000L}}}"""), _ever);
        var store = new InMemoryStateStore();
        run.Save(store, new RecordWriter());
        return store.Count;
    }

    private static string FormerOf(Func<PipelineRun, Decoded> offer)
    {
        var run = new PipelineRun(_rulebook);
        Assert.Equal(Decoded.Event, offer(run));
        run.Flush();
        var ann = run.Lanes[0].Users.All.Single(user => user.Id.ToString() == "ann");
        return string.Join(' ', ann.Identity?.Former.Select(former => former.Id.ToString()) ?? []);
    }

    private static CompiledRulebook Compile(string policy)
    {
        var files = new Dictionary<string, string> { ["policy.yaml"] = policy, ["t.yaml"] = "trigger: t\non: {event: view}\n" };
        return RulebookCompiler.Compile(RulebookFiles.Read(files).Definition!);
    }
}
