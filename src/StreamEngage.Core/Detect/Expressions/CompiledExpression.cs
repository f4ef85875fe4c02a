using StreamEngage.Events;

namespace StreamEngage.Detect.Expressions;

/// <summary>The executable form of an expression. Immutable, shared by all users; evaluating allocates nothing but what a text function makes.</summary>
internal abstract class CompiledExpression
{
    /// <summary>The value in this scope.</summary>
    public abstract Value Evaluate(in Scope scope);

    /// <summary>True when the value is the boolean true; null does not hold.</summary>
    public virtual bool Holds(in Scope scope) => Evaluate(scope).IsTrue;

    /// <summary>The identity of the value as a key; false and 0 for null.</summary>
    public virtual bool TryIdentify(in Scope scope, out ulong identity)
    {
        var value = Evaluate(scope);
        identity = value.Identity;
        return !value.IsNull;
    }

    /// <summary>
    /// The first instant after the scope's at which the value may differ though nothing happens; long.MaxValue when time alone
    /// cannot change it. May be too early, never too late.
    /// </summary>
    public virtual long NextChange(in Scope scope) => long.MaxValue;
}

/// <summary>A literal.</summary>
internal sealed class Constant(Value value) : CompiledExpression
{
    public Value Value => value;

    public override Value Evaluate(in Scope scope) => value;
}

/// <summary>A property of the current event.</summary>
internal sealed class EventProperty(EventSchema schema, int property) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var slot = schema.Slot(scope.Event.Type, property);
        return slot < 0 ? Value.Null : scope.Event.Properties[slot];
    }

    public override bool TryIdentify(in Scope scope, out ulong identity)
    {
        identity = 0;
        var slot = schema.Slot(scope.Event.Type, property);
        if (slot < 0) return false;
        ref readonly var value = ref scope.Event.Properties[slot];
        identity = value.Identity;
        return !value.IsNull;
    }
}

/// <summary>What every event has beside its properties.</summary>
internal enum EventField { Type, At, Source, Session }

/// <summary>A field of the current event; null where there is no event or the field is empty.</summary>
internal sealed class EventFieldValue(EventField field) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => scope.HasEvent ? Of(field, scope.Event) : Value.Null;

    public static Value Of(EventField field, in BehaviorEvent e) => field switch
    {
        EventField.Type => Value.Of(e.TypeName),
        EventField.At => Value.Of(e.At.UnixMilliseconds),
        EventField.Source => TextOrNull(e.Source),
        _ => TextOrNull(e.Session),
    };

    private static Value TextOrNull(Utf8Text text) => text.IsEmpty ? Value.Null : Value.Of(text);
}

/// <summary>A value that the trigger captured from an earlier event.</summary>
internal sealed class CapturedValue(int index) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => scope.Captured is { } progress ? progress.Captured[index] : Value.Null;
}

/// <summary>An attribute of the user's profile.</summary>
internal sealed class UserAttribute(int property) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) =>
        scope.User.Attributes is { } attributes ? attributes[property] : Value.Null;
}

/// <summary>When the user was first (or last) seen, as milliseconds since the epoch.</summary>
internal sealed class UserSeen(bool first) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) =>
        (first ? scope.User.FirstSeen : scope.User.LastSeen) is { } at ? Value.Of(at.UnixMilliseconds) : Value.Null;
}

/// <summary>The user's zone: the one that is set, else that of the device, else the policy's default.</summary>
internal sealed class UserZone : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => scope.Civil.ZoneIdOf(scope.User);
}

/// <summary>What a session knows of itself.</summary>
internal enum SessionField { Count, Duration, FirstType, LastType, Value }

/// <summary>A field of the user's open session; null when none is open.</summary>
internal sealed class SessionValue(SessionField field) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        if (scope.User.Session is not { IsOpen: true } session) return Value.Null;
        return field switch
        {
            SessionField.Count => Value.Of(session.Count),
            SessionField.Duration => Value.Of(session.Duration),
            SessionField.FirstType => Value.Of(session.FirstType),
            SessionField.LastType => Value.Of(session.LastType),
            _ => Value.Of(session.Value),
        };
    }
}

/// <summary>Whether the user is a member of a segment, as of the last instant the segment was looked at.</summary>
internal sealed class SegmentMember(int segment) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(scope.User.IsMember(segment));
}

/// <summary>The score of a model for the user; null when it is no finite number.</summary>
internal sealed class ModelScore(CompiledFeature[] features, Scorer scorer) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        Span<double> read = stackalloc double[features.Length];
        for (var place = 0; place < read.Length; place++) read[place] = features[place].Read(scope);
        var score = scorer(read);
        return double.IsFinite(score) ? Value.Of(score) : Value.Null;
    }

    public override long NextChange(in Scope scope)
    {
        var next = long.MaxValue;
        foreach (var feature in features) next = Math.Min(next, feature.Value.NextChange(scope));
        return next;
    }
}

/// <summary>A number that a model reads.</summary>
/// <param name="Value">What it is read from.</param>
/// <param name="Missing">What stands for it where that is no number.</param>
internal sealed record CompiledFeature(CompiledExpression Value, double Missing)
{
    public double Read(in Scope scope)
    {
        var value = Value.Evaluate(scope);
        return value.Kind switch
        {
            ValueKind.Number => value.Number,
            ValueKind.Boolean => value.IsTrue ? 1 : 0,
            _ => Missing,
        };
    }
}
