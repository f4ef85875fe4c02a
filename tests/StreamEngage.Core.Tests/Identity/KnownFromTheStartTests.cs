using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Random streams of one person under three ids. Wherever among the events the ids are found to be one, what is decided from then on is what is decided
/// where that is known before the first event.
/// </summary>
public sealed class KnownFromTheStartTests
{
    private const int Cases = 300;
    private const long Origin = 1_767_225_600_000, Minute = 60_000;

    // Whether what a trigger had decided before differs, so does what it remembers: here all look after the last merge, or send under keys of their own.
    internal static readonly Dictionary<string, string> Rules = new()
    {
        ["policy.yaml"] = "lateness: 10m\nsession: {gap: 3h, max: 24h}\ncaps:\n  - {limit: 6, per: 1d}\n",
        ["windows.yaml"] = """
            trigger: windows
            on: {event: probe}
            decide: {purpose: transactional}
            prompt:
              data:
                views: count(view) over 30m
                priced: count(view where it.price > 2) over 1h
                items: count(view by item) over 1h
                sum: sum(cart.price) over 1h
                average: avg(cart.price) over 20m
                least: min(cart.price) over 45m
                most: max(view.price by item) over 1h
                kinds: distinct(view.item) over 1h
                first: first(view.item) over 1h
                last: last(cart.item) over 1h
                since: since(cart)
                days: count(view) over 7d every 1d
                today: count(cart) over today
                seen: user.first_seen
            """,
        ["session.yaml"] = """
            trigger: session
            on: {event: probe}
            decide: {purpose: transactional}
            prompt: {data: {count: session.count, duration: session.duration, first: session.first_type, last: session.last_type}}
            """,
        ["capped.yaml"] = "trigger: capped\non: {event: probe}\ndecide: {cooldown: 7m, holdout: 0.1, variants: {a: 1, b: 1}}\n",
        ["greeting.yaml"] = "trigger: greeting\non: {event: greet}\nper: event.item\ndecide: {cooldown: 5h, priority: 90}\n",
        ["once.yaml"] = "trigger: once\non: {event: wave}\nper: event.item\ndecide: {reentry: once, purpose: transactional}\n",
        ["left.yaml"] = "trigger: left\non: {absence: {of: purchase, after: cart, for: 90m}}\nper: event.item\ndecide: {purpose: transactional}\n",
        ["each.yaml"] = "trigger: each\non: {absence: {of: [purchase, leave], after: cart, for: 100m, repeat: each}}\ndecide: {purpose: transactional}\n",
        ["silent.yaml"] = "trigger: silent\non: {silence: 2h, of: [view, cart]}\ndecide: {purpose: transactional}\n",
    };

    private static readonly RulebookDefinition _rulebook = Read(Rules);

