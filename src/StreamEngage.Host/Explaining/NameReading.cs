using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Ingest;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>Reads an input for who turned out to be whom: what an id did before comes before the event that says whose it is.</summary>
internal sealed class NameReading
{
    private readonly JsonEventDecoder _json;
    private readonly AvroEventDecoder _avro;
    private readonly EventBatch _batch = new();
    private readonly int _identify;
    private readonly int _anonymous;
    private readonly Dictionary<string, HashSet<string>> _joined = [];

    public NameReading(RulebookDefinition rules)
    {
        var schema = RulebookCompiler.Compile(new RulebookDefinition { Policy = rules.Policy }).Schema;
        (_json, _avro) = (new(schema), new(schema));
        _identify = schema.TypeOf(EventTypes.Identify);
        _anonymous = schema.Slot(_identify, schema.PropertyOf("anonymous"));
    }

    public void Offer(in FeedRow row)
    {
        if (row.Fault is null && TryDecode(row, out var e, out var properties) && e.Type == _identify)
        {
            var (user, anonymous) = (e.User.ToString(), properties[_anonymous].Text.ToString());
            Join(user, anonymous);
            Join(anonymous, user);
        }
        _batch.Clear();
    }

    /// <summary>The user's and all that any chain of events joins to it: more than the engine joins where it refuses, which does no harm.</summary>
    public HashSet<string> NamesOf(string user)
    {
        var (names, open) = (new HashSet<string> { user }, new Queue<string>([user]));
        while (open.TryDequeue(out var name))
            foreach (var other in _joined.GetValueOrDefault(name) ?? [])
                if (names.Add(other)) open.Enqueue(other);
        return names;
    }

    private bool TryDecode(in FeedRow row, out DecodedEvent e, out PropertyRun properties) => Decoded.Event == (row.Avro is { } reader
        ? _avro.TryDecode(reader, row.Event.Span, _batch, out e, out properties) : _json.TryDecode(row.Event.Span, _batch, out e, out properties));

    private void Join(string user, string other)
    {
        if (!_joined.TryGetValue(user, out var others)) _joined.Add(user, others = []);
        others.Add(other);
    }
}
