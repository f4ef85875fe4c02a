using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using StreamEngage.State;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Detect;

/// <summary>What names mean where an expression stands.</summary>
/// <param name="EventTypes">The types <c>event</c> can have; empty: every type.</param>
/// <param name="OwnAlias">The alias that means the current event, besides <c>event</c>; null: none.</param>
internal sealed record NameBinding(IReadOnlyList<int> EventTypes, string? OwnAlias = null)
{
    /// <summary>True where <c>event</c> is the event being applied; false where it was captured before.</summary>
    public bool EventIsCurrent { get; init; } = true;

    /// <summary>Where captured values stand; null where nothing is captured.</summary>
    public CaptureLayout? Captures { get; init; }

    /// <summary>The types each alias can have.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> AliasTypes { get; init; } = new Dictionary<string, IReadOnlyList<int>>();
}

/// <summary>Makes executable expressions, and notes in schema and window plan what they will read.</summary>
/// <remarks>Expects expressions whose names and types were checked; what the checks refuse throws here.</remarks>
internal sealed class ExpressionCompiler(EventSchema schema, WindowPlan windows)
{
    private static readonly Dictionary<string, EventField> Fields = new(StringComparer.Ordinal)
    {
        ["type"] = EventField.Type,
        ["at"] = EventField.At,
        ["source"] = EventField.Source,
        ["session"] = EventField.Session,
    };

    private readonly Dictionary<string, (CompiledExpression Score, WindowReach[] Reads)> _scores = new(StringComparer.Ordinal);

    /// <summary>Index of a segment's name; set before the first expression is compiled.</summary>
    public IReadOnlyDictionary<string, int> Segments { get; init; } = new Dictionary<string, int>();

    /// <summary>The models that may be asked.</summary>
    public IReadOnlyList<ModelDefinition> Models { get; init; } = [];

    /// <summary>Makes what scores by a model.</summary>
    public required Func<ModelDefinition, Scorer> ScorerOf { get; init; }

    /// <summary>What names of a user stand for.</summary>
    public required UserNames UserNames { get; init; }

    /// <summary>By which stages are made, and by what users are ranked.</summary>
    public required PolicyDefinition Policy { get; init; }

    /// <summary>By what users are ranked; null while no expression asked.</summary>
    public StandingRead? Standing { get; private set; }

    /// <summary>True once an expression read the user's stage.</summary>
    public bool ReadsStage { get; private set; }

    /// <summary>True once an expression read the open session.</summary>
    public bool ReadsSession { get; private set; }

    public CompiledExpression Compile(Expression expression, NameBinding names) => expression switch
    {
        LiteralExpression literal => new Constant(ValueOf(literal)),
        NameExpression name => Name(name, names),
        UnaryExpression { Operator: UnaryOperator.Not } not => new Not(Compile(not.Operand, names)),
        UnaryExpression negate => new NumberOf(NumberFunction.Negate, Compile(negate.Operand, names)),
        BinaryExpression binary => Binary(binary, names),
        InExpression of => new In(Compile(of.Operand, names), [.. of.Items.Select(item => Compile(item, names))]),
        BetweenExpression between => new Between(
            Compile(between.Operand, names), Compile(between.Low, names), Compile(between.High, names)),
        IsNullExpression isNull => new IsNull(Compile(isNull.Operand, names), isNull.Negated),
        WindowExpression window => Window(window, names),
        CallExpression call => Call(call, names),
        _ => throw new ArgumentException($"{expression.At}: no code for {expression.GetType().Name}."),
    };

    public CompiledExpression? CompileOptional(Expression? expression, NameBinding names) =>
        expression is null ? null : Compile(expression, names);

    /// <summary>A property (or field) of the current event, of whichever of the types it is.</summary>
    public CompiledExpression Property(string property, IReadOnlyList<int> types)
    {
        if (Fields.TryGetValue(property, out var field)) return new EventFieldValue(field);
        var index = schema.AddProperty(property);
        if (types.Count == 0) schema.ReadOfAll(index);
        foreach (var type in types) schema.Read(type, index);
        return new EventProperty(schema, index);
    }

