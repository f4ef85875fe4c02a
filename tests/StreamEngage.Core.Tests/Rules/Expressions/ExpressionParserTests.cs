using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Rules.Expressions;

public sealed class ExpressionParserTests
{
    private static readonly SourcePosition Start = new("t.yaml", 7, 5);

    [Theory]
    [InlineData("1 + 2 * 3", "1 + 2 * 3")]
    [InlineData("(1 + 2) * 3", "(1 + 2) * 3")]
    [InlineData("1 - (2 - 3)", "1 - (2 - 3)")]
    [InlineData("(1 - 2) - 3", "1 - 2 - 3")]
    [InlineData("-(1 + 2) * 3", "-(1 + 2) * 3")]
    [InlineData("((event.a) = (1))", "event.a = 1")]
    [InlineData("not event.a = 1 and event.b = 2", "not event.a = 1 and event.b = 2")]
    [InlineData("not (event.a = 1 and event.b = 2)", "not (event.a = 1 and event.b = 2)")]
    [InlineData("event.a or (event.b and event.c)", "event.a or event.b and event.c")]
    [InlineData("(event.a or event.b) and event.c", "(event.a or event.b) and event.c")]
    [InlineData("event.a and (event.b and event.c)", "event.a and event.b and event.c")]
    [InlineData("event.a between 1 and 2 and event.b", "event.a between 1 and 2 and event.b")]
    [InlineData("event.a in [1,2 , 'x']", "event.a in [1, 2, \"x\"]")]
    [InlineData("event.a not in [1]", "not event.a in [1]")]
    [InlineData("event.a is  not\nnull", "event.a is not null")]
    [InlineData("event.cart.total != -5", "event.cart.total != -5")]
    [InlineData("since(a-b) < 1.5h", "since(a-b) < 5400000ms")]
    [InlineData("count(view)over 10m>=3", "count(view) over 600000ms >= 3")]
    [InlineData("count(\"Page View\") over today > 1", "count(\"Page View\") over today > 1")]
    [InlineData("sum( cart-add.total.net where (it.x > 1e3) by cat ) over 7d every 1d", "sum(cart-add.total.net where it.x > 1000 by cat) over 604800000ms every 1d")]
    [InlineData("distinct(view.category) over this week > 2", "distinct(view.category) over this week > 2")]
    [InlineData("coalesce(first(a.b) over 1d, \"\\u00e9\\\"\")", "coalesce(first(a.b) over 86400000ms, \"é\\\"\")")]
    [InlineData("local_hour() - 1 = 2", "local_hour() - 1 = 2")]
    public void CanonicalText_KeepsTheMeaningAndReadsBack(string text, string canonical)
    {
        var written = ExpressionText.Canonical(Parsed(text));
        Assert.Equal(canonical, written);
        Assert.Equal(canonical, ExpressionText.Canonical(Parsed(written)));
    }

    [Theory]
    [InlineData("count(view where it.a=1) over 10m", "count( view  where (it.a = 1.0) ) over 600s", true)]
    [InlineData("count(view) over 1d", "count(view) over 24h", true)]
    [InlineData("count(view) over 1d", "count(view) over 1d every 1d", false)]
    [InlineData("count(view) over 1d", "count(view) over today", false)]
    [InlineData("sum(a.b) over 1d", "sum(a.b by c) over 1d", false)]
    public void WindowsAreTheSame_ExactlyWhenTheirCanonicalTextIs(string a, string b, bool same) =>
        Assert.Equal(same, ExpressionText.Canonical(Parsed(a)) == ExpressionText.Canonical(Parsed(b)));

