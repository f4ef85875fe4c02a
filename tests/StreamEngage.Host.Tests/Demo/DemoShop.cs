using System.Buffers;
using System.Text;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Host.Demo;
using StreamEngage.Host.Generation;
using StreamEngage.Rulebooks;

namespace StreamEngage.Host.Tests.Demo;

/// <summary>A small rulebook, a small shop, and engines on both.</summary>
internal static class DemoShop
{
    public static readonly DemoSettings Settings = new()
    {
        Rate = 50, Users = 300, Speed = 600, Duration = TimeSpan.FromSeconds(20), Malformed = 0.02,
    };

    public static readonly IReadOnlyDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["cart-left.yaml"] = """
            trigger: cart-left
            version: 1
            on: {absence: {of: [purchase, cart_clear], after: {event: cart_add, as: cart}, for: 30m}}
            if: count(view) over 1h >= 1
            decide: {channels: [push], expires: 2h}
            prompt: {template: cart-left, data: {item: cart.item, price: cart.price}}
            """,
        ["nothing-found.yaml"] = """
            trigger: nothing-found
            version: 1
            on: {event: search, where: "event.results = 0"}
            decide: {channels: [in_app], expires: 10m, cooldown: 1h}
            prompt: {data: {query: event.query}}
            """,
        ["gone-quiet.yaml"] = """
            trigger: gone-quiet
            version: 1
            on: {silence: 20m}
            decide: {channels: [email], expires: 1h, cooldown: 2h}
            """,
        ["templates/cart-left.hbs"] = "Your {{item}} for {{price}} is still here.",
    };

    public static CompiledRulebook Rulebook => RulebookCompiler.Compile(RulebookFiles.Read(Files).Definition!);

    public static ShopSettings Shop(DemoSettings settings) =>
        ShopTraffic.Of(settings) ?? throw new InvalidOperationException("The users of the test are too few.");

    public static string Line(PromptCommand prompt)
    {
        var line = new ArrayBufferWriter<byte>();
        JsonLines.Write(prompt, line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }
}
