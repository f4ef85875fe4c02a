using System.Globalization;
using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Reigns;
using StreamEngage.Steps.Simulation;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>The order in which records arrive, as far as the policy allows for it, and their repetition decide nothing.</summary>
public sealed class OrderTests
{
    private const int Permutations = 10_000;
    private const int DisorderMilliseconds = 2_000;
    private const long Start = 1_767_225_600_000;

    private static readonly CompiledRulebook _rulebook = Scene.Compile(
    [
        """
        trigger: cart
        on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 5s, repeat: restart}}
        if: sum(cart_add.price) over 20s >= 10
        decide: {channels: [push], reentry: always}
        prompt: {data: {price: cart.price}}
        """,
        """
        trigger: views
        on: {event: view, where: "count(view) over 5s >= 2"}
        decide: {channels: [email], cooldown: 3s, reentry: cooldown}
        """,
        """
        trigger: stuck
        on: {pattern: [{event: error, as: e, times: 2}, {not: purchase, for: 1s}], within: 8s}
        decide: {channels: [push], reentry: always}
        """,
    ], "dedup: 1h\nlateness: 3s\ndisorder: 2s\n");

    [Fact]
    public void PermutationsWithinDisorderAndDuplicates_MakeTheSameDecisions()
    {
        var fate = new Fate(7);
        var stream = Stream(fate);
        var expected = Decide(stream);
        Assert.True(expected.Count > 10, "the stream decides too little to tell anything");
        Parallel.For(0, Permutations, i =>
        {
            var decided = Decide(Shuffled(stream, new((ulong)i)));
            Assert.True(expected.SequenceEqual(decided), $"permutation of seed {i}");
        });
    }

    [Theory]
    [InlineData(2_999, true)]
    [InlineData(3_000, false)]
    public void AnEventThatIsLate_CountsUntilTheLatenessAndNotAtIt(long behind, bool counts)
    {
        // The clock stands behind the newest event by the disorder.
        var clock = Start + 60_000;
        List<(long At, byte[] Record)> events =
        [
            Record(0, clock - 2_500, "view"), Record(1, clock + DisorderMilliseconds, "look"), Record(2, clock - behind, "view"),
        ];
        var engine = NewEngine();
        foreach (var (at, record) in events) engine.Take(new(0, 0, 0, at + 60_000, record), rate: null, unfit: []);
        Assert.Equal(counts ? 0 : 1, engine.Intake.Late);
    }

    private static List<(long At, byte[] Record)> Stream(Fate fate) =>
    [
        .. from i in Enumerable.Range(0, 60)
           select Record(i, Start + i * 450 + fate.Below(400), fate.OneOf<string>(["view", "cart_add", "purchase", "error", "view"])),
    ];

    private static (long At, byte[] Record) Record(int id, long at, string type) => (at, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $$$"""{"id":"e{{{id}}}","user":"u{{{id % 2}}}","type":"{{{type}}}","at":{{{at}}},"props":{"price":{{{id}}}}}""")));

    /// <summary>Each is held up for less than the disorder, and some come twice.</summary>
    private static List<(long At, byte[] Record)> Shuffled(List<(long At, byte[] Record)> stream, Fate fate)
    {
        var copies = stream.Concat(stream.Where(_ => fate.Happens(20)));
        return [.. copies.Select(one => (Arrives: one.At + fate.Below(DisorderMilliseconds), one)).OrderBy(pair => pair.Arrives).Select(pair => pair.one)];
    }

    private static LaneEngine NewEngine() =>
        new(LaneReigns.Of(_rulebook), new JsonRecords(_rulebook.Schema), new(0, 1, _rulebook), long.MaxValue, wantsDecisions: false);

    /// <summary>Steps of a few records each, then all deadlines.</summary>
    private static List<string> Decide(List<(long At, byte[] Record)> arrivals)
    {
        var engine = NewEngine();
        var prompts = new List<string>();
        foreach (var batch in arrivals.Chunk(7))
        {
            foreach (var (at, record) in batch) Assert.Equal(Decoded.Event, engine.Take(new(0, 0, 0, at + 60_000, record), rate: null, unfit: []));
            Step(null);
        }
        Step(engine.Pass(new EventTime(Start + 3_600_000)));
        return [.. prompts.Order(StringComparer.Ordinal)];

        void Step(EventTime? tick)
        {
            foreach (var prompt in engine.Run(tick).Prompts)
                prompts.Add($"{prompt.User} {prompt.Trigger} {prompt.Kind} {prompt.DecidedAt.UnixMilliseconds} {prompt.PromptId}");
            engine.Done();
        }
    }
}