    [Theory]
    [InlineData("", 5, "empty")]
    [InlineData("event.a >", 14, "expected a value, found the end")]
    [InlineData("(event.a", 13, "expected ')'")]
    [InlineData("event.a == 1", 13, "write '=' to compare")]
    [InlineData("event.a && event.b", 13, "write 'and'")]
    [InlineData("1 < 2 < 3", 11, "comparisons do not chain")]
    [InlineData("price > 3", 5, "event.price")]
    [InlineData("event.a = tru", 15, "'true'")]
    [InlineData("event.a an event.b", 13, "expected the end of the expression, found 'an'")]
    [InlineData("cuont(view) over 1m > 0", 5, "did you mean 'count'?")]
    [InlineData("count(view) > 3", 17, "expected 'over'")]
    [InlineData("count(view) over 10 > 3", 22, "a duration such as")]
    [InlineData("count(view) over 0s > 3", 22, "a window from 1ms")]
    [InlineData("count(view) over 10x > 3", 22, "no known unit")]
    [InlineData("count(view) over this day > 3", 27, "'week' after 'this'")]
    [InlineData("count(view) over 7d every 2d > 3", 31, "'1d' after 'every'")]
    [InlineData("count(view.price) over 1m > 0", 15, "distinct(view.property)")]
    [InlineData("count(view by c where it.p > 1) over 1m > 0", 21, "')'; a 'where' stands before 'by'")]
    [InlineData("sum(view) over 1m > 0", 9, "write sum(view.property)")]
    [InlineData("sum(view.) over 1m > 0", 14, "expected a property")]
    [InlineData("abs(1, 2) > 0", 5, "abs takes one argument, this has 2")]
    [InlineData("coalesce(1) > 0", 5, "coalesce takes 2 to 16 arguments")]
    [InlineData("event.a = \"x", 15, "never ends")]
    [InlineData("event.a = \"\\q\"", 16, "unknown escape")]
    [InlineData("event.a # 3", 13, "means nothing here")]
    [InlineData("event.a in 3", 16, "'[' and a list")]
    [InlineData("event.a is 3", 16, "'null'")]
    [InlineData("event.a > 1.0001s", 15, "whole milliseconds")]
    [InlineData("event.a > 99999999999d", 15, "at most 100000d")]
    public void SyntaxError_NamesItsColumnAndTheRemedy(string text, int column, string part)
    {
        var reading = ExpressionParser.Parse(text, Start);
        Assert.Null(reading.Expression);
        var problem = Assert.Single(reading.Problems);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.Equal(new SourcePosition("t.yaml", 7, column), problem.At);
        Assert.Equal(Severity.Error, problem.Severity);
    }

    [Fact]
    public void LineFeed_BeginsTheNextLine()
    {
        var problem = Assert.Single(ExpressionParser.Parse("event.a = 1\n  and and", Start).Problems);
        Assert.Equal(new SourcePosition("t.yaml", 8, 7), problem.At);
    }

    [Fact]
    public void NestingAtTheLimit_IsRead_OneDeeperIsNot()
    {
        Assert.NotNull(ExpressionParser.Parse(Nested(ExpressionLimits.DepthMax), Start).Expression);
        Assert.Equal("too-deep", ExpressionParser.Parse(Nested(ExpressionLimits.DepthMax + 1), Start).Problems[0].Code);
        static string Nested(int depth) => new string('(', depth) + "1" + new string(')', depth);
    }

    [Fact]
    public void TermsAtTheLimit_AreRead_OneMoreIsNot()
    {
        Assert.NotNull(ExpressionParser.Parse(Sum(500), Start).Expression);
        Assert.Equal("too-large", ExpressionParser.Parse(Sum(501), Start).Problems[0].Code);
        static string Sum(int terms) => string.Join('+', Enumerable.Repeat('1', terms));
    }

    [Fact]
    public void TextAtTheLimit_IsRead_OneMoreIsNot()
    {
        Assert.NotNull(ExpressionParser.Parse("1".PadLeft(ExpressionLimits.TextMax), Start).Expression);
        Assert.Equal("too-long", ExpressionParser.Parse("1".PadLeft(ExpressionLimits.TextMax + 1), Start).Problems[0].Code);
    }

    [Fact]
    public void ChainOfConditions_DoesNotCountAsNesting() =>
        Assert.NotNull(ExpressionParser.Parse(string.Join(" or ", Enumerable.Repeat("event.a = 1", 60)), Start).Expression);

    [Fact]
    public void RandomText_NeverThrows()
    {
        const int seed = 20_611;
        var random = new Random(seed);
        string[] pieces =
        [
            "count(", "sum(", "view", ".price", " where ", " by ", ") over ", "10m", "today", " and ", " or ", "not ", "(", ")", "[", "]", "'", "\"",
            "\\u00", "event.x", "it.y", "1e", "9", "-", "<", "!=", "in", "between", "is null", ",", "null", "é", "\ud800", " ", "since(", "every 1d",
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var reading = ExpressionParser.Parse(text, Start);
            Assert.True(reading.Expression is null == (reading.Problems.Count > 0), $"seed {seed}, text {text}");
        }
    }

    private static Expression Parsed(string text)
    {
        var reading = ExpressionParser.Parse(text, Start);
        Assert.Empty(reading.Problems);
        return reading.Expression!;
    }
}
