namespace StreamEngage.Rules.Expressions;

/// <summary>What an expression can name at the place where it stands.</summary>
internal sealed record ExpressionScope
{
    /// <summary>How messages call the place: <c>a segment</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The types <c>event</c> can have here; empty: any type; null: there is no event here.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Event types by alias.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Aliases of other events that cannot be read here, for the message that says so.</summary>
    public IReadOnlyCollection<string> OtherAliases { get; init; } = [];

    /// <summary>Type of the event being counted, inside a window's where; null elsewhere.</summary>
    public string? It { get; init; }

    /// <summary>Null: event types and properties are not known, and none is refused.</summary>
    public EventCatalogue? Catalogue { get; init; }

    /// <summary>Null: not known, and none is refused.</summary>
    public IReadOnlyCollection<string>? Segments { get; init; }

    /// <summary>Null: not known, and none is refused.</summary>
    public IReadOnlyCollection<string>? Models { get; init; }

    /// <summary>What names of a user stand for; null: it is not looked whether that is there.</summary>
    public UserNames? Names { get; init; }
}
