using System.Buffers;
using System.Globalization;
using System.Text;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Steps;

/// <summary>Makes outbox entries of what a step decided and refused, and records for topics of outbox entries.</summary>
internal sealed class OutboxWriter(LaneTopics topics)
{
    // The second version names the partition as well.
    private const byte Version = 1, PlacedVersion = 2;
    private const string StepPrefix = "step/", WithdrawnPrefix = "withdrawn/", DecisionPrefix = "decision/";

    /// <summary>Headers of a prompt's record.</summary>
    public const string TriggerHeader = "trigger", KindHeader = "kind", DecidedAtHeader = "decidedAt", PurposeHeader = "purpose";

    /// <summary>Header of a refused record that is not whole: how much of it there is.</summary>
    public const string CutHeader = "cut";

    /// <summary>Bytes kept of a refused record: a topic takes 1,000,000 by default, and some of those are its headers.</summary>
    public const int RefusedBytesMax = 990_000;

    /// <summary>The kind of a command that takes a prompt back: nothing withholds it.</summary>
    public const string CancelKind = "cancel";

    private const string SendKind = "send", SupersedeKind = "supersede";

    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly RecordWriter _record = new();

    public OutboxEntry Prompt(PromptCommand prompt, long number)
    {
        _json.Clear();
        JsonLines.WriteWhole(prompt, _json);
        var kind = prompt.Kind switch { PromptKind.Send => SendKind, PromptKind.Cancel => CancelKind, _ => SupersedeKind };
        var key = $"{prompt.PromptId}/{kind}";
        return Entry(key, number, new(topics.OfChannel(prompt.Channel), Encoding.UTF8.GetBytes(prompt.User), WithoutLineEnd(_json.WrittenMemory),
        [
            new(TriggerHeader, prompt.Trigger),
            new(KindHeader, kind),
            new(DecidedAtHeader, prompt.DecidedAt.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
            new(PurposeHeader, prompt.ConsentPurpose),
        ]));
    }

    public OutboxEntry Decision(DecisionRecord decision, long number)
    {
        _json.Clear();
        JsonLines.Write(decision, _json);
        var key = DecisionPrefix + number.ToString(CultureInfo.InvariantCulture);
        return Entry(key, number, new(topics.Decisions!, Encoding.UTF8.GetBytes(decision.User), WithoutLineEnd(_json.WrittenMemory), []));
    }

    public OutboxEntry Message(in AddressedMessage told, long number) =>
        Entry($"exchange/{told.Message.Number}", number, new(topics.Exchange, default, told.Message.Encode(), []) { Partition = told.Lane });

    /// <summary>
    /// A record that could not become an event: its bytes as they came, its coordinates and the reason beside them. Of one that is bigger than its
    /// topic may take only the beginning, which a header says; the whole of it stands at its coordinates.
    /// </summary>
    public OutboxEntry Refused(in InputRecord record, Decoded refused, long number)
    {
        var (code, detail) = RefusalCodes.Of(refused);
        var topic = topics.Read[record.Topic];
        var kept = Math.Min(record.Value.Length, RefusedBytesMax);
        List<KeyValuePair<string, string>> headers =
        [
            new("reason", code),
            new("detail", detail),
            new("topic", topic),
            new("partition", record.Lane.ToString(CultureInfo.InvariantCulture)),
            new("offset", record.Offset.ToString(CultureInfo.InvariantCulture)),
        ];
        if (kept < record.Value.Length)
            headers.Add(new(CutHeader, string.Create(CultureInfo.InvariantCulture, $"the first {kept} of {record.Value.Length} bytes")));
        return Entry($"refused/{topic}/{record.Offset}", number, new(topics.Quarantine, default, record.Value[..kept], headers));
    }

    /// <summary>
    /// The step itself. Until it is published it waits with what it decided: an owner who comes between the two owes the journal both.
    /// </summary>
    public static OutboxEntry Step(JournalStep step, long number) =>
        new(StepPrefix + step.Number.ToString(CultureInfo.InvariantCulture), number, new JournalRecord([step], []).Encode());

    /// <summary>
    /// That a prompt is settled without having been published. It waits for the journal as a step does: else a replay would bring the prompt back.
    /// </summary>
    public static OutboxEntry Withdrawn(string key, long number) => new(WithdrawnPrefix + key, number, new JournalRecord([], [key]).Encode());

    /// <summary>A key that the journal settles says of a prompt that it was withdrawn.</summary>
    public static bool IsWithdrawn(string key) => key.StartsWith(WithdrawnPrefix, StringComparison.Ordinal);

    /// <summary>A key of a decision record: it is numbered by the entries before it, so who makes a lane again does not find it.</summary>
    public static bool IsDecision(string key) => key.StartsWith(DecisionPrefix, StringComparison.Ordinal);

    /// <summary>The prompt's key.</summary>
    public static string OfWithdrawn(string key) => key[WithdrawnPrefix.Length..];

    /// <summary>What the header says of a command; of one that says nothing, that it is sent.</summary>
    public static PromptKind KindOf(string? header) => header switch
    {
        CancelKind => PromptKind.Cancel,
        SupersedeKind => PromptKind.Supersede,
        _ => PromptKind.Send,
    };

    /// <summary>Only the journal is told.</summary>
    public static bool IsForJournal(OutboxEntry entry) => IsStep(entry) || IsWithdrawn(entry.Key);

    /// <summary>The entry is a prompt that its user has opted out of.</summary>
    public static bool IsForbidden(OutboxEntry entry, OptOuts optOuts)
    {
        if (IsForJournal(entry) || Read(entry) is not { } record) return false;
        string? Header(string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
        if (Header(PurposeHeader) is not { } purpose || Header(KindHeader) == CancelKind) return false;
        var decidedAt = long.Parse(Header(DecidedAtHeader)!, CultureInfo.InvariantCulture);
        return optOuts.Forbid(Encoding.UTF8.GetString(record.Key.Span), purpose, new(decidedAt));
    }

    public static bool IsStep(OutboxEntry entry) => IsStep(entry.Key);

    public static bool IsStep(string key) => key.StartsWith(StepPrefix, StringComparison.Ordinal);

    /// <summary>Null for an entry of a newer version.</summary>
    public static OutgoingRecord? Read(OutboxEntry entry)
    {
        var from = new RecordReader(entry.Record.Span);
        var version = from.Byte();
        if (version is not (Version or PlacedVersion)) return null;
        var partition = version == PlacedVersion ? (int?)from.Count() : null;
        var topic = from.Text().ToString();
        var key = from.Text().Span.ToArray();
        var value = from.Text().Span.ToArray();
        var headers = new KeyValuePair<string, string>[from.Items()];
        for (var i = 0; i < headers.Length; i++) headers[i] = new(from.Text().ToString(), from.Text().ToString());
        return from.IsBroken ? null : new(topic, key, value, headers) { Partition = partition };
    }

    private OutboxEntry Entry(string key, long number, in OutgoingRecord record)
    {
        _record.Clear();
        _record.Byte(record.Partition is null ? Version : PlacedVersion);
        if (record.Partition is { } partition) _record.Count(partition);
        _record.Text(new(record.Topic));
        _record.Bytes(record.Key.Span);
        _record.Bytes(record.Value.Span);
        _record.Count(record.Headers.Count);
        foreach (var (name, text) in record.Headers)
        {
            _record.Text(new(name));
            _record.Text(new(text));
        }
        return new(key, number, _record.Written.ToArray());
    }

    private static ReadOnlyMemory<byte> WithoutLineEnd(ReadOnlyMemory<byte> line) => line[..^1];
}

/// <summary>Names of the topics that lanes read and write.</summary>
/// <param name="Inputs">What others write, in the order that records name them by.</param>
/// <param name="Exchange">What lanes tell each other; read behind the inputs.</param>
/// <param name="Channels">Topic of each channel that has one; the others' is <c>prompts.</c> and their name.</param>
/// <param name="Quarantine">Where refused records go.</param>
/// <param name="Decisions">Where decisions go; null: nowhere.</param>
internal sealed record LaneTopics(
    IReadOnlyList<string> Inputs, string Exchange, IReadOnlyDictionary<string, string> Channels, string Quarantine, string? Decisions)
{
    private const string PromptPrefix = "prompts.";

    /// <summary>Everything that a lane reads, in the order that records name topics by.</summary>
    public IReadOnlyList<string> Read { get; } = [.. Inputs, Exchange];

    public bool IsExchange(int topic) => topic == Inputs.Count;

    public string OfChannel(string channel) => Channels.TryGetValue(channel, out var topic) ? topic : PromptPrefix + channel;

    /// <summary>The channel of each topic that the rulebook names. Channels may share a topic; the first by name then stands for them.</summary>
    public IEnumerable<KeyValuePair<string, string>> ChannelOfTopic() => Channels
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).DistinctBy(pair => pair.Value).Select(pair => KeyValuePair.Create(pair.Value, pair.Key));

    /// <summary>The channel whose topic has this name where the rulebook names none; null: it is no such name.</summary>
    public static string? ChannelNamedBy(string topic) => topic.StartsWith(PromptPrefix, StringComparison.Ordinal) ? topic[PromptPrefix.Length..] : null;
}
