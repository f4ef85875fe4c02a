namespace StreamEngage.Rules.Expressions;

/// <summary>A parsed expression of the trigger language: a tree of its terms, each knowing where it was written.</summary>
/// <remarks>Immutable. Says nothing about values: types are checked and code is made by Detect.</remarks>
/// <param name="At">Where the term begins.</param>
internal abstract record Expression(SourcePosition At);

/// <summary>The kinds of literal, and the static types of the language besides <see cref="Any"/>.</summary>
internal enum ValueType
{
    /// <summary>Known only when an event is there: a property no catalogue describes.</summary>
    Any,

    /// <summary>The literal <c>null</c>.</summary>
    Null,

    /// <summary>A double.</summary>
    Number,

    /// <summary>UTF-8 text, compared ordinally.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Milliseconds. Instants (<c>event.at</c>, <c>user.first_seen</c>) are durations since the epoch.</summary>
    Duration,
}

/// <summary>A number, string, boolean, duration (milliseconds in <see cref="Number"/>) or null.</summary>
internal sealed record LiteralExpression(SourcePosition At, ValueType Type, double Number, string? Text)
    : Expression(At);

/// <summary>
/// <c>scope.property</c>: an alias of the trigger, or <c>event</c>, <c>it</c>, <c>user</c>, <c>session</c>.
/// The property keeps its dots: <c>event.cart.total</c> is property <c>cart.total</c>.
/// </summary>
internal sealed record NameExpression(SourcePosition At, string Scope, string Property) : Expression(At);

/// <summary>The operators with one operand.</summary>
internal enum UnaryOperator { Not, Negate }

/// <summary>The operators with two operands.</summary>
internal enum BinaryOperator { Or, And, Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Add, Subtract, Multiply, Divide }

/// <summary><c>not x</c> or <c>-x</c>.</summary>
internal sealed record UnaryExpression(SourcePosition At, UnaryOperator Operator, Expression Operand) : Expression(At);

/// <summary><c>left operator right</c>.</summary>
internal sealed record BinaryExpression(SourcePosition At, BinaryOperator Operator, Expression Left, Expression Right)
    : Expression(At);

/// <summary><c>x in [a, b]</c>; over an array property it is true when any element is listed.</summary>
internal sealed record InExpression(SourcePosition At, Expression Operand, IReadOnlyList<Expression> Items) : Expression(At);

/// <summary><c>x between low and high</c>, both ends included.</summary>
internal sealed record BetweenExpression(SourcePosition At, Expression Operand, Expression Low, Expression High)
    : Expression(At);

/// <summary><c>x is null</c>, or <c>x is not null</c> when negated.</summary>
internal sealed record IsNullExpression(SourcePosition At, Expression Operand, bool Negated) : Expression(At);

/// <summary>The aggregates a window can give.</summary>
internal enum WindowFunction { Count, Sum, Avg, Min, Max, Distinct, First, Last }

/// <summary>How far back a window reaches from the instant it is read at.</summary>
internal enum WindowUnit
{
    /// <summary><c>(t - length, t]</c>.</summary>
    Rolling,

    /// <summary>From the local midnight of the user, included, to t.</summary>
    Today,

    /// <summary>From the local Monday's midnight of the user, included, to t.</summary>
    ThisWeek,
}

/// <summary>
/// <c>sum(type.property where filter by key) over length every 1d</c>. <see cref="LengthMilliseconds"/> is 0 for calendar units.
/// </summary>
internal sealed record WindowExpression(SourcePosition At, WindowFunction Function, string EventType, string? Property)
    : Expression(At)
{
    /// <summary>Which of the events count: names <c>it.x</c> are the event being counted. Null: all.</summary>
    public Expression? Filter { get; init; }

    /// <summary>Only events whose property of this name equals the current event's. Null: all.</summary>
    public string? By { get; init; }

    /// <summary>Rolling, or a calendar unit of the user's zone.</summary>
    public WindowUnit Unit { get; init; }

    /// <summary>Length of a rolling window in milliseconds, at least 1.</summary>
    public long LengthMilliseconds { get; init; }

    /// <summary>True for <c>every 1d</c>: one entry a UTC day.</summary>
    public bool Daily { get; init; }
}

/// <summary>
/// A call of one of the plain functions: <c>since, score, segment, local_hour, local_weekday, lower, contains,
/// starts_with, abs, round, coalesce</c>. Event types and model names are string literals in <see cref="Arguments"/>.
/// </summary>
internal sealed record CallExpression(SourcePosition At, string Function, IReadOnlyList<Expression> Arguments)
    : Expression(At);
