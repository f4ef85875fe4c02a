using System.Text;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>
/// What each version wrote is read by this one. A folder of <c>Golden</c> is never changed; a new form comes with a new folder. Written with
/// <c>STREAMENGAGE_APPROVE=1</c> where it is missing.
/// </summary>
public sealed class GoldenTests
{
    private const string Newest = "v5";
    private const long Start = 1_767_225_600_000;

    private static readonly LaneTopics _topics = new(["clicks", "orders"], "exchange", new Dictionary<string, string>(), "quarantine", "decisions");
    private static readonly Detect.CompiledRulebook _rulebook = Scene.Compile(
    [
        """
        trigger: cart
        on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 5m}}
        if: sum(cart_add.price) over 1h >= 10
        decide: {channels: [push], cooldown: 1h}
        prompt: {data: {name: cart.name}}
        """,
        """
        trigger: stuck
        on: {pattern: [{event: error, as: e, times: 2}, {not: purchase, for: 1m}], within: 8m}
        decide: {channels: [email], reentry: always}
        """,
        """
        trigger: welcome
        on: {event: cart_add, as: first}
        steps: [{wait: 20m, name: pause}, {prompt: {data: {name: first.name}}, name: hello}]
        """,
    ], "dedup: 1h\nlateness: 10m\ndisorder: 2s\nsession: {gap: 30m}\n");

    private static readonly UserRate _rate = new(PerSecond: 100, Burst: 5_000);
    private static readonly Utf8Text _user = new("anna");

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    [InlineData("v3")]
    [InlineData("v4")]
    [InlineData(Newest)]
    public void StateOfEachVersion_IsReadAndItsDeadlinesFire(string version)
    {
        var (head, engine) = Restored(version);
        Assert.Equal((7L, 3L, 42L, "rules-1"), (head.Number, head.Epoch, head.NextEntry, head.Rulebook));
        Assert.Equal((new InputPosition([5, 9]), 11L, 0x0123_4567_89AB_CDEFUL), (head.Applied, head.JournalFrom, head.Lineage));
        Assert.Equal(version == Newest, engine.Buckets().Length > 0);
        Assert.Equal(head.Buckets.ToArray(), engine.Buckets().ToArray());
        // Held for the disorder when it was written: an error, the second one.
        var tick = engine.Pass(new EventTime(Start + 3_600_000));
        var prompts = engine.Run(tick).Prompts.ToDictionary(prompt => prompt.Trigger);
        Assert.Equal(Start + 300_000, prompts["cart"].DecidedAt.UnixMilliseconds);
        Assert.Equal(Start + 1_500 + 60_000, prompts["stuck"].DecidedAt.UnixMilliseconds);
        // Journeys are stored from the third version on.
        Assert.Equal(version is "v1" or "v2" ? null : Start + 1_200_000, prompts.GetValueOrDefault("welcome")?.DecidedAt.UnixMilliseconds);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    [InlineData("v3")]
    [InlineData("v4")]
    [InlineData(Newest)]
    public void JournalAndOutboxOfEachVersion_AreRead(string version)
    {
        var journal = JournalRecord.Decode(Read(version, "journal.json"))!;
        Assert.Equal(["0123/send", "step/7"], journal.Settled);
        Assert.Equal(Journal(version).Encode().ToArray(), journal.Encode().ToArray());
        var refused = OutboxWriter.Read(new("refused/orders/9", 41, Read(version, "refused.bin")))!.Value;
        Assert.Equal(("quarantine", "no event"), (refused.Topic, Encoding.UTF8.GetString(refused.Value.Span)));
        Assert.Equal(["reason", "detail", "topic", "partition", "offset"], refused.Headers.Select(header => header.Key));
    }

    [Fact]
    public void WhatIsWrittenToday_IsTheNewestVersionsForm()
    {
        var written = Write();
        Assert.All(written, file => Assert.Equal(Convert.ToHexString(Read(Newest, file.Key)), Convert.ToHexString(file.Value)));
    }

    private static (LaneHead Head, LaneEngine Engine) Restored(string version)
    {
        var head = LaneHead.Decode(Read(version, "head.bin"))!;
        var engine = NewEngine();
        Assert.True(engine.TryRestore(head.Source.Span, head.Exchange.Span, head.Buckets.Span));
        Assert.True(engine.TryBring(_user, Read(version, "user.bin"), head.Epoch));
        return (head, engine);
    }

    private static LaneEngine NewEngine() =>
        new(LaneReigns.Of(_rulebook), new JsonRecords(_rulebook.Schema), new(0, 1, _rulebook), long.MaxValue, wantsDecisions: false);

    private static Dictionary<string, byte[]> Write()
    {
        var engine = NewEngine();
        foreach (var (at, type) in (ReadOnlySpan<(int, string)>)[(0, "cart_add"), (1_000, "error"), (2_500, "view"), (1_500, "error"), (3_000, "view")])
            Assert.Equal(Decoded.Event, engine.Take(new(0, 0, 0, Start + 10_000, Event(at, type)), _rate, unfit: []));
        engine.Run(null);
        var user = engine.Changes(3).Single(change => change.User.Equals(_user)).Record;
        var head = new LaneHead
        {
            Number = 7, Lineage = 0x0123_4567_89AB_CDEF, Epoch = 3, Applied = new([5, 9]), Source = engine.Source(),
            Exchange = engine.Exchange(), Buckets = engine.Buckets(), PendingTick = Start + 5,
            NextEntry = 42, JournalFrom = 11, Rulebook = "rules-1",
        };
        var refused = new OutboxWriter(_topics).Refused(new(3, 1, 9, Start, "no event"u8.ToArray()), Decoded.NotJson, 41);
        return new()
        {
            ["user.bin"] = user.ToArray(),
            ["head.bin"] = head.Encode().ToArray(),
            ["journal.json"] = Journal(Newest).Encode().ToArray(),
            ["refused.bin"] = refused.Record.ToArray(),
        };
    }

    /// <summary>What of one user is taken, and what is passed over, stands in it from the fifth version on.</summary>
    private static JournalRecord Journal(string version)
    {
        var first = JournalStep.After(5, 7, new([5, 9]), Start, "rules-1");
        var isOld = version is "v1" or "v2" or "v3" or "v4";
        return new([isOld ? first : first.Taking(_rate, [new(1, 8)]), JournalStep.After(6, 8, new([6, 9]), null, "rules-1")], ["0123/send", "step/7"]);
    }

    private static byte[] Event(int at, string type) => Encoding.UTF8.GetBytes(
        $$$"""{"id":"{{{type}}}{{{at}}}","user":"anna","type":"{{{type}}}","at":{{{Start + at}}},"props":{"price":12,"name":"lamp"}}""");

    private static byte[] Read(string version, string name)
    {
        var folder = Folder(version);
        var file = Path.Combine(folder, name);
        if (!File.Exists(file) && version == Newest && Environment.GetEnvironmentVariable("STREAMENGAGE_APPROVE") == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(file, Write()[name]);
        }
        return File.ReadAllBytes(file);
    }

    // In the sources, not beside the program: what is approved is committed. A build that can be repeated does not tell where its sources were.
    private static string Folder(string version)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "StreamEngage.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "tests", "StreamEngage.Steps.Tests", "Golden", version);
    }
}
