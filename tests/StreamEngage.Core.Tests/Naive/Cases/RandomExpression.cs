namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Texts of random conditions; numbers and lengths are those the streams are made of.</summary>
internal sealed class RandomExpression(Dice dice, CaseSetting setting)
{
    private static readonly string[] Operators = ["=", "!=", "<", "<=", ">", ">="];

    /// <summary>A condition on one event's properties, named <c>event</c>, <c>it</c> or an alias.</summary>
    public string OnEvent(string name) => dice.Between(0, 11) switch
    {
        0 => $"{name}.cat = \"{Category()}\"",
        1 => $"{name}.cat in [\"a\", \"{Category()}\"]",
        2 => $"{name}.cat != \"{Category()}\"",
        3 => $"{name}.price between 2 and {Number()}",
        4 => $"{name}.price is {dice.Of("null", "not null")}",
        5 => $"not ({name}.price {Operator()} {Number()})",
        6 => $"{name}.price {Operator()} {Number()} or {name}.cat = \"{Category()}\"",
        _ => $"{name}.price {Operator()} {Number()}",
    };

    /// <summary>A condition of a trigger: reads its event, these aliases, and all that a segment's reads.</summary>
    public string Predicate(IReadOnlyList<string> aliases, IReadOnlyList<string> segments) => dice.Between(0, setting.Lifecycle ? 17 : 14) switch
    {
        > 14 => OnRank(),
        0 => $"({Predicate(aliases, segments)} {dice.Of("and", "or")} {Predicate(aliases, segments)})",
        1 => $"not ({Predicate(aliases, segments)})",
        2 or 3 => OnEvent(aliases.Count > 0 ? dice.Of(aliases) : "event"),
        4 => Computed("event"),
        5 => $"count({Type()} by {dice.Of("cat", "item")}) over {Length()} {Operator()} {Few()}",
        6 => $"max({Type()}.price by cat) over {Length()} {Operator()} {Number()}",
        7 when segments.Count > 0 && (setting.Unsettled || !setting.Late) => $"segment(\"{dice.Of(segments)}\")",
        8 => setting.Outcomes ? $"score(\"{dice.Of("m", "n")}\") {Operator()} {dice.Of("0.5", "1.5", "3")}" : "score(\"m\") < 0.4 or true",
        9 when setting.Sessions => $"session.{dice.Of("count", "value")} {Operator()} {Few()}",
        10 when setting.Sessions => $"session.duration {Operator()} {Length()}",
        11 when setting.Zone is not null && (setting.Unsettled || !setting.Late) => $"local_hour() {Operator()} {dice.Of(0, 1, 2, 3, 12, 23)}",
        _ => OnUser(),
    };

    /// <summary>A condition on what the user has done, without an event: what a segment may say.</summary>
    public string OnUser() => setting.Lifecycle && dice.Chance(40) ? OnLife() : dice.Between(0, 12) switch
    {
        0 => $"({OnUser()} {dice.Of("and", "or")} {OnUser()})",
        1 => $"not ({OnUser()})",
        2 or 3 => $"since({Type()}) {dice.Of("<", "<=", ">", ">=")} {Length()}",
        4 => $"sum({Type()}.price{Filter()}) over {Length()} {Operator()} {dice.Of(0, 3, 10, 15)}",
        5 => $"{dice.Of("avg", "min", "max", "first", "last")}({Type()}.price{Filter()}) over {Length()} {Operator()} {Number()}",
        6 => $"distinct({Type()}.{dice.Of("cat", "price", "item")}{Filter()}) over {Length()} {Operator()} {Few()}",
        7 => $"{dice.Of("first", "last")}({Type()}.cat) over {Length()} = \"{Category()}\"",
        8 => $"count({Type()}) over {Length()} - count({Type()}) over {Length()} * {Few()} {Operator()} 0",
        9 => $"sum({Type()}.price) over {Length()} / count({Type()}{Filter()}) over {Length()} {Operator()} {Number()}",
        10 when setting.Has.HasFlag(CaseFeatures.Profiles) => $"user.tier = \"{dice.Of("gold", "silver")}\"",
        11 or 12 when setting.Zone is not null => $"count({Type()}{Filter()}) over {dice.Of("today", "this week")} {Operator()} {Few()}",
        _ => $"count({Type()}{Filter()}) over {Length()} {Operator()} {Few()}",
    };

    private string OnLife() => dice.Between(0, 7) switch
    {
        0 => $"user.stage != \"{Stage()}\"",
        1 => $"user.stage in [\"{Stage()}\", \"{Stage()}\"]",
        2 => $"user.recency {dice.Of("<", "<=", ">", ">=")} {Length()}",
        3 => $"user.frequency {Operator()} {Few()}",
        4 => $"user.monetary {Operator()} {Number()}",
        5 => "user.stage is null",
        _ => $"user.stage = \"{Stage()}\"",
    };

    private string OnRank() => $"user.{dice.Of("r", "f", "m")}_score {Operator()} {dice.Between(1, 4)}";

    public string Stage() => dice.Of("new", "active", "resurrected", "at-risk", "dormant", "churned");

    public string Type() => dice.Of(setting.Types);

    /// <summary>One of the case's lengths as the language writes it.</summary>
    public string Length() => $"{dice.Of(setting.Lengths)}ms";

    private string Computed(string name) => dice.Between(0, 6) switch
    {
        0 => $"coalesce({name}.price, {Number()}) {Operator()} {Number()}",
        1 => $"lower({name}.cat) = \"{Category()}\"",
        2 => $"contains({name}.cat, \"{Category()}\")",
        3 => $"starts_with({name}.cat, \"{Category()}\")",
        4 => $"abs({name}.price - 5) {Operator()} {Few()}",
        5 => $"round({name}.price / 3) {Operator()} {Few()}",
        _ => $"{name}.type = \"{Type()}\"",
    };

    private string Filter() => dice.Chance(30) ? $" where {OnEvent("it")}" : "";

    private string Operator() => dice.Of(Operators);

    private string Category() => dice.Of("a", "b", "c");

    private int Number() => dice.Of(0, 1, 2, 3, 5, 10);

    private int Few() => dice.Between(0, 3);
}
