using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;

namespace StreamEngage.Steps.Simulation;

/// <summary>Who turns out to be whom in a history.</summary>
internal enum ClaimKind
{
    /// <summary>Each id is at most one other's, so the order in which lanes hear of it does not matter.</summary>
    Settled,

    /// <summary>Anybody anybody's, also in a circle.</summary>
    Anybody,

    /// <summary>The same, and users are erased: now and then, and all of them in the end.</summary>
    Erased,
}

/// <summary>The clicks of users who turn out to be others, and what each user must know of them in the end.</summary>
internal sealed class Claims
{
    private const int NamesALane = 3;

    private readonly Fate _fate;
    private readonly ClaimKind _kind;
    private readonly string[] _names;
    private readonly int[] _ownerOf;
    private readonly List<(string Line, long At)> _lines = [];
    private int _views;
    private int[] _viewsSince = [];

    public Claims(Fate fate, ClaimKind kind, int lanes)
    {
        (_fate, _kind) = (fate, kind);
        _names = [.. Enumerable.Range(0, NamesALane * lanes).Select(i => $"u{i % lanes}-{i / lanes}")];
        _ownerOf = [.. _names.Select((_, i) => i < lanes - 1 ? -1 : fate.Below(i))];
    }

    /// <summary>What a user of the lane does.</summary>
    public string Next(int id, int lane, long now)
    {
        var user = _fate.Below(NamesALane) * (_names.Length / NamesALane) + lane;
        var (draw, kind, price) = (_fate.Below(100), _fate.OneOf<string>(["a", "b"]), _fate.Below(50));
        var at = now - (_fate.Happens(20) ? _fate.Below(300) : 0);
        if (draw < 15 && Claimed(user) is { } claimed) return Line(id, user, "identify", at, new { anonymous = _names[claimed] });
        if (draw < 18 && _kind == ClaimKind.Erased) return Line(id, user, "erase", at, new { });
        var type = _fate.OneOf<string>(["view", "view", "cart_add", "purchase", "error", "submit"]);
        if (type == "view") _views++;
        return Line(id, user, type, at, new { kind, price });
    }

    /// <summary>Everybody is forgotten; none: nobody asks for it.</summary>
    public IEnumerable<(int Lane, string Line)> Erasures(long now) =>
        _kind == ClaimKind.Erased ? _names.Select((_, i) => (LaneOf(i), Line(20_000 + i, i, "erase", now, new { }))).ToList() : [];

    /// <summary>What users do who were forgotten: each is somebody of its own again.</summary>
    public IEnumerable<(int Lane, string Line)> Beginnings(long now)
    {
        if (_kind != ClaimKind.Erased) return [];
        _viewsSince = [.. _names.Select(_ => _fate.Below(4))];
        return _names.SelectMany((_, i) =>
            Enumerable.Range(0, _viewsSince[i]).Select(view => (LaneOf(i), Line(30_000 + view, i, "view", now, new { })))).ToList();
    }

    /// <summary>Everybody is looked at.</summary>
    public IEnumerable<(int Lane, string Line)> Probes(long now) =>
        _names.Select((_, i) => (LaneOf(i), Line(10_000 + i, i, "probe", now, new { }))).ToList();

    /// <summary>Null: what users know in the end is what happened.</summary>
    public string? Problem(CompiledRulebook rulebook, IEnumerable<OutgoingRecord> visible)
    {
        var known = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in visible)
        {
            if (!record.Headers.Any(header => header.Value == "probed")) continue;
            using var json = JsonDocument.Parse(record.Value);
            known[json.RootElement.GetProperty("user").GetString()!] = json.RootElement.GetProperty("data").GetRawText();
        }
        return _kind switch
        {
            ClaimKind.Settled => Difference(known, Shared(rulebook)),
            ClaimKind.Erased => Unforgotten(known),
            _ => Miscounted(known),
        };
    }

    /// <summary>Each id is known of what it did after the erasure, and of nothing else.</summary>
    private string? Unforgotten(SortedDictionary<string, string> known)
    {
        var told = _names.Where((name, i) => !known.TryGetValue(name, out var data) || !IsOf(JsonDocument.Parse(data).RootElement, _viewsSince[i])).ToList();
        return told.Count == 0 ? null : $"not as after an erasure: {string.Join("; ", told.Select(name => $"{name} {known.GetValueOrDefault(name)}"))}";
    }

    private static bool IsOf(JsonElement data, int views) =>
        data.GetProperty("views").GetInt32() == views && data.GetProperty("spent").GetDouble() == 0 && data.GetProperty("kinds").GetInt32() == 0;

    private string? Miscounted(IReadOnlyDictionary<string, string> known)
    {
        var counted = known.Values.Sum(data => JsonDocument.Parse(data).RootElement.GetProperty("views").GetInt32());
        return counted == _views ? null : $"{_views} views, {counted} are known: {string.Join("; ", known)}";
    }

    private static string? Difference(SortedDictionary<string, string> known, SortedDictionary<string, string> shared) =>
        known.SequenceEqual(shared) ? null : $"known {string.Join("; ", known.Except(shared))}, in a run {string.Join("; ", shared.Except(known))}";

    /// <summary>What they know where all lanes are one.</summary>
    private SortedDictionary<string, string> Shared(CompiledRulebook rulebook)
    {
        var known = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var lines = new System.Buffers.ArrayBufferWriter<byte>();
        var run = new PipelineRun(rulebook)
        {
            Prompt = prompt =>
            {
                if (prompt.Trigger != "probed") return;
                lines.Clear();
                Emit.JsonLines.WriteWhole(prompt, lines);
                known[prompt.User] = JsonDocument.Parse(lines.WrittenMemory).RootElement.GetProperty("data").GetRawText();
            },
        };
        foreach (var (line, at) in _lines) run.Offer(Encoding.UTF8.GetBytes(line), new EventTime(at));
        run.End(drain: true);
        return known;
    }

    /// <summary>Whom a user may claim; null: nobody.</summary>
    private int? Claimed(int user)
    {
        if (_kind != ClaimKind.Settled) return _fate.Below(_names.Length);
        var owned = Enumerable.Range(0, _names.Length).Where(i => _ownerOf[i] == user).ToList();
        return owned.Count == 0 ? null : _fate.OneOf(owned);
    }

    private string Line(int id, int user, string type, long at, object props)
    {
        var line = JsonSerializer.Serialize(new { id = string.Create(CultureInfo.InvariantCulture, $"e{id}"), user = _names[user], type, at, props });
        _lines.Add((line, at));
        return line;
    }

    private int LaneOf(int name) => name % (_names.Length / NamesALane);
}
