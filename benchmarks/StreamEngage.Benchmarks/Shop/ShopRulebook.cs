using System.Globalization;
using StreamEngage.Detect;

namespace StreamEngage.Benchmarks.Shop;

/// <summary>The ready-made rulebook of a shop, <c>rulebooks/shop</c>, or one of the same make where that folder is not there.</summary>
internal static class ShopRulebook
{
    public static string Folder { get; } = Path.Combine(Figures.RepositoryRoot, "rulebooks", "shop");

    public static string Name => Directory.Exists(Folder) ? "rulebooks/shop" : "the benchmark's own";

    /// <param name="extraTriggers">Further triggers on event types that never come.</param>
    public static CompiledRulebook Compile(int extraTriggers = 0)
    {
        var files = Directory.Exists(Folder) ? Read(Folder) : BuiltIn();
        for (var i = 0; i < extraTriggers; i++)
            files[string.Create(CultureInfo.InvariantCulture, $"extra-{i}.yaml")] = $$"""
                trigger: extra-{{i}}
                on: {event: other_{{i % 20}}, where: "count(other_{{i % 20}}) over 1h >= {{2 + i / 20}}"}
                decide: {channels: [push], cooldown: 1d}
                """;
        return Rules.Compile(files);
    }

    private static Dictionary<string, string> Read(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".hbs")
            // With a catalogue the further triggers' types would have to be in it.
            .Where(file => Path.GetFileName(file) != "events.yaml")
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);

    private static Dictionary<string, string> BuiltIn() => _triggers.Index().ToDictionary(
        trigger => $"{trigger.Item.Name}.yaml",
        trigger => $"""
            trigger: {trigger.Item.Name}
            on: {trigger.Item.On}
            {trigger.Item.More}
            decide: {trigger.Item.Decide}
            """);

    private static readonly (string Name, string On, string More, string Decide)[] _triggers =
    [
        ("cart-abandonment", "{absence: {of: [checkout_start, purchase, cart_clear], after: {event: cart_add, as: cart}, for: 30m}}",
            "per: cart.cart_id\nif: sum(cart_add.price by cart_id) over 2h >= 15\nexit: [purchase, cart_clear]",
            "{channels: [push], priority: 70, cooldown: 12h}"),
        ("checkout-unfinished", "{absence: {of: purchase, after: {event: checkout_start, as: c}, for: 15m}}", "per: c.cart_id\nexit: purchase",
            "{channels: [email], priority: 75}"),
        ("high-value-cart", "{event: cart_add, as: c, where: \"sum(cart_add.price by cart_id) over 2h >= 300\"}", "per: c.cart_id",
            "{channels: [human], cooldown: 1d}"),
        ("cart-cleared", "{event: cart_clear, as: c}", "per: c.cart_id\nif: count(cart_clear) over 1d >= 2", "{channels: [in_app], cooldown: 7d}"),
        ("category-affinity", "{event: view, as: seen}", "per: seen.category\nif: count(view by category) over 7d >= 8 and count(purchase) over 7d = 0",
            "{channels: [email], cooldown: 14d}"),
        ("price-watch", "{pattern: [{event: view, as: seen, times: 3}], within: 1h}", "per: seen.item\nexit: [cart_add, purchase]",
            "{channels: [in_app], cooldown: 7d}"),
        ("browse-abandonment", "{absence: {of: [cart_add, purchase], after: {event: view, where: \"count(view) over 30m >= 5\"}, for: 1h}}", "exit: purchase",
            "{channels: [push], cooldown: 3d}"),
        ("rage-search", "{pattern: [{event: search, times: 3}], within: 2m}", "exit: cart_add", "{channels: [in_app], cooldown: 1h}"),
        ("search-without-results", "{event: search, where: \"event.results = 0\"}", "", "{channels: [in_app], cooldown: 1h}"),
        ("form-trouble", "{pattern: [{event: form_error, as: error, times: 3}], within: 5m}", "per: error.cart_id\nexit: purchase",
            "{channels: [in_app], cooldown: 30m}"),
        ("checkout-error", "{event: checkout_error, as: e}", "per: e.cart_id", "{channels: [in_app], cooldown: 10m}"),
        ("checkout-stuck", "{pattern: [{event: checkout_error}, {not: purchase}, {event: checkout_error, as: second}], within: 10m}", "per: second.cart_id",
            "{channels: [human], cooldown: 1h}"),
        ("order-thanks", "{event: purchase}", "", "{channels: [email], purpose: transactional}"),
        ("first-purchase", "{event: purchase, where: \"count(purchase) over 90d every 1d = 1\"}", "", "{channels: [email], reentry: once}"),
        ("third-purchase", "{event: purchase, where: \"count(purchase) over 90d every 1d = 3\"}", "", "{channels: [email], reentry: once}"),
        ("after-purchase", "{silence: 7d, of: [purchase]}", "", "{channels: [email], cooldown: 30d}"),
        ("vip-silent", "{silence: 14d}", "if: sum(purchase.value) over 90d every 1d >= 1000", "{channels: [human], cooldown: 60d}"),
        ("welcome-back", "{silence: 3d}", "if: count(view) over 14d >= 10", "{channels: [push], cooldown: 14d}"),
        ("long-visit", "{event: session_end, as: visit, where: visit.count >= 15}", "if: count(cart_add) over 1d = 0", "{channels: [email], cooldown: 7d}"),
        ("coupon-hunter", "{pattern: [{event: view}, {event: search}, {event: view}, {event: cart_add}], within: 15m}", "exit: purchase",
            "{channels: [in_app], cooldown: 7d}"),
    ];
}
