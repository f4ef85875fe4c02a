namespace StreamEngage.Rules.Expressions;

internal sealed partial class ExpressionTypes
{
    private ValueType NameType(NameExpression name)
    {
        if (_scope.It is not null && name.Scope != "it")
            return Unfilterable(name.At, $"'{name.Scope}.{name.Property}'");
        switch (name.Scope)
        {
            case "it" when _scope.It is null:
                return Unknown(name.At, "it-outside-window", "'it' is the event a window counts; it can only be read inside a window's where");
            case "it": return PropertyType(name.At, [_scope.It!], name.Property);
            case "event" when _scope.EventTypes is null:
                return Unknown(name.At, "no-event", $"there is no event in {_scope.Place}; read windows, user.x or session.x");
            case "event": return PropertyType(name.At, _scope.EventTypes!, name.Property);
            case "user": return UserType(name);
            case "session": return SessionType(name);
            default: return AliasType(name);
        }
    }

    private ValueType UserType(NameExpression name)
    {
        if (UserNames.IsScore(name))
        {
            foreach (var read in (string[])["recency", "frequency", "monetary"]) CheckRead(name, name with { Property = read });
        }
        CheckRead(name, name);
        return EventProperties.User.GetValueOrDefault(name.Property, ValueType.Any);
    }

    private void CheckRead(NameExpression name, NameExpression of)
    {
        var read = _scope.Names?.Meaning(of) switch
        {
            WindowExpression window => (Type: window.EventType, window.Property),
            CallExpression { Arguments: [LiteralExpression { Text: { } type }] } => (Type: type, Property: null),
            _ => (Type: null, Property: (string?)null),
        };
        if (read.Type is { } needed && (!EventProperties.HasType(_scope.Catalogue, needed) || IsMissing(needed, read.Property)))
            Report(
                name.At,
                "rfm",
                $"user.{name.Property} is read of '{needed}{(read.Property is null ? "" : $".{read.Property}")}', which the catalogue does not have; "
                    + $"policy.yaml says of what: rfm: {{frequency: order, monetary: order.total}}");
    }

    private bool IsMissing(string type, string? property) => property is not null && EventProperties.Of(_scope.Catalogue, type, property) is null;

    private ValueType SessionType(NameExpression name)
    {
        if (EventProperties.Session.TryGetValue(name.Property, out var type))
            return type;
        var hint = NearestName.Hint(name.Property, EventProperties.Session.Keys);
        return Unknown(name.At, "unknown-property", $"a session has no '{name.Property}'{hint}");
    }

    private ValueType AliasType(NameExpression name)
    {
        if (_scope.Aliases.TryGetValue(name.Scope, out var type))
            return PropertyType(name.At, [type], name.Property);
        if (_scope.OtherAliases.Contains(name.Scope))
            return Unknown(name.At, "unknown-name", $"'{name.Scope}' is another event and {_scope.Place} sees only its own; 'per:' relates events");
        var known = _scope.Aliases.Keys.Concat(ExpressionFunctions.Scopes.Where(IsReadable));
        return Unknown(name.At, "unknown-name", $"nothing is called '{name.Scope}' here{NearestName.Hint(name.Scope, known)}");
    }

    private bool IsReadable(string scope) => scope switch
    {
        "it" => _scope.It is not null,
        "event" => _scope.EventTypes is not null,
        _ => true,
    };

    private ValueType PropertyType(SourcePosition at, IReadOnlyList<string> eventTypes, string property)
    {
        var described = eventTypes.Where(type => EventProperties.HasType(_scope.Catalogue, type)).ToList();
        if (described.Count == 0 || described.Count < eventTypes.Count)
            return EventProperties.Fields.GetValueOrDefault(property, ValueType.Any);
        var types = described.Select(type => EventProperties.Of(_scope.Catalogue, type, property)).OfType<ValueType>().Distinct().ToList();
        if (types.Count > 0)
            return types.Count == 1 ? types[0] : ValueType.Any;
        var hint = NearestName.Hint(property, described.SelectMany(type => EventProperties.Names(_scope.Catalogue, type)));
        return Unknown(at, "unknown-property", $"an event of type '{string.Join("' or '", described)}' has no property '{property}'{hint}");
    }

    private ValueType WindowType(WindowExpression window)
    {
        if (_scope.It is not null)
            return Unfilterable(window.At, "a window");
        var known = CheckType(window.At, window.EventType);
        if (window.Filter is { } filter)
            CheckCondition(filter, _scope with { It = window.EventType, Place = "a window's where" }, _problems);
        if (window.By is { } key)
            CheckKey(window, key);
        var property = window.Property is { } name && known ? PropertyType(window.At, [window.EventType], name) : ValueType.Any;
        return AggregateType(window, property);
    }

