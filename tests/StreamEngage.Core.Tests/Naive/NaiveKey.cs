using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>The value that tells the instances of a trigger apart.</summary>
internal readonly record struct NaiveKey(object? Value)
{
    /// <summary>The only key of a trigger without <c>per</c>.</summary>
    public static readonly NaiveKey Whole = new("");

    public string Text => Value is string text ? text : NaiveValue.Text(Value);

    public static NaiveKey Of(TriggerDefinition trigger, NaiveEvent e) =>
        trigger.Per is { } per ? new NaiveKey(e.Property(per.Property)) : Whole;

    /// <summary>An exit event ends its own key; one that has no key ends them all.</summary>
    public static Func<NaiveKey, bool> EndedBy(TriggerDefinition trigger, NaiveEvent exit)
    {
        var key = Of(trigger, exit);
        return key.Value is null ? _ => true : other => other == key;
    }
}