    private static Value ValueOf(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Number or ValueType.Duration => Value.Of(literal.Number),
        ValueType.Boolean => Value.Of(literal.Number != 0),
        ValueType.Text => Value.Of(literal.Text!),
        _ => Value.Null,
    };

    private CompiledExpression Name(NameExpression name, NameBinding names) => name.Scope switch
    {
        "user" => UserNames.Meaning(name) is { } meaning ? Compile(meaning, names) : UserName(name.Property),
        "session" => SessionName(name.Property),
        "it" => Property(name.Property, names.EventTypes),
        _ => EventName(name, names),
    };

    private CompiledExpression EventName(NameExpression name, NameBinding names)
    {
        var isEvent = name.Scope == CaptureLayout.EventAlias;
        if (names.EventIsCurrent && (isEvent || name.Scope == names.OwnAlias)) return Property(name.Property, names.EventTypes);
        if (names.Captures is not { } captures) throw new ArgumentException($"{name.At}: nothing is called {name.Scope} here.");
        var types = isEvent ? names.EventTypes : names.AliasTypes[name.Scope];
        return new CapturedValue(captures.IndexOf(name.Scope, name.Property, () => Property(name.Property, types)));
    }

    private CompiledExpression UserName(string property) => property switch
    {
        "first_seen" => new UserSeen(first: true),
        "last_seen" => new UserSeen(first: false),
        "time_zone" => new UserZone(),
        "stage" => Stage(),
        "r_score" => Rank(Ranking.Recency),
        "f_score" => Rank(Ranking.Frequency),
        "m_score" => Rank(Ranking.Monetary),
        _ => new UserAttribute(Attribute(property)),
    };

    private UserStage Stage()
    {
        ReadsStage = true;
        return new(Policy.Lifecycle);
    }

    private UserScore Rank(Ranking ranking)
    {
        CompiledExpression Number(string name) => Compile(UserNames.Meaning(new NameExpression(default, "user", name))!, new([]));
        // Compiled again for each: so each reader is one of the windows.
        var read = new StandingRead(Number("recency"), Number("frequency"), Number("monetary"));
        return new(ranking, Standing = read, Policy.Rfm.Scores);
    }

    /// <summary>An attribute is a property that profile updates bring.</summary>
    public int Attribute(string name)
    {
        var property = schema.AddProperty(name);
        schema.Read(schema.AddType(EventTypes.ProfileUpdate), property);
        return property;
    }

    private SessionValue SessionName(string property)
    {
        ReadsSession = true;
        return new(property switch
        {
            "count" => SessionField.Count,
            "duration" => SessionField.Duration,
            "first_type" => SessionField.FirstType,
            "last_type" => SessionField.LastType,
            _ => SessionField.Value,
        });
    }

    private CompiledExpression Binary(BinaryExpression binary, NameBinding names)
    {
        if (Threshold(binary with { Left = UserNames.Resolve(binary.Left) }, names) is { } threshold) return threshold;
        var left = Compile(binary.Left, names);
        var right = Compile(binary.Right, names);
        return binary.Operator switch
        {
            BinaryOperator.And => new And(left, right),
            BinaryOperator.Or => new Or(left, right),
            BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.Divide =>
                new Arithmetic(binary.Operator, left, right),
            _ => right is Constant { Value.Kind: ValueKind.Number } constant
                ? new NumberComparison(binary.Operator, left, constant.Value.Number)
                : new Comparison(binary.Operator, left, right),
        };
    }

    /// <summary><c>count(..) over W</c> against a number: needs the newest entries only.</summary>
    private CompiledExpression? Threshold(BinaryExpression binary, NameBinding names)
    {
        if (binary is not { Left: WindowExpression { Function: WindowFunction.Count, Unit: WindowUnit.Rolling, Daily: false } window }
            || binary.Right is not LiteralExpression { Type: ValueType.Number, Number: >= 0 and < Limits.WindowEntriesMax } bound)
            return null;
        var atLeast = (int)Math.Ceiling(bound.Number);
        var moreThan = (int)Math.Floor(bound.Number) + 1;
        return binary.Operator switch
        {
            BinaryOperator.GreaterOrEqual => AtLeast(window, atLeast, names),
            BinaryOperator.Greater => AtLeast(window, moreThan, names),
            BinaryOperator.Less => new Not(AtLeast(window, atLeast, names)),
            BinaryOperator.LessOrEqual => new Not(AtLeast(window, moreThan, names)),
            BinaryOperator.Equal or BinaryOperator.NotEqual =>
                new NumberComparison(binary.Operator, Window(window, names, moreThan), bound.Number),
            _ => null,
        };
    }

