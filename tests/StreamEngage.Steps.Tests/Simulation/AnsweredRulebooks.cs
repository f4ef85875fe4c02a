using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps.Simulation;

/// <summary>Rulebooks that ask a person first and lead users along, in what may differ by lot.</summary>
internal static class AnsweredRulebooks
{
    private const string Times = """
        quiet_hours: {from: "00:00:00", to: "00:00:01", channels: [in_app]}
        dedup: 2s
        lateness: 200ms
        session: {gap: 150ms}

        """;

    private static readonly string[] _times = [Times, Times + "disorder: 60ms\n", Times + "statistics: {every: 1s}\n"];

    // A failed prompt gives a place back in one of these.
    private static readonly string[] _caps =
    [
        "caps: [{limit: 1, per: 300ms, channel: email}, {limit: 6, per: 1s}]\n", "caps: [{limit: 3, per: 500ms, channel: push}]\n",
        "caps: [{limit: 2, per: 400ms, channel: human}, {limit: 1, per: 200ms, channel: push}]\n",
    ];

    private static readonly string[] _approvals =
    [
        "{within: 60ms, default: reject}", "{within: 60ms, default: approve}", "{within: 250ms, default: reject}", "{within: 250ms, default: approve}",
    ];

    public static RulebookText Text(Fate fate) => SimulationTests.TextOf("1", fate.OneOf(_times) + fate.OneOf(_caps), Asked(fate), Path(fate));

    /// <summary>Where journeys of version 1 go on in another version.</summary>
    public const string Next = "\nversion: 2\nmigrate: {from: 1, steps: {looks: pause}, otherwise: stay-name}\n";

    public static string Asked(Fate fate)
    {
        var (asker, approval, goal) = (fate.OneOf<string>(["purchase", "submit", "error"]), fate.OneOf(_approvals), fate.OneOf<string>(["cart_add", "view"]));
        return $$$$"""
            trigger: asked
            on: {event: {{{{asker}}}}}
            decide: {channels: [human], expires: 400ms, cooldown: 30ms, approval: {{{{approval}}}}}
            goal: {event: {{{{goal}}}}, within: 300ms}
            """;
    }

    public static string Path(Fate fate)
    {
        var ends = fate.OneOf<string>(["per: event.kind", "exit: {event: error, where: event.price > 25}"]);
        var (channels, pause, looks) = (fate.OneOf<string>(["push", "email", "push, email"]), fate.OneOf<int>([20, 60]), fate.OneOf<int>([50, 150]));
        var missed = fate.OneOf<string>(["{name: given-up, exit: true}", "{name: once-more, wait: 40ms}"]);
        return $$$$"""
            trigger: path
            on: {event: cart_add, as: cart}
            {{{{ends}}}}
            decide: {channels: [{{{{channels}}}}], expires: 300ms, priority: 60}
            goal: {event: purchase, within: 400ms}
            steps:
              - {name: hello, prompt: {data: {price: cart.price}}}
              - {name: pause, wait: {{{{pause}}}}ms}
              - name: looks
                wait_until: {event: view, as: seen, for: {{{{looks}}}}ms}
                timeout:
                  - {name: missed, prompt: {channels: [email, in_app]}}
                  - {{{{missed}}}}
              - name: warms
                wait_until: {if: "count(view) over 500ms >= 3", for: 80ms}
              - name: by-price
                branch:
                  - if: cart.price >= 25
                    steps: [{name: dear, prompt: {data: {seen: "coalesce(seen.price, 0)"}}}]
                  - else: [{name: cheap, prompt: {channels: [in_app, push]}}]
            """;
    }
}
