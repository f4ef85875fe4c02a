using System.Buffers;
using System.Security.Cryptography;
using StreamEngage.Events;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Tests.Generation;

public sealed class ShopClickstreamTests
{
    private const long Lateness = 600_000;

    private static readonly ShopSettings _settings = new() { Seed = 7, Users = 800, Events = 60_000, Malformed = 0.002, Duplicates = 0.01, Late = 0.05 };

    private static readonly Lazy<GeneratedShop> _shop = new(() => GeneratedShop.Of(_settings));

    // Published: a change of it is a change of every stream that anybody has generated.
    [Fact]
    public void SameSeed_GivesTheSameBytesOnEveryMachine() =>
        Assert.Equal("cf9c2dcd3d743ebd31e00f6a978248a0", Hash(new ShopSettings { Seed = 1, Users = 1_000, Events = 50_000, Malformed = 0.001 }));

    [Fact]
    public void AnotherSeed_GivesOtherBytes() =>
        Assert.NotEqual(Hash(_settings with { Seed = 1 }), Hash(_settings with { Seed = 2 }));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5_000)]
    [InlineData(5_000, 100)]
    [InlineData(100, 0)]
    public void Lines_AreAsManyAsAskedFor(int users, long events)
    {
        var shop = GeneratedShop.Of(new ShopSettings { Users = users, Events = events, Malformed = 0.1, Duplicates = 0.1, Late = 0.1 });
        Assert.Equal(events, shop.Lines.Count);
        Assert.Equal(events, shop.Counts.Lines);
    }

    [Fact]
    public void MalformedLines_AreThoseTheTruthNames()
    {
        var malformed = _shop.Value.Lines.Index().Where(line => GeneratedShop.Parse(line.Item) is null).Select(line => line.Index + 1L);
        Assert.Equal(malformed, _shop.Value.Of("malformed").Select(fact => fact.GetProperty("line").GetInt64()));
        Assert.True(_shop.Value.Counts.Malformed > 50);
    }

    [Fact]
    public void SecondLinesOfAnId_AreThoseTheTruthNames_WithTheSameContentUnlessACollision()
    {
        var first = new Dictionary<string, string>();
        var repeated = new List<string>();
        foreach (var (index, line) in _shop.Value.Lines.Index())
        {
            if (GeneratedShop.Parse(line) is not { } e) continue;
            if (first.TryAdd(e.Id, line)) continue;
            repeated.Add($"{(first[e.Id] == line ? "duplicate" : "collision")} {e.Id} {index + 1}");
        }
        Assert.Equal(repeated, _shop.Value.Of("duplicate", "collision")
            .Select(fact => $"{fact.GetProperty("kind")} {fact.GetProperty("id")} {fact.GetProperty("line")}"));
        Assert.True(_shop.Value.Counts is { Duplicates: > 400, Collisions: > 5 });
    }

    [Fact]
    public void LateEvents_AreThoseTheTruthNames_WithinAndBeyondTheLateness()
    {
        var late = new List<string>();
        var latest = long.MinValue;
        foreach (var (line, e) in FirstSeen())
        {
            if (e.At < latest) late.Add($"{e.Id} {line} {latest - e.At} {latest - e.At < Lateness}");
            latest = Math.Max(latest, e.At);
        }
        var facts = _shop.Value.Of("late").ToList();
        Assert.Equal(late, facts.Select(fact =>
            $"{fact.GetProperty("id")} {fact.GetProperty("line")} {fact.GetProperty("behind_ms")} {fact.GetProperty("within").GetBoolean()}"));
        Assert.Contains(facts, fact => fact.GetProperty("within").GetBoolean());
        Assert.Contains(facts, fact => !fact.GetProperty("within").GetBoolean());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(30)]
    [InlineData(600)]
    public void CartsWithoutAnEnd_AreThoseTheTruthNames_WhateverTheWait(int minutes)
    {
        var wait = minutes * 60_000L;
        var byCart = FirstSeen().Select(seen => seen.Event).Where(e => e.Type is "cart_add" or "cart_clear" or "purchase")
            .OrderBy(e => e.At).GroupBy(e => e.Prop("cart_id"));
        var detected = byCart.SelectMany(cart => Unanswered([.. cart], wait)).Order(StringComparer.Ordinal);
        Assert.Equal(detected, _shop.Value.Of("abandoned_cart", "open_cart")
            .Select(fact => $"{fact.GetProperty("user")} {fact.GetProperty("cart_id")} {fact.GetProperty("last_cart_add_id")} {fact.GetProperty("at")}")
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Churners_HaveNoEventAfterTheLastOneNamed()
    {
        var last = FirstSeen().Select(seen => seen.Event).GroupBy(e => e.User).ToDictionary(user => user.Key, user => user.MaxBy(e => e.At)!);
        var churners = _shop.Value.Of("churner").ToList();
        Assert.True(churners.Count > 30);
        Assert.All(churners, fact =>
        {
            var e = last[fact.GetProperty("user").GetString()!];
            Assert.Equal((e.Id, e.At), (fact.GetProperty("last_event_id").GetString(), fact.GetProperty("last_event_at").GetInt64()));
        });
    }

    [Fact]
    public void Returners_AreSilentForDaysBeforeTheyAreBack()
    {
        var facts = _shop.Value.Of("returner").ToList();
        Assert.NotEmpty(facts);
        var times = FirstSeen().Select(seen => seen.Event).ToLookup(e => e.User, e => e.At);
        Assert.All(facts, fact =>
        {
            var (from, to) = (fact.GetProperty("last_event_at").GetInt64(), fact.GetProperty("at").GetInt64());
            Assert.True(to - from >= 3 * 24 * 3_600_000L);
            Assert.DoesNotContain(times[fact.GetProperty("user").GetString()!], at => at > from && at < to);
        });
    }

    [Fact]
    public void FirstPurchases_AreThoseTheTruthNames()
    {
        var firsts = FirstSeen().Select(seen => seen.Event).Where(e => e.Type == "purchase").GroupBy(e => e.User)
            .Select(user => user.MinBy(e => e.At)!.Id).Order(StringComparer.Ordinal);
        Assert.Equal(firsts, _shop.Value.Of("first_purchase").Select(fact => fact.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Vips_AreThoseWhoseProfileSaysSo() => Assert.Equal(
        FirstSeen().Where(seen => seen.Event.Prop("tier") == "vip").Select(seen => seen.Event.Id).Order(StringComparer.Ordinal),
        _shop.Value.Of("vip").Select(fact => fact.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));

    [Fact]
    public void EveryKindOfEvent_IsThere_AndPurchasesAreWorthTheirCart()
    {
        var events = FirstSeen().Select(seen => seen.Event).ToList();
        Assert.Equal(["cart_add", "cart_clear", "checkout_error", "checkout_start", "form_error", "page_view", "profile_update",
            "purchase", "search", "view"], events.Select(e => e.Type).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(events, e => e.Type == "search" && e.Prop("results") == "0");
        var carts = events.Where(e => e.Type == "cart_add").GroupBy(e => e.Prop("cart_id"))
            .ToDictionary(cart => cart.Key!, cart => cart.Sum(e => Money(e, "price")));
        Assert.All(events.Where(e => e.Type == "purchase"), e => Assert.Equal(carts[e.Prop("cart_id")!], Money(e, "value")));
    }

    [Fact]
    public void Users_AreAwakeByTheirOwnDay()
    {
        var seoul = FirstSeen().Select(seen => seen.Event).Where(e => e.Prop("time_zone") == "Asia/Seoul").Select(e => e.User).ToHashSet();
        var hours = FirstSeen().Select(seen => seen.Event).Where(e => seoul.Contains(e.User))
            .CountBy(e => (e.At / 3_600_000 + 9) % 24).ToDictionary();
        Assert.True(hours[20] > 5 * hours.GetValueOrDefault(4));
    }

    [Fact]
    public void Memory_DoesNotGrowWithTheNumberOfEvents()
    {
        AllocatedBy(10_000);
        var (few, many) = (AllocatedBy(200_000), AllocatedBy(1_000_000));
        Assert.True(many < few + 4_000_000, $"{few} bytes for 200,000 lines, {many} for 1,000,000");
    }

    [Fact]
    public void WrongSettings_AreNamedAllAtOnce() => Assert.Equal(
        ["users must be 1 to 10000000, was 0", "late must be a share from 0 to 0.5, was NaN", "start must lie between 1970 and 2100"],
        new ShopSettings { Users = 0, Late = double.NaN, Start = new EventTime(-1) }.Problems());

    private static IEnumerable<(long Line, ShopEvent Event)> FirstSeen()
    {
        var ids = new HashSet<string>();
        foreach (var (index, line) in _shop.Value.Lines.Index())
            if (GeneratedShop.Parse(line) is { } e && ids.Add(e.Id)) yield return (index + 1, e);
    }

    // The naive reading of the rule: after a cart_add nothing of the same cart for the wait; another cart_add starts it anew.
    private static IEnumerable<string> Unanswered(ShopEvent[] cart, long wait)
    {
        for (var i = 0; i < cart.Length; i++)
            if (cart[i].Type == "cart_add" && (i + 1 == cart.Length || cart[i + 1].At > cart[i].At + wait))
                yield return $"{cart[i].User} {cart[i].Prop("cart_id")} {cart[i].Id} {cart[i].At}";
    }

    private static decimal Money(ShopEvent e, string prop) =>
        decimal.Parse(e.Prop(prop)!, System.Globalization.CultureInfo.InvariantCulture);

    private static string Hash(ShopSettings settings)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var stream = new ShopClickstream(settings, bytes);
        while (stream.TryNext(out var line)) line.WriteLine(bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan).AsSpan(0, 16));
    }

    private static long AllocatedBy(long events)
    {
        var lines = new StreamLines(Stream.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var stream = new ShopClickstream(new ShopSettings { Users = 1_000, Events = events });
        while (stream.TryNext(out var line)) line.WriteLine(lines);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
