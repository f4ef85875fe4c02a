using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Host.Tests.Generation;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Host.Tests.Rulebooks;

/// <summary>The shop's rulebook on the generated shop: what it detects is what is true, duplicates and late events notwithstanding.</summary>
public sealed class GeneratedShopScenarioTests
{
    private const decimal LeastCart = 15;
    private const long HalfAnHour = 30 * 60_000;

    private static readonly Lazy<(GeneratedShop Shop, IReadOnlyList<DecisionRecord> Decisions)> _day = new(() =>
    {
        var shop = GeneratedShop.Of(new() { Users = 1_500, Events = 30_000, SessionsPerDay = 2, Late = 0.05, Duplicates = 0.02, Seed = 7 });
        return (shop, Run(shop));
    });

    [Fact]
    public void EveryCartLeftBeforeCheckout_IsAbandoned_AndNoOther()
    {
        var (shop, decisions) = _day.Value;
        var expected = LeftCarts(shop).Where(cart => !cart.WasCheckedOut && cart.Total >= LeastCart).Select(cart => cart.Prompt);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Sent(decisions, "cart-abandonment"));
    }

    [Fact]
    public void EveryCartBelowTheLeast_EndsAtThePredicate()
    {
        var (shop, decisions) = _day.Value;
        var expected = LeftCarts(shop).Where(cart => !cart.WasCheckedOut && cart.Total < LeastCart).Select(cart => cart.Prompt);
        var suppressed = decisions.Where(decision => decision is { Trigger: "cart-abandonment", Verdict: Verdict.Suppressed }).ToList();
        Assert.NotEmpty(suppressed);
        Assert.Equal(expected.Order(StringComparer.Ordinal), suppressed.Select(Words).Order(StringComparer.Ordinal));
        Assert.All(suppressed, decision => Assert.Equal(Reason.Predicate, decision.Reason));
    }

    [Fact]
    public void EveryCartLeftAtCheckout_IsUnfinished_AndNoOther()
    {
        var (shop, decisions) = _day.Value;
        var expected = LeftCarts(shop).Where(cart => cart.WasCheckedOut).Select(cart => cart.Id);
        var sent = decisions.Where(decision => decision is { Trigger: "checkout-unfinished", Verdict: Verdict.Sent });
        Assert.Equal(expected.Order(StringComparer.Ordinal), sent.Select(decision => decision.Instance).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryFirstPurchase_IsWelcomed_AndEveryOrderThanked()
    {
        var (shop, decisions) = _day.Value;
        var first = shop.Of("first_purchase").Select(fact => fact.GetProperty("id").GetString());
        Assert.Equal(first.Order(StringComparer.Ordinal), Causes(decisions, "first-purchase"));
        var orders = Events(shop).Where(e => e.Type == "purchase").Select(e => e.Id).Distinct();
        Assert.Equal(orders.Order(StringComparer.Ordinal), Causes(decisions, "order-thanks"));
    }

    [Fact]
    public void EveryVip_IsWelcomed()
    {
        var (shop, decisions) = _day.Value;
        var vips = shop.Of("vip").Select(fact => fact.GetProperty("id").GetString());
        Assert.Equal(vips.Order(StringComparer.Ordinal), Causes(decisions, "vip-welcome"));
    }

    /// <remarks>Long enough for the triggers with weeks in them.</remarks>
    [Fact]
    public void EveryTrigger_FiresOnSixtyDaysOfTraffic()
    {
        var shop = GeneratedShop.Of(new() { Users = 300, Events = 120_000, SessionsPerDay = 0.7, Seed = 3 });
        var sent = Run(shop).Where(decision => decision.Verdict == Verdict.Sent).Select(decision => decision.Trigger).Distinct();
        Assert.Equal(Rulebook().Triggers.Select(trigger => trigger.Name), sent.Order(StringComparer.Ordinal));
    }

    private static string Folder => Path.Combine(Datasets.RepositoryRoot, "rulebooks", "shop");

    // Caps, quiet hours and holdouts keep back on purpose what is true; here it is asked what the triggers find.
    private static RulebookDefinition Rulebook()
    {
        var rulebook = RulebookFolder.Read(Folder).Definition!;
        return rulebook with { Policy = rulebook.Policy with { Caps = [], QuietHours = null, GlobalHoldout = 0 } };
    }

    private static List<DecisionRecord> Run(GeneratedShop shop)
    {
        var decisions = new List<DecisionRecord>();
        var run = new PipelineRun(RulebookCompiler.Compile(Rulebook())) { Decision = decisions.Add };
        foreach (var line in shop.Lines) run.Offer(Encoding.UTF8.GetBytes(line), new EventTime(Limits.EventTimeMax));
        run.End(drain: true);
        return decisions;
    }

    private static IEnumerable<ShopEvent> Events(GeneratedShop shop) => shop.Lines.Select(GeneratedShop.Parse).OfType<ShopEvent>();

    private static List<LeftCart> LeftCarts(GeneratedShop shop)
    {
        var carts = Events(shop).DistinctBy(e => e.Id).Where(e => e.Prop("cart_id") is not null).ToLookup(e => e.Prop("cart_id")!);
        var left = shop.Of("abandoned_cart", "open_cart").Select(fact => Left(fact, carts)).ToList();
        Assert.Contains(left, cart => cart.WasCheckedOut);
        Assert.Contains(left, cart => !cart.WasCheckedOut && cart.Total >= LeastCart);
        return left;
    }

    private static LeftCart Left(JsonElement fact, ILookup<string, ShopEvent> carts)
    {
        var id = fact.GetProperty("cart_id").GetString()!;
        var due = fact.GetProperty("at").GetInt64() + HalfAnHour;
        return new(
            id,
            string.Create(CultureInfo.InvariantCulture, $"{due} {id} {fact.GetProperty("last_cart_add_id").GetString()}"),
            carts[id].Where(e => e.Type == "cart_add").Sum(e => decimal.Parse(e.Prop("price")!, CultureInfo.InvariantCulture)),
            carts[id].Any(e => e.Type == "checkout_start"));
    }

    private static IEnumerable<string> Sent(IEnumerable<DecisionRecord> decisions, string trigger) => decisions
        .Where(decision => decision.Trigger == trigger && decision.Verdict == Verdict.Sent)
        .Select(Words)
        .Order(StringComparer.Ordinal);

    private static string Words(DecisionRecord decision) =>
        string.Create(CultureInfo.InvariantCulture, $"{decision.At.UnixMilliseconds} {decision.Instance} {decision.Causes[0]}");

    private static IEnumerable<string> Causes(IEnumerable<DecisionRecord> decisions, string trigger) => decisions
        .Where(decision => decision.Trigger == trigger && decision.Verdict == Verdict.Sent)
        .Select(decision => decision.Causes[0])
        .Order(StringComparer.Ordinal);

    /// <param name="Id">Of the cart.</param>
    /// <param name="Prompt">When it is due, the cart, and the last addition.</param>
    /// <param name="Total">What is in it.</param>
    /// <param name="WasCheckedOut">True when a checkout was begun.</param>
    private sealed record LeftCart(string Id, string Prompt, decimal Total, bool WasCheckedOut);
}