    [Fact]
    public void WhereverTheMergesStand_TheRestIsDecidedAlike()
    {
        var (lines, held) = (0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var (known, met, since) = Streams(new Dice(seed), $"#{seed}");
            var expected = Lines(EmbeddedRun.Of(_rulebook, known), since);
            var actual = Lines(EmbeddedRun.Of(_rulebook, met, lanes: 1 + seed % 3), since);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}\nmissing {string.Join("\n", expected.Except(actual))}\n"
                + $"surplus {string.Join("\n", actual.Except(expected))}\n{string.Join("\n", met)}");
            lines += expected.Count;
            held += expected.Count(line => line.Contains("oldout", StringComparison.Ordinal));
        }
        Assert.True(lines > Cases * 10 && held > 0);
    }

    [Fact]
    public void ATestWithoutMerges_WouldBeFound()
    {
        var different = Enumerable.Range(1, 50).Count(seed =>
        {
            var (known, met, since) = Streams(new Dice(seed), $"#{seed}");
            return !Lines(EmbeddedRun.Of(_rulebook, known), since).SequenceEqual(
                Lines(EmbeddedRun.Of(_rulebook, [.. met.Where(e => e.Type != "identify")]), since));
        });
        Assert.InRange(different, 40, 50);
    }

    internal static RulebookDefinition Read(Dictionary<string, string> files)
    {
        var reading = RulebookFiles.Read(files);
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }

    internal static List<string> Lines(EmbeddedRun run, long since) =>
    [
        .. run.Prompts.Where(prompt => prompt.DecidedAt.UnixMilliseconds >= since).Select(prompt =>
            $"{prompt.PromptId} {prompt.Kind} {prompt.User} {prompt.Trigger} [{prompt.Instance}] {prompt.Variant} {prompt.DecidedAt} "
                + string.Join(' ', prompt.Data.Select(field => $"{field.Key}={field.Value}"))),
        .. run.Decisions.Where(decision => decision.At.UnixMilliseconds >= since).Select(decision =>
            $"{decision.At} {decision.User} {decision.Trigger} [{decision.Instance}] {decision.Verdict} {decision.Reason}"),
    ];

    /// <summary>The same stream twice: the merges before all else, and anywhere in its first part.</summary>
    internal static (List<NaiveEvent> Known, List<NaiveEvent> Met, long Since) Streams(Dice dice, string person)
    {
        var (first, clock) = (new List<NaiveEvent>(), Origin);
        var count = dice.Between(5, 60);
        for (var i = 0; i < count; i++) first.Add(Next(dice, first, ref clock));
        var merges = Merges(dice);
        var met = first.ToList();
        var place = 0;
        foreach (var (user, anonymous) in merges)
        {
            place = dice.Between(place, met.Count);
            var at = met.Take(place).Select(e => e.At).DefaultIfEmpty(Origin).Max();
            met.Insert(place++, Identify(user, anonymous, at));
        }

        var since = clock + 1;
        var rest = new List<NaiveEvent>();
        for (var i = 0; i < 25; i++)
        {
            clock += dice.Of(1, 1_000, Minute, 5 * Minute);
            var type = dice.Of("probe", "probe", "probe", "greet", "wave", "view", "cart", "purchase");
            rest.Add(Made(dice, $"r{i}", type, clock));
        }

        // Names of its own in each stream, so that all holdouts and variants are met.
        NaiveEvent Named(NaiveEvent e) => e.Property("anonymous") is string anonymous
            ? e with { User = e.User + person, Props = new Dictionary<string, object?> { ["anonymous"] = anonymous + person } }
            : e with { User = e.User + person };
        var known = merges.Select(m => Identify(m.User, m.Anonymous, Origin)).Concat(first).Concat(rest);
        return ([.. known.Select(Named)], [.. met.Concat(rest).Select(Named)], since);
    }

    /// <summary>Two anonymous ids of one user, one behind the other, or one met twice.</summary>
    internal static (string User, string Anonymous)[] Merges(Dice dice) => dice.Between(0, 3) switch
    {
        0 => [("known", "a"), ("known", "b")],
        1 => [("b", "a"), ("known", "b")],
        2 => [("known", "b"), ("b", "a")],
        _ => [("known", "a"), ("known", "a"), ("known", "b")],
    };

    private static NaiveEvent Identify(string user, string anonymous, long at) =>
        new($"i-{user}-{anonymous}-{at}", user, "identify", at, new Dictionary<string, object?> { ["anonymous"] = anonymous });

    // Ids rise with arrival: of two that arm at one instant under two ids it is not known which came first, and the greater id counts as the later.
    private static NaiveEvent Next(Dice dice, List<NaiveEvent> before, ref long clock)
    {
        if (before.Count > 0 && dice.Chance(6)) return dice.Of(before);
        clock += dice.Of(0, 1, 500, 10_000, 30_000);
        var at = dice.Chance(10) ? clock - dice.Between(1, (int)(9 * Minute)) : clock;
        var type = dice.Of("view", "view", "view", "cart", "cart", "purchase", "leave", "page", "greet", "wave");
        // Each but once and under a key of its own, so that no cap or cooldown decides before the ids are one.
        if (type is "greet" or "wave" && before.Count(e => e.Type == type) >= 3) type = "view";
        var e = Made(dice, $"e{before.Count:d3}", type, at);
        if (type is not ("greet" or "wave")) return e;
        return e with { Props = new Dictionary<string, object?> { ["item"] = $"i{before.Count(other => other.Type == type)}" } };
    }

    private static NaiveEvent Made(Dice dice, string id, string type, long at) => new(
        id, dice.Of("a", "b", "known"), type, at,
        new Dictionary<string, object?> { ["item"] = dice.Of("i0", "i1", "i2"), ["price"] = (double)dice.Between(0, 5) });
}
