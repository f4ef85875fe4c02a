using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// Writes what a profile update brings into the user's attributes; only attributes that the rulebook reads are kept. The zone of the user's device is one
/// that behavior events may bring too.
/// </summary>
internal sealed class Profile(EventSchema schema, int[] attributes, DeviceZone? device, LaneCounters counters)
{
    private readonly int _updateType = schema.TypeOf(EventTypes.ProfileUpdate);

    /// <summary>Behavior events say something of the user's device, to be heard with <see cref="Locate(in BehaviorEvent, UserState)"/>.</summary>
    public bool KnowsDevice => device is not null;

    /// <summary>Of events that are no profile update nothing is taken. A missing property leaves the attribute as it is.</summary>
    public void Update(in BehaviorEvent e, UserState user)
    {
        if (e.Type != _updateType) return;
        foreach (var attribute in attributes)
        {
            var slot = schema.Slot(e.Type, attribute);
            if (slot >= 0 && e.Properties[slot] is { IsNull: false } value) Set(user, attribute, value);
        }
    }

    /// <summary>Of a behavior event, before the user is seen by it: one that comes after a later one says nothing of where the device is.</summary>
    public void Locate(in BehaviorEvent e, UserState user)
    {
        if (device is null || (user.LastSeen is { } last && e.At < last)) return;
        var slot = schema.Slot(e.Type, device.Property);
        if (slot >= 0 && e.Properties[slot] is { Kind: ValueKind.Text, Text.IsEmpty: false } zone) Set(user, device.Attribute, zone);
    }

    private void Set(UserState user, int attribute, in Value value)
    {
        var kept = user.Attributes ??= new();
        var known = kept[attribute];
        if (known == value) return;
        if (kept.Count == Limits.AttributesMax && !kept.Has(attribute))
        {
            counters.AttributesRefused++;
            return;
        }
        kept[attribute] = value.Kind switch
        {
            ValueKind.Text => Value.Of(Written(Cut(value.Text), known.Text)),
            ValueKind.List => Value.List(value.Items.ToArray().Select(Owned).ToArray(), 0, value.Items.Length),
            _ => value,
        };
    }

    /// <summary>The text in bytes of its own: those of the value it replaces, where they suffice.</summary>
    private static Utf8Text Written(Utf8Text text, Utf8Text replaced)
    {
        if (text.IsEmpty || replaced.Owner.Length < text.Length) return text.Detach();
        text.Span.CopyTo(replaced.Owner);
        return new(replaced.Owner, 0, text.Length);
    }

    private static Value Owned(Value item) => item.Kind == ValueKind.Text ? Value.Of(Cut(item.Text).Detach()) : item;

    private static Utf8Text Cut(Utf8Text text) =>
        text.Length <= Limits.AttributeBytesMax ? text : new(text.Owner, text.Offset, Limits.AttributeBytesMax);
}

/// <summary>What tells the zone of a user's device.</summary>
/// <param name="Property">Index of the property that names it.</param>
/// <param name="Attribute">Index of the attribute that keeps it.</param>
internal sealed record DeviceZone(int Property, int Attribute);
