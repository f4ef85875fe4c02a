using System.Globalization;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Writes what consent, channel and outcome events say into the user's contact.</summary>
internal sealed class ContactBook
{
    private const int PromptIdDigits = 32;

    private readonly LaneCounters _counters;
    private readonly Dictionary<uint, Utf8Text> _purposes;
    private readonly Dictionary<uint, Utf8Text> _channels;
    private readonly (int Type, int Purpose, int Status) _consent;
    private readonly (int Type, int Channel, int Reachable) _channel;
    private readonly (int Type, int PromptId, int Outcome, int Purpose) _outcome;

    /// <param name="schema">Of a rulebook for which <see cref="Read"/> was called.</param>
    /// <param name="counters">Of the lane.</param>
    /// <param name="purposes">Those the rulebook names.</param>
    /// <param name="channels">Those the rulebook names.</param>
    public ContactBook(EventSchema schema, LaneCounters counters, IEnumerable<Utf8Text> purposes, IEnumerable<Utf8Text> channels)
    {
        _counters = counters;
        _purposes = purposes.Distinct().ToDictionary(IdentityOf);
        _channels = channels.Distinct().ToDictionary(IdentityOf);
        int Slot(int type, string property) => schema.Slot(type, schema.PropertyOf(property));
        var (consent, channel, outcome) =
            (schema.TypeOf(EventTypes.ConsentUpdate), schema.TypeOf(EventTypes.ChannelUpdate), schema.TypeOf(EventTypes.PromptOutcome));
        _consent = (consent, Slot(consent, "purpose"), Slot(consent, "status"));
        _channel = (channel, Slot(channel, "channel"), Slot(channel, "reachable"));
        _outcome = (outcome, Slot(outcome, "promptId"), Slot(outcome, "outcome"), Slot(outcome, "purpose"));
    }

    /// <summary>The properties of control events that are kept whatever the rulebook reads.</summary>
    public static void Read(EventSchema schema)
    {
        void Keep(string type, params string[] properties)
        {
            foreach (var property in properties) schema.Read(schema.AddType(type), schema.AddProperty(property));
        }
        Keep(EventTypes.ConsentUpdate, "purpose", "status");
        Keep(EventTypes.ChannelUpdate, "channel", "reachable");
        Keep(EventTypes.PromptOutcome, "promptId", "outcome", "purpose");
        Keep(EventTypes.PromptApproval, "promptId", "status");
    }

    /// <summary>What stands for a channel or a purpose in records.</summary>
    public static uint IdentityOf(Utf8Text name) => (uint)(Hash64.Of(name.Span) >> 32);

    public void Update(in BehaviorEvent e, UserState user)
    {
        var isTaken = e.Type == _consent.Type ? Consent(e, user)
            : e.Type == _channel.Type ? Channel(e, user)
            : e.Type != _outcome.Type || Outcome(e, user);
        if (!isTaken) _counters.ControlsRefused++;
    }

    /// <summary>
    /// A word so late that an erasure before it may be forgotten itself. That of a user of whom nothing else is known may be from before one, so
    /// it must not allow anything.
    /// </summary>
    public void UpdateForgotten(in BehaviorEvent e, UserState user)
    {
        if (user.IsBlank && e.Type == _consent.Type && Is(e.Properties[_consent.Status], "granted"u8)) _counters.ControlsRefused++;
        else Update(e, user);
    }

    /// <summary>Without a purpose it is a word on all of them.</summary>
    private bool Consent(in BehaviorEvent e, UserState user)
    {
        var (purpose, status) = (e.Properties[_consent.Purpose], e.Properties[_consent.Status]);
        var isGranted = Is(status, "granted"u8);
        if ((!isGranted && !Is(status, "denied"u8)) || !(purpose.IsNull || purpose.Kind == ValueKind.Text)) return false;
        return purpose.Text.Length <= Limits.AttributeBytesMax && Of(user).Take(new(purpose.Text, isGranted, e.At));
    }

    private bool Channel(in BehaviorEvent e, UserState user)
    {
        var (name, reachable) = (e.Properties[_channel.Channel], e.Properties[_channel.Reachable]);
        if (name.Kind != ValueKind.Text || name.Text.IsEmpty || name.Text.Length > Limits.AttributeBytesMax) return false;
        if (reachable.Kind != ValueKind.Boolean) return false;
        var contact = Of(user);
        if ((contact.Channel(name.Text) ?? contact.Open(name.Text.Detach())) is not { } channel) return false;
        channel.Say(reachable.IsTrue, e.At);
        return true;
    }

    private bool Outcome(in BehaviorEvent e, UserState user)
    {
        var (id, outcome) = (e.Properties[_outcome.PromptId], e.Properties[_outcome.Outcome]);
        var fate = FateOf(outcome);
        if (fate == PromptFate.None) return false;
        var known = user.Contact is { } contact && IdOf(id) is { } made ? contact.Prompt(made) : null;
        if (fate == PromptFate.Unsubscribed) Unsubscribe(e, user, known);
        // Of a prompt that is not remembered any more nothing else follows.
        if (known is not { } prompt || (prompt.Fate & fate) != 0) return true;
        Of(user).Mark(prompt.Id, fate);
        var channel = _channels.TryGetValue(prompt.Channel, out var name) ? Of(user).Channel(name) : null;
        if (channel is not null && fate == PromptFate.Failed) channel.Sent--;
        if (channel is not null && fate == PromptFate.Engaged) channel.Engaged++;
        return true;
    }

    /// <summary>Denies what the event names, else the prompt's purpose; where neither is known, everything.</summary>
    private void Unsubscribe(in BehaviorEvent e, UserState user, PromptTrace? prompt)
    {
        var named = e.Properties[_outcome.Purpose];
        var purpose = named.Kind == ValueKind.Text ? named.Text : prompt is not { } known ? default : _purposes.GetValueOrDefault(known.Purpose);
        Of(user).Take(new(purpose.Length > Limits.AttributeBytesMax ? default : purpose, IsGranted: false, e.At));
    }

    private static Contact Of(UserState user) => user.Contact ??= new();

    /// <summary>The value is this text.</summary>
    public static bool Is(in Value value, ReadOnlySpan<byte> text) => value.Kind == ValueKind.Text && value.Text.Span.SequenceEqual(text);

    private static PromptFate FateOf(in Value outcome) =>
        Is(outcome, "delivered"u8) ? PromptFate.Delivered
        : Is(outcome, "failed"u8) ? PromptFate.Failed
        : Is(outcome, "opened"u8) || Is(outcome, "clicked"u8) ? PromptFate.Engaged
        : Is(outcome, "dismissed"u8) ? PromptFate.Dismissed
        : Is(outcome, "unsubscribed"u8) ? PromptFate.Unsubscribed
        : PromptFate.None;

    /// <summary>The id of a prompt as events write it; null where it is none.</summary>
    public static UInt128? IdOf(in Value id) =>
        id.Kind == ValueKind.Text && id.Text.Length == PromptIdDigits
        && UInt128.TryParse(id.Text.Span, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
}