    private ValueType AggregateType(WindowExpression window, ValueType property)
    {
        switch (window.Function)
        {
            case WindowFunction.Count or WindowFunction.Distinct: return ValueType.Number;
            case WindowFunction.First or WindowFunction.Last: return property;
        }

        if (property is not (ValueType.Text or ValueType.Boolean))
            return property == ValueType.Duration ? ValueType.Duration : ValueType.Number;
        var function = window.Function.ToString().ToLowerInvariant();
        return Mistyped(window.At, $"{function} needs numbers, {window.EventType}.{window.Property} is {Shown(property)}");
    }

    private void CheckKey(WindowExpression window, string key)
    {
        if (_scope.EventTypes is null)
            Report(window.At, "no-event", $"'by {key}' compares with event.{key}, and there is no event in {_scope.Place}");
        else
            PropertyType(window.At, _scope.EventTypes, key);
        if (EventProperties.HasType(_scope.Catalogue, window.EventType))
            PropertyType(window.At, [window.EventType], key);
    }

    private bool CheckType(SourcePosition at, string type)
    {
        if (EventProperties.HasType(_scope.Catalogue, type))
            return true;
        var hint = NearestName.Hint(type, EventProperties.Types(_scope.Catalogue));
        Report(at, "unknown-event-type", $"the catalogue has no event type '{type}'{hint}");
        return false;
    }

    private ValueType CallType(CallExpression call)
    {
        if (_scope.It is not null && call.Function is "since" or "score" or "segment" or "local_hour" or "local_weekday")
            return Unfilterable(call.At, call.Function);
        return call.Function switch
        {
            "since" => SinceType(call),
            "score" => NamedType(call, "model", _scope.Models, ValueType.Number),
            "segment" => NamedType(call, "segment", _scope.Segments, ValueType.Boolean),
            "local_hour" or "local_weekday" => ValueType.Number,
            "lower" => TextType(call, ValueType.Text),
            "starts_with" => TextType(call, ValueType.Boolean),
            "contains" => ContainsType(call),
            "abs" => MagnitudeType(call, durations: true),
            "round" => MagnitudeType(call, durations: false),
            "coalesce" => CoalesceType(call),
            _ => throw new ArgumentException($"A function '{call.Function}'.", nameof(call)),
        };
    }

    private ValueType SinceType(CallExpression call)
    {
        if (call.Arguments is [LiteralExpression { Text: { } type } literal])
            CheckType(literal.At, type);
        return ValueType.Duration;
    }

    private ValueType NamedType(CallExpression call, string kind, IReadOnlyCollection<string>? known, ValueType type)
    {
        if (call.Arguments is not [LiteralExpression { Type: ValueType.Text, Text: { } name } literal])
            Report(call.Arguments[0].At, "type", $"{call.Function} needs the name of a {kind} in quotes: {call.Function}(\"name\")");
        else if (known is not null && !known.Contains(name, StringComparer.Ordinal))
            Report(literal.At, $"unknown-{kind}", $"there is no {kind} '{name}'{NearestName.Hint(name, known)}");
        return type;
    }

    private ValueType TextType(CallExpression call, ValueType result)
    {
        foreach (var argument in call.Arguments)
        {
            var type = Of(argument);
            if (type != ValueType.Text && !IsOpen(type))
                Report(argument.At, "type", $"{call.Function} needs strings, this is {Shown(type)}");
        }

        return result;
    }

    /// <remarks>A property of type any may be an array: contains then looks for an element of any type.</remarks>
    private ValueType ContainsType(CallExpression call)
    {
        var whole = Of(call.Arguments[0]);
        if (whole == ValueType.Text)
            return TextType(call, ValueType.Boolean);
        Of(call.Arguments[1]);
        if (!IsOpen(whole))
            Report(call.Arguments[0].At, "type", $"contains needs a string or a list, this is {Shown(whole)}");
        return ValueType.Boolean;
    }

    private ValueType MagnitudeType(CallExpression call, bool durations)
    {
        var type = Of(call.Arguments[0]);
        if (type == ValueType.Number || IsOpen(type) || (durations && type == ValueType.Duration))
            return type;
        var remedy = type == ValueType.Duration ? "; divide it first: round(x / 1h)" : "";
        Report(call.Arguments[0].At, "type", $"{call.Function} needs a number, this is {Shown(type)}{remedy}");
        return ValueType.Number;
    }

    private ValueType CoalesceType(CallExpression call)
    {
        var result = ValueType.Null;
        var open = false;
        foreach (var argument in call.Arguments)
        {
            var type = Of(argument);
            open |= type == ValueType.Any;
            Compared(argument, result, type);
            result = IsOpen(result) ? type == ValueType.Any ? result : type : result;
        }

        return open ? ValueType.Any : result;
    }

    private ValueType Unfilterable(SourcePosition at, string what) => Unknown(
        at,
        "window-filter",
        $"{what} cannot be read inside a window's where, which sees only the event being counted; write it.x, or 'by x' for 'the same x as the event'");

    private ValueType Unknown(SourcePosition at, string code, string message)
    {
        Report(at, code, message);
        return ValueType.Any;
    }
}
