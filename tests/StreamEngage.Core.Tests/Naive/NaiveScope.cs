using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>What an expression can see: the user, an instant and the events that have names.</summary>
/// <param name="User">Whose windows, attributes and session.</param>
/// <param name="At">The instant windows are read at.</param>
internal sealed record NaiveScope(NaiveUser User, long At)
{
    /// <summary><c>event.x</c>; null for a segment edge made by time.</summary>
    public NaiveEvent? Event { get; init; }

    /// <summary><c>it.x</c>.</summary>
    public NaiveEvent? It { get; init; }

    public IReadOnlyDictionary<string, NaiveEvent> Aliases { get; init; } = NoAliases;

    public static IReadOnlyDictionary<string, NaiveEvent> NoAliases { get; } = new Dictionary<string, NaiveEvent>();

    public static bool Selects(EventSelector selector, NaiveUser user, NaiveEvent e) =>
        Selects(selector, user, e, NoAliases);

    /// <summary>True when the event has the type and satisfies the condition, read at the event's own time.</summary>
    public static bool Selects(
        EventSelector selector, NaiveUser user, NaiveEvent e, IReadOnlyDictionary<string, NaiveEvent> aliases)
    {
        if (e.Type != selector.Type)
            return false;
        if (selector.Where is not { } where)
            return true;
        var scope = new NaiveScope(user, e.At) { Event = e, Aliases = Named(aliases, selector.Alias, e) };
        return NaiveExpression.Holds(where, scope);
    }

    public static IReadOnlyDictionary<string, NaiveEvent> Named(
        IReadOnlyDictionary<string, NaiveEvent> others, string? alias, NaiveEvent e) =>
        alias is null ? others : new Dictionary<string, NaiveEvent>(others) { [alias] = e };

    public object? Read(NameExpression name) => name.Scope switch
    {
        "event" => Read(Event, name.Property),
        "it" => Read(It, name.Property),
        "user" when NaiveLife.Knows(name.Property) => NaiveLife.Read(User, name.Property, At),
        "user" => User.Attribute(name.Property),
        "session" => User.Session.Read(name.Property),
        _ => Read(Aliases.GetValueOrDefault(name.Scope), name.Property),
    };

    private static object? Read(NaiveEvent? e, string property) => property switch
    {
        _ when e is null => null,
        "type" => e.Type,
        "at" => (double)e.At,
        _ => e.Property(property),
    };
}
