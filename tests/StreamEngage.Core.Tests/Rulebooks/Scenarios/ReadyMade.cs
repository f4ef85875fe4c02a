using StreamEngage.Testing;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>The rulebooks a user starts from, and what their users do in words.</summary>
internal static class ReadyMade
{
    public static string Folder(string rulebook) => Path.Combine(Datasets.RepositoryRoot, "rulebooks", rulebook);

    public static EngineHarness Shop(string trigger) => EngineHarness.Load(Folder("shop"), trigger);

    public static EngineHarness Media(string trigger) => EngineHarness.Load(Folder("media"), trigger);

    public static EngineHarness App(string trigger) => EngineHarness.Load(Folder("app"), trigger);

    public static EngineHarness Views(this EngineHarness user, string item, string category = "shoes") =>
        user.Does("view", ("item", item), ("category", category), ("price", 20));

    public static EngineHarness Adds(this EngineHarness user, string cart, double price = 20) =>
        user.Does("cart_add", ("cart_id", cart), ("item", "sku-1"), ("category", "shoes"), ("price", price));

    public static EngineHarness Clears(this EngineHarness user, string cart) => user.Does("cart_clear", ("cart_id", cart));

    public static EngineHarness ChecksOut(this EngineHarness user, string cart) => user.Does("checkout_start", ("cart_id", cart), ("total", 20));

    public static EngineHarness Buys(this EngineHarness user, string cart, double value = 20) =>
        user.Does("purchase", ("cart_id", cart), ("value", value), ("items", 1));

    public static EngineHarness FailsAtCheckout(this EngineHarness user, string cart) =>
        user.Does("checkout_error", ("cart_id", cart), ("code", "timeout"));

    public static EngineHarness ErrsInForm(this EngineHarness user, string cart) => user.Does("form_error", ("cart_id", cart), ("field", "phone"));

    public static EngineHarness Opens(this EngineHarness user, string page) => user.Does("page_view", ("page", page));

    public static EngineHarness Searches(this EngineHarness user, int results = 5) => user.Does("search", ("query", "hat"), ("results", results));

    /// <summary>The same event again and again at the one time.</summary>
    public static EngineHarness Times(this EngineHarness user, int times, Func<EngineHarness, EngineHarness> does)
    {
        for (var i = 0; i < times; i++) does(user);
        return user;
    }
}
