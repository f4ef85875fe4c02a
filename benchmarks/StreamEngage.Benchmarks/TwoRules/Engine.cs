using System.Globalization;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>StreamEngage on the two rules as an author writes them, over decoded events.</summary>
internal sealed class Engine : Contender
{
    /// <summary>The same work as the others do: no memory of ids, nothing late.</summary>
    public const string BarePolicy = "dedup: 0s\nlateness: 0s\n";

    private readonly CompiledRulebook _rulebook;
    private readonly bool _isBare;
    private readonly Lane _lane = new();
    private readonly Pipeline _pipeline;
    private readonly EventBatch _batch = new();
    private readonly StepOutput _output = new();
    private readonly (int Type, Utf8Text Name)[] _types;
    private readonly Value[] _categories;

    public Engine(ClickTape tape, bool isBare) : base(tape)
    {
        _isBare = isBare;
        _rulebook = Rules.Compile(isBare ? new(TwoRules) { ["policy.yaml"] = BarePolicy } : TwoRules);
        _pipeline = new(_rulebook, _lane);
        _types = [.. new[] { "view", "cart_add", "purchase" }.Select(name => (_rulebook.Schema.TypeOf(name), new Utf8Text(name)))];
        _categories = [.. tape.CategoryNames.Select(Value.Of)];
    }

    public static Dictionary<string, string> TwoRules => new()
    {
        ["cart-abandoned.yaml"] = """
            trigger: cart-abandoned
            on: {absence: {of: purchase, after: {event: cart_add}, for: 30m, repeat: restart}}
            decide: {channels: [push]}
            """,
        ["repeated-views.yaml"] = """
            trigger: repeated-views
            on: {event: view, where: "count(view by category) over 10m >= 5"}
            decide: {channels: [push], cooldown: 1h, reentry: cooldown}
            """,
    };

    public override string Name => _isBare ? "StreamEngage (dedup 0s, lateness 0s)" : "StreamEngage (default policy)";

    public Lane Lane => _lane;

    public override void Prepare(int from, int to)
    {
        _batch.Clear();
        for (var i = from; i < to; i++) Decode(i);
    }

    public override void Process(int from, int to) => _pipeline.Process(_batch, _output);

    public override void Collect()
    {
        foreach (var prompt in _output.Prompts)
        {
            var user = int.Parse(prompt.User.AsSpan(1), CultureInfo.InvariantCulture);
            Count(user, prompt.DecidedAt.UnixMilliseconds, prompt.Trigger == "cart-abandoned" ? 0 : 1);
        }
        _output.Clear();
        if (_lane.Counters.WindowsCoalesced > 0) throw new InvalidOperationException("The tape is denser than a window holds: results would differ.");
    }

    private void Decode(int i)
    {
        Span<byte> id = stackalloc byte[16];
        i.TryFormat(id, out var idLength, provider: CultureInfo.InvariantCulture);
        var (type, typeName) = _types[(int)Tape.Kind[i]];
        var e = new DecodedEvent
        {
            Id = Copy(id[..idLength]),
            User = Copy(Tape.UserTexts[Tape.User[i]].Span),
            TypeName = typeName,
            IdHash = Hash64.Of(id[..idLength]),
            UserHash = Tape.UserHashes[Tape.User[i]],
            ContentHash = unchecked((ulong)i * 0x9E37_79B9_7F4A_7C15),
            Type = type,
            At = new(Tape.At[i]),
        };
        var (owner, start) = _batch.ReserveValues(_rulebook.Schema.SlotCount(type));
        var slot = _rulebook.Schema.Slot(type, "category"u8);
        if (slot >= 0) owner[start + slot] = _categories[Tape.Category[i]];
        _batch.Add(e, new(owner, start), e.At);
    }

    private Utf8Text Copy(ReadOnlySpan<byte> text)
    {
        var (owner, offset) = _batch.ReserveText(text.Length);
        text.CopyTo(owner.AsSpan(offset));
        return new(owner, offset, text.Length);
    }
}