    private CountAtLeast AtLeast(WindowExpression window, int needed, NameBinding names)
    {
        var slot = SlotOf(window, Math.Max(1, needed));
        var by = By(window, names);
        var read = new WindowRead(slot, window.Function, window.Unit, window.LengthMilliseconds, by);
        return new(slot, read, window.LengthMilliseconds, by, needed);
    }

    private WindowRead Window(WindowExpression window, NameBinding names, int? entriesNeeded = null) =>
        new(SlotOf(window, entriesNeeded), window.Function, window.Unit, window.LengthMilliseconds, By(window, names));

    private CompiledExpression? By(WindowExpression window, NameBinding names) =>
        window.By is null ? null
        : names.EventIsCurrent ? Property(window.By, names.EventTypes)
        : EventName(new(window.At, CaptureLayout.EventAlias, window.By), names);

    private WindowSlot SlotOf(WindowExpression window, int? entriesNeeded)
    {
        var type = schema.AddType(window.EventType);
        return windows.SlotOf(window, entriesNeeded, () => FeedOf(window, entriesNeeded is not null, type), type);
    }

    private WindowFeed FeedOf(WindowExpression window, bool isThreshold, int type)
    {
        IReadOnlyList<int> types = [type];
        return new(
            windows.NewSlot(window, isThreshold),
            CompileOptional(window.Filter, new(types)),
            window.Property is null ? null : Property(window.Property, types),
            window.By is null ? null : Property(window.By, types));
    }

    /// <summary>Something compiled so far reads the model's score.</summary>
    public bool IsAsked(string model) => _scores.ContainsKey(model);

    /// <summary>A model that is asked in many places is read by one expression, and each of them by the model's windows. Null where nobody knows it.</summary>
    public CompiledExpression Score(string name)
    {
        if (_scores.TryGetValue(name, out var known))
        {
            windows.Reads.AddRange(known.Reads);
            return known.Score;
        }
        var read = windows.Reads.Count;
        var score = Score(Models.FirstOrDefault(model => model.Name == name));
        _scores[name] = (score, [.. windows.Reads.Skip(read)]);
        return score;
    }

    private CompiledExpression Score(ModelDefinition? model) => model is null
        ? new Constant(Value.Null)
        : new ModelScore([.. model.Features.Select(feature => new CompiledFeature(Compile(feature.Value, new([])), feature.Missing))], ScorerOf(model));

    private CompiledExpression Call(CallExpression call, NameBinding names)
    {
        CompiledExpression Argument(int index) => Compile(call.Arguments[index], names);
        string Text(int index) => ((LiteralExpression)call.Arguments[index]).Text!;
        return call.Function switch
        {
            "since" => new Since(windows.Latest(schema.AddType(Text(0)), Text(0))),
            "score" => Score(Text(0)),
            "segment" => new SegmentMember(Segments[Text(0)]),
            "local_hour" => new LocalTime(weekday: false),
            "local_weekday" => new LocalTime(weekday: true),
            "lower" => new Lower(Argument(0)),
            "contains" => new TextTest(startsWith: false, Argument(0), Argument(1)),
            "starts_with" => new TextTest(startsWith: true, Argument(0), Argument(1)),
            "abs" => new NumberOf(NumberFunction.Absolute, Argument(0)),
            "round" => new NumberOf(NumberFunction.Round, Argument(0)),
            "coalesce" => new Coalesce([.. call.Arguments.Select(argument => Compile(argument, names))]),
            _ => throw new ArgumentException($"{call.At}: no function is called {call.Function}."),
        };
    }
}
