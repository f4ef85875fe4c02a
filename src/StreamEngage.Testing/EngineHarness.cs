using System.Buffers;
using System.Globalization;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Testing;

/// <summary>
/// A running engine for tests of rulebooks: the real pipeline, an in-memory state and a clock moved by hand. Not thread-safe.
/// </summary>
/// <remarks>
/// Times are written <c>12:04</c>, <c>12:04:59.999</c> (on the harness's day, 2026-01-01 UTC), <c>2d 12:04</c> (that many days later) or in full as RFC 3339.
/// </remarks>
public sealed class EngineHarness
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PipelineRun _run;
    private readonly List<PromptCommand> _commands = [];
    private readonly List<DecisionRecord> _decisions = [];
    private readonly ArrayBufferWriter<byte> _line = new();
    private EventTime _at = new(Day.ToUnixTimeMilliseconds());
    private string _user = "u1";
    private int _ids;
    private bool _ended;

    private EngineHarness(RulebookDefinition rulebook) =>
        _run = new(RulebookCompiler.Compile(rulebook))
        {
            BatchEvents = 1,
            Prompt = _commands.Add,
            Decision = _decisions.Add,
        };

    /// <summary>An engine on a rulebook folder.</summary>
    /// <param name="folder">Path of the folder.</param>
    /// <exception cref="ArgumentException">The rulebook has errors; the message lists them.</exception>
    public static EngineHarness Load(string folder) => new(Whole(RulebookFolder.Read(folder)));

    /// <summary>
    /// An engine on one trigger of a rulebook folder, apart from the others and from what the policy holds back: no arbitration, caps,
    /// quiet hours or holdouts. Segments, templates, catalogue, consent and times stay.
    /// </summary>
    /// <param name="folder">Path of the folder.</param>
    /// <param name="trigger">Name of the trigger.</param>
    /// <exception cref="ArgumentException">The rulebook has errors, or no such trigger.</exception>
    public static EngineHarness Load(string folder, string trigger)
    {
        var rulebook = Whole(RulebookFolder.Read(folder));
        var alone = rulebook.Triggers.FirstOrDefault(other => other.Name == trigger)
            ?? throw new ArgumentException($"The rulebook has no trigger '{trigger}'.", nameof(trigger));
        return new(rulebook with
        {
            Triggers = [alone with { Decide = alone.Decide with { Holdout = 0 } }],
            Policy = rulebook.Policy with { Caps = [], QuietHours = null, GlobalHoldout = 0 },
        });
    }

    /// <summary>An engine on rulebook files given as text.</summary>
    /// <param name="files">Text by path relative to the rulebook folder, such as <c>cart.yaml</c> or <c>segments/vip.yaml</c>.</param>
    /// <exception cref="ArgumentException">The rulebook has errors; the message lists them.</exception>
    public static EngineHarness With(IReadOnlyDictionary<string, string> files) => new(Whole(RulebookFiles.Read(files)));

    /// <summary>An engine on one trigger given as YAML text.</summary>
    /// <param name="trigger">The trigger document.</param>
    /// <exception cref="ArgumentException">The rulebook has errors; the message lists them.</exception>
    public static EngineHarness With(string trigger) => With(new Dictionary<string, string> { ["trigger.yaml"] = trigger });

    /// <summary>
    /// Prompts sent so far as <c>12:09:59 trigger</c> (days later: <c>2d 12:09:59 trigger</c>), in the order of the contract.
    /// A command that takes a prompt back reads <c>12:09:59 cancel trigger</c>.
    /// </summary>
    /// <remarks>A prompt is there once the clock has passed the instant in which another could still stand before it.</remarks>
    public IReadOnlyList<string> Prompts => [.. Commands.Select(Words)];

    /// <summary>The commands sent so far, whole.</summary>
    public IReadOnlyList<PromptCommand> Commands
    {
        get
        {
            Settle();
            return _commands;
        }
    }

    /// <summary>The verdicts so far, sent ones included.</summary>
    public IReadOnlyList<DecisionRecord> Decisions
    {
        get
        {
            Settle();
            return _decisions;
        }
    }

    /// <summary>The codes of the reasons why candidates were not sent, in order.</summary>
    public IReadOnlyList<string> Suppressed =>
        [.. Decisions.Where(decision => decision.Verdict == Verdict.Suppressed).Select(decision => ReasonCodes.Code(decision.Reason)!)];

    /// <summary>The user whose events follow; <c>u1</c> until it is said.</summary>
    /// <param name="user">Id of the user.</param>
    public EngineHarness User(string user)
    {
        _user = user;
        return this;
    }

    /// <summary>The time at which what follows happens. May go back: the event is late then.</summary>
    /// <param name="time">See the type's remarks.</param>
    public EngineHarness At(string time)
    {
        _at = Parse(time);
        return this;
    }

    /// <summary>Moves the time at which what follows happens.</summary>
    /// <param name="elapsed">How much later.</param>
    public EngineHarness After(TimeSpan elapsed)
    {
        _at += (long)elapsed.TotalMilliseconds;
        return this;
    }

    /// <summary>The user does something.</summary>
    /// <param name="type">Event type.</param>
    /// <param name="props">Properties: numbers, strings, booleans, null, or arrays of those.</param>
    /// <exception cref="ArgumentException">The engine would quarantine the event.</exception>
    public EngineHarness Does(string type, params (string Name, object? Value)[] props) =>
        DoesAs(string.Create(CultureInfo.InvariantCulture, $"e{++_ids}"), type, props);

    /// <summary>The same with an event id of one's own: the same id again is a duplicate.</summary>
    /// <param name="id">Event id.</param>
    /// <param name="type">Event type.</param>
    /// <param name="props">Properties.</param>
    /// <exception cref="ArgumentException">The engine would quarantine the event.</exception>
    public EngineHarness DoesAs(string id, string type, params (string Name, object? Value)[] props)
    {
        WriteLine(id, type, props);
        var decoded = _run.Offer(_line.WrittenSpan, _at);
        if (decoded != Decoded.Event) throw new ArgumentException($"The engine refuses the event: {decoded}.");
        return this;
    }

    /// <summary>
    /// Another rulebook takes the place of the one in force at the time said last: a deadline due before that instant is the old one's, one due then the
    /// new one's.
    /// </summary>
    /// <param name="files">As in <see cref="With(IReadOnlyDictionary{string, string})"/>.</param>
    /// <exception cref="ArgumentException">The rulebook has errors; the message lists them.</exception>
    public EngineHarness Change(IReadOnlyDictionary<string, string> files)
    {
        _run.ChangeAt(_at, Whole(RulebookFiles.Read(files)));
        return this;
    }

    /// <summary>A rulebook of one trigger takes the place of the one in force.</summary>
    /// <param name="trigger">The trigger document.</param>
    /// <exception cref="ArgumentException">The rulebook has errors; the message lists them.</exception>
    public EngineHarness Change(string trigger) => Change(new Dictionary<string, string> { ["trigger.yaml"] = trigger });

    /// <summary>Nothing happens until the given time: the clock moves there and what is due fires, that instant included.</summary>
    /// <param name="time">See the type's remarks.</param>
    public EngineHarness Until(string time)
    {
        At(time);
        _run.Tick(_at);
        return this;
    }

    /// <summary>Nothing happens any more: the clock moves on until no timer is left.</summary>
    public EngineHarness ForEver()
    {
        _ended = true;
        _run.End(drain: true);
        return this;
    }

    private static RulebookDefinition Whole(RulebookReading reading) => reading.Definition
        ?? throw new ArgumentException("The rulebook does not load:\n" + string.Join('\n', reading.Problems));

    private static EventTime Parse(string time)
    {
        if (DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && time.Contains('T'))
            return new(instant.ToUnixTimeMilliseconds());
        var parts = time.Split("d ");
        var days = parts.Length == 2 ? int.Parse(parts[0], CultureInfo.InvariantCulture) : 0;
        var clock = TimeSpan.Parse(parts[^1], CultureInfo.InvariantCulture);
        return new((Day + TimeSpan.FromDays(days) + clock).ToUnixTimeMilliseconds());
    }

    private static string Words(PromptCommand prompt)
    {
        var since = TimeSpan.FromMilliseconds(prompt.DecidedAt.UnixMilliseconds - Day.ToUnixTimeMilliseconds());
        var days = since.Days == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{since.Days}d ");
        var clock = since.ToString(since.Milliseconds == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);
        return $"{days}{clock} {(prompt.Kind == PromptKind.Cancel ? "cancel " : "")}{prompt.Trigger}";
    }

    private void Settle()
    {
        if (!_ended) _run.Suspend();
    }

    private void WriteLine(string id, string type, (string Name, object? Value)[] props)
    {
        _line.Clear();
        using var json = new Utf8JsonWriter(_line);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("user", _user);
        json.WriteString("type", type);
        json.WriteNumber("at", _at.UnixMilliseconds);
        json.WriteStartObject("props");
        foreach (var (name, value) in props)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
