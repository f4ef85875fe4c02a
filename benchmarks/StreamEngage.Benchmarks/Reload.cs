using System.Diagnostics;
using System.Globalization;
using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Admin;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Benchmarks;

/// <summary>
/// From a rulebook that is published to the first event under it, in the parts of <c>serve</c> that lie between: what the admin port does with it, what an
/// instance does with it once, and what each lane does. The exchange topic and the store are left out.
/// </summary>
internal sealed class Reload
{
    private const int Types = 20, Lanes = 8, UsersALane = 2_000;

    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(5);

    private static readonly EventTime _began = new(1_767_225_600_000);

    private readonly List<LaneEngine> _lanes = [];
    private readonly RulebookShelf _shelf;

    private Reload(IReadOnlyDictionary<string, string> files)
    {
        _shelf = new(text => RulebookFiles.Read(text.Files).Definition);
        var text = new RulebookText(RulebookVersion.Of(files), files);
        var rulebook = RulebookCompiler.Compile(_shelf.Take(text)!.Definition);
        for (var lane = 0; lane < Lanes; lane++)
        {
            var (decoder, exchange) = (new JsonRecords(rulebook.Schema), new LaneExchange(lane, Lanes, rulebook));
            var engine = new LaneEngine(LaneReigns.Of(rulebook, text), decoder, exchange, 1 << 26, wantsDecisions: false);
            for (var user = 0; user < UsersALane; user++) Step(engine, lane, user);
            _lanes.Add(engine);
        }
    }

    /// <summary>Rules that follow on as many others, again and again: a process that has read many has compiled code for that.</summary>
    public static IEnumerable<string> Table(int rules, int rounds)
    {
        yield return $"{rules:N0} rules over {Types} types, {Lanes} lanes in one instance, milliseconds. A new process: each round publishes another version.";
        yield return "";
        yield return "| change | read and lint | pack | read elsewhere | compile, a lane | compile, all lanes | takeover, a lane | first event "
            + "| first lane, after the message | all lanes, after the request: here | elsewhere | processor time of it all |";
        yield return "|---|---|---|---|---|---|---|---|---|---|---|---|";
        var site = new Reload(Files(rules, 0));
        // A process has served for a while when somebody publishes: what reading its own rulebook asked to be compiled is compiled.
        Thread.Sleep(_settling);
        for (var round = 1; round <= rounds; round++) yield return site.Publish($"{round}", Files(rules, round));
    }

    private string Publish(string name, Dictionary<string, string> files)
    {
        var (clock, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        double Lap() => clock.Elapsed.TotalMilliseconds;
        var candidate = CandidateRulebook.Of(files);
        if (candidate.Definition is null) throw new InvalidOperationException(string.Join('\n', candidate.Problems.Take(10)));
        var read = Lap();
        var body = candidate.Text.Encode()!;
        var sent = Lap();
        var text = RulebookText.Decode(body)!;
        var shelved = _shelf.Take(text)!;
        var taken = Lap();
        var prepared = new CompiledRulebook[_lanes.Count];
        prepared[0] = _lanes[0].Reigns.Prepare(shelved.Definition);
        var first = Lap();
        Parallel.For(1, _lanes.Count, lane => prepared[lane] = _lanes[lane].Reigns.Prepare(shelved.Definition));
        var all = Lap();
        for (var lane = 0; lane < _lanes.Count; lane++)
        {
            var engine = _lanes[lane];
            var reigns = engine.Reigns.Under(shelved.Text, prepared[lane], engine.Clock);
            if (reigns.WritesAfter(engine.Reigns) is null) throw new InvalidOperationException("The rulebook is too big to be remembered.");
            _lanes[lane] = engine.Under(reigns, new JsonRecords(reigns.Rulebook.Schema));
        }
        var under = Lap();
        for (var lane = 0; lane < _lanes.Count; lane++) Step(_lanes[lane], lane, 0);
        var done = Lap();
        var (reading, takeover, step) = (taken - sent, (under - all) / Lanes, (done - under) / Lanes);
        double[] figures =
        [
            read, sent - read, reading, first - taken, all - taken, takeover, step, reading + (first - taken) + takeover + step, done - reading, done,
            (Environment.CpuUsage.TotalTime - used).TotalMilliseconds,
        ];
        return $"| {name} | {string.Join(" | ", figures.Select(figure => figure.ToString("N1", CultureInfo.InvariantCulture)))} |";
    }

    private static void Step(LaneEngine engine, int lane, int user)
    {
        var at = Math.Max(_began.UnixMilliseconds, engine.Clock.UnixMilliseconds) + 1;
        var values = $$"""{"price":{{user % 90}},"item":"i{{user % 7}}"}""";
        var line = $$"""{"id":"{{lane}}-{{at}}","user":"u{{lane}}-{{user}}","type":"t{{user % Types}}","at":{{at}},"props":{{values}}}""";
        var decoded = engine.Take(new InputRecord(lane, 0, 0, at, Encoding.UTF8.GetBytes(line)), rate: null, unfit: []);
        if (decoded != Decoded.Event) throw new InvalidOperationException($"An event is refused: {decoded}.");
        foreach (var missing in engine.Missing()) engine.TryBring(missing, default, 1);
        engine.Run(tick: null);
        engine.Changes(1);
        engine.Done();
    }

    /// <summary>Four forms in turn. Each version differs from the one before in what its rules compare with.</summary>
    private static Dictionary<string, string> Files(int rules, int version)
    {
        var files = new Dictionary<string, string> { ["policy.yaml"] = "time_zone: Europe/Berlin\ncaps: [{limit: 5, per: day}]\n" };
        for (var rule = 0; rule < rules; rule++) files[$"rule-{rule}.yaml"] = Rule(rule, version);
        return files;
    }

    private static string Rule(int rule, int version)
    {
        var (type, other, minutes) = ($"t{rule % Types}", $"t{(rule + 7) % Types}", 5 + rule % 50);
        var on = (rule / Types % 4) switch
        {
            0 => $"{{event: {type}, as: seen, where: event.price > {rule % 40}}}",
            1 => $"{{absence: {{of: [{other}], after: {{event: {type}, as: seen}}, for: {minutes}m, repeat: restart}}}}",
            2 => $"{{pattern: [{{event: {type}}}, {{not: {other}}}, {{event: {type}, as: seen}}], within: {minutes}m}}",
            _ => $"{{event: {type}, as: seen}}",
        };
        return $$"""
            trigger: rule-{{rule}}
            on: {{on}}
            per: seen.item
            if: count({{type}}) over {{minutes}}m >= {{3 + version}} and (sum({{other}}.price) over {{minutes}}m < {{100 + rule}} or user.tier = "gold")
            decide:
              priority: {{rule % 100}}
              cooldown: {{minutes}}m
              channels: [push, email]
              expires: 1h
            prompt:
              template: rule-{{rule}}
              data: {item: seen.item, looks: "count({{type}} by item) over {{minutes}}m", price: seen.price}
            goal: {event: {{other}}, within: 1d, value: price}
            """;
    }
}
