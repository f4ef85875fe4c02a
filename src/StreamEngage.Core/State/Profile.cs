using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Writes what a profile update brings into the user's attributes; only attributes that the rulebook reads are kept.</summary>
internal sealed class Profile(EventSchema schema, int[] attributes, LaneCounters counters)
{
    private readonly int _updateType = schema.TypeOf(EventTypes.ProfileUpdate);

    /// <summary>A missing property leaves the attribute as it is.</summary>
    public void Update(in BehaviorEvent e, UserState user)
    {
        if (e.Type != _updateType) return;
        foreach (var attribute in attributes)
        {
            var slot = schema.Slot(e.Type, attribute);
            if (slot >= 0 && e.Properties[slot] is { IsNull: false } value) Set(user, attribute, value);
        }
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
