using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Tests.Rules.Expressions;

public sealed class ExpressionTypesTests
{
    private static readonly EventCatalogue Catalogue = new(new Dictionary<string, IReadOnlyDictionary<string, ValueType>>
    {
        ["view"] = new Dictionary<string, ValueType> { ["category"] = ValueType.Text, ["price"] = ValueType.Number },
        ["cart_add"] = new Dictionary<string, ValueType> { ["price"] = ValueType.Number, ["gift"] = ValueType.Boolean, ["cart.total"] = ValueType.Number },
    });

    private static readonly ExpressionScope Open = new() { Place = "an if", EventTypes = [] };

    private static readonly ExpressionScope Known = new()
    {
        Place = "an if",
        EventTypes = ["view"],
        Aliases = new Dictionary<string, string> { ["cart"] = "cart_add" },
        Catalogue = Catalogue,
        Segments = ["at-risk"],
        Models = ["purchase-propensity"],
    };

    [Theory]
    [InlineData("1 + 2", "number")]
    [InlineData("1h + 30m", "duration")]
    [InlineData("1h - 30m", "duration")]
    [InlineData("1h * 2", "duration")]
    [InlineData("2 * 1h", "duration")]
    [InlineData("1h / 2", "duration")]
    [InlineData("1h / 30m", "number")]
    [InlineData("-1h", "duration")]
    [InlineData("event.at - user.first_seen", "duration")]
    [InlineData("event.type", "string")]
    [InlineData("event.price + 1", "number")]
    [InlineData("cart.cart.total", "number")]
    [InlineData("user.plan", "any")]
    [InlineData("user.recency", "duration")]
    [InlineData("session.duration / session.count", "duration")]
    [InlineData("null + 1", "null")]
    [InlineData("last(view.category) over 1h", "string")]
    [InlineData("avg(session_end.duration) over 1d", "duration")]
    [InlineData("coalesce(null, 1, 2)", "number")]
    [InlineData("coalesce(user.x, 1)", "any")]
    [InlineData("score(\"purchase-propensity\")", "number")]
    [InlineData("segment(\"at-risk\")", "boolean")]
    [InlineData("since(view)", "duration")]
    [InlineData("event.price > null", "boolean")]
    [InlineData("contains(user.tags, 5)", "boolean")]
    [InlineData("user.x = 5 and user.x = \"a\"", "boolean")]
    [InlineData("count(view where lower(it.category) = \"a\" by category) over 1h", "number")]
    public void EveryTerm_HasItsType(string text, string type)
    {
        var problems = new List<Problem>();
        Assert.Equal(type, ExpressionTypes.Name(ExpressionTypes.Check(Parsed(text), Known, problems)));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("event.price > \"5\"", 15, "type", "take the quotes away")]
    [InlineData("event.category = 5", 18, "type", "put the value in quotes")]
    [InlineData("since(view) > 30", 15, "type", "write the number with a unit")]
    [InlineData("event.price > 30m", 15, "type", "plain number")]
    [InlineData("event.price in [1, \"a\"]", 20, "type", "cannot be compared")]
    [InlineData("event.price between 1 and 2h", 27, "type", "cannot be compared")]
    [InlineData("cart.gift > true", 1, "type", "no order")]
    [InlineData("event.category + 1 > 2", 1, "type", "arithmetic needs")]
    [InlineData("1 + 1h > 2", 5, "type", "cannot be added")]
    [InlineData("1h * 1h > 2", 1, "type", "cannot be multiplied")]
    [InlineData("1 / 1h > 2", 5, "type", "cannot be divided")]
    [InlineData("-event.category > 2", 2, "type", "'-' needs")]
    [InlineData("event.price and true", 1, "type", "'and' joins conditions")]
    [InlineData("not event.price", 5, "type", "'not' joins conditions")]
    [InlineData("event.price", 1, "type", "a condition is expected")]
    [InlineData("count(view) over 1h", 1, "type", "a condition is expected")]
    [InlineData("event.prise > 1", 1, "unknown-property", "did you mean 'price'?")]
    [InlineData("crat.price > 1", 1, "unknown-name", "did you mean 'cart'?")]
    [InlineData("evnt.price > 1", 1, "unknown-name", "did you mean 'event'?")]
    [InlineData("count(veiw) over 1h > 1", 1, "unknown-event-type", "did you mean 'view'?")]
    [InlineData("since(cart_ad) > 1h", 7, "unknown-event-type", "did you mean 'cart_add'?")]
    [InlineData("sum(view.prcie) over 1h > 1", 1, "unknown-property", "did you mean 'price'?")]
    [InlineData("sum(view.category) over 1h > 1", 1, "type", "sum needs numbers")]
    [InlineData("count(view by categry) over 1h > 1", 1, "unknown-property", "did you mean 'category'?")]
    [InlineData("session.lenght > 1", 1, "unknown-property", "a session has no 'lenght'")]
    [InlineData("segment(\"at-rsik\")", 9, "unknown-segment", "did you mean 'at-risk'?")]
    [InlineData("score(\"purchase-propensty\") > 1", 7, "unknown-model", "did you mean 'purchase-propensity'?")]
    [InlineData("score(event.category) > 1", 7, "type", "in quotes")]
    [InlineData("it.price > 1", 1, "it-outside-window", "inside a window's where")]
    [InlineData("count(view where it.price) over 1h > 1", 18, "type", "a condition is expected in a window's where")]
    [InlineData("count(view where it.prcie > 1) over 1h > 1", 18, "unknown-property", "'price'")]
    [InlineData("count(view where event.price > 1) over 1h > 1", 18, "window-filter", "sees only the event being counted")]
    [InlineData("count(view where count(view) over 1m > 1) over 1h > 1", 18, "window-filter", "a window cannot be read")]
    [InlineData("lower(event.price) = \"a\"", 7, "type", "lower needs strings")]
    [InlineData("contains(event.price, 1)", 10, "type", "a string or a list")]
    [InlineData("round(1h) > 1", 7, "type", "divide it first")]
    [InlineData("coalesce(1, \"a\") > 1", 13, "type", "cannot be compared")]
    public void Mistake_NamesItsPlaceAndRemedy(string text, int column, string code, string part)
    {
        var problem = Assert.Single(Problems(text, Known).Distinct());
        Assert.Equal(new SourcePosition("t.yaml", 1, column), problem.At);
        Assert.Equal(code, problem.Code);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutCatalogue_NoTypeOrPropertyIsRefused() =>
        Assert.Empty(Problems("event.what > 1 and count(anything where it.x = \"a\" by y) over 1h > 1 and event.what = \"a\"", Open));

    [Fact]
    public void Segment_HasNoEvent()
    {
        var segment = new ExpressionScope { Place = "a segment" };
        Assert.Equal("no-event", Assert.Single(Problems("event.x = 1", segment)).Code);
        Assert.Equal("no-event", Assert.Single(Problems("count(a by x) over 1h = 1", segment)).Code);
        Assert.Empty(Problems("user.x = 1 and count(a) over 1h = 1", segment));
    }

    [Fact]
    public void EventOfSeveralTypes_HasThePropertiesOfAny()
    {
        var scope = Known with { EventTypes = ["view", "cart_add"] };
        Assert.Empty(Problems("event.gift and event.category = \"a\"", scope));
        Assert.Contains("did you mean 'gift'", Assert.Single(Problems("event.gitf", scope)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakesOfOneExpression_AreReported() =>
        Assert.Equal(3, Problems("event.prise > 1 and crat.x = 1 and count(veiw) over 1h > 1", Known).Count);

    [Theory]
    [InlineData("ab", "ba", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("Count", "count", 0)]
    [InlineData("ca", "abc", 3)]
    [InlineData("view", "veiw", 1)]
    public void Distance_CountsSlipsOfThePen(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));

    private static List<Problem> Problems(string text, ExpressionScope scope)
    {
        var problems = new List<Problem>();
        ExpressionTypes.CheckCondition(Parsed(text), scope, problems);
        return problems;
    }

    private static Expression Parsed(string text)
    {
        var reading = ExpressionParser.Parse(text, new SourcePosition("t.yaml", 1, 1));
        Assert.Empty(reading.Problems);
        return reading.Expression!;
    }
}
