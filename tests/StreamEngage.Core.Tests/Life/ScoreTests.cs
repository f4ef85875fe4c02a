using StreamEngage.State;
using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Life;

/// <summary>Scores against all other users.</summary>
public sealed class ScoreTests
{
    private const string Show =
        "trigger: t\non: {event: click}\nprompt: {data: {r: user.r_score, f: user.f_score, m: user.m_score}}\ndecide: {purpose: transactional}\n";

    [Fact]
    public void TenUsers_AreTwoInEachFifth()
    {
        var engine = Ten("");
        for (var user = 1; user <= 10; user++)
        {
            var fifth = (user + 1) / 2;
            Assert.Equal($"{fifth} {fifth} {fifth}", Scores(engine.User($"u{user}")));
        }
    }

    [Fact]
    public void Scores_AreInAsManyPartsAsThePolicySays() =>
        Assert.Equal(["1", "5", "6", "10"], new[] { 1, 5, 6, 10 }.Select(user => Scores(Ten("rfm: {scores: 10}").User($"u{user}"))[^2..].Trim()));

    [Theory]
    [InlineData("20d 12:00:59.999", "  ")]
    [InlineData("20d 12:01", "3 3 3")]
    public void AVersionOfTheStatistics_HasWhatWasBeforeItsStepBegan(string click, string scores)
    {
        var engine = With("").At("20d 12:00").Does("purchase", ("value", 5)).At(click);
        Assert.Equal(scores, Scores(engine));
    }

    [Fact]
    public void WhoNeverBought_HasNone() => Assert.Equal("  ", Scores(Ten("").User("new")));

    [Fact]
    public void UsersOfOneBucket_ShareItsMiddle()
    {
        var engine = With("");
        for (var user = 1; user <= 10; user++) engine.User($"u{user}").At("12:00").Does("purchase", ("value", user <= 8 ? 7 : 100));
        engine.At("13:00");
        Assert.Equal("3 3 3", Scores(engine.User("u1")));
        Assert.Equal("3 3 5", Scores(engine.User("u9")));
    }

    [Fact]
    public void AMergedUser_IsCountedOnce_AnErasedOneNot()
    {
        var engine = Ten("").User("u10").Does("identify", ("anonymous", "u9")).User("u8").Does("erase").User("u7").Does("erase").At("21d 12:00").Does("view");
        // Left are u1 to u6 and u10.
        Assert.Equal("1 1 1", Scores(engine.User("u1")));
        Assert.Equal("5 5 5", Scores(engine.User("u10")));
        Assert.Equal("3 3 3", Scores(engine.User("u4")));
    }

    [Theory]
    [InlineData("rfm: {over: 60d}", "  ")]
    [InlineData("rfm: {scores: 2}", "2 2 2")]
    public void ChangeOfWhatUsersAreRankedBy_BeginsAnew_OfTheirNumberNot(string policy, string scores)
    {
        var engine = Ten("").At("21d 12:00").Change(Files(policy)).At("22d 12:00").Does("view");
        Assert.Equal(scores, Scores(engine.User("u10")));
    }

    [Fact]
    public void ASegmentOnAScore_IsRefused()
    {
        var problem = Assert.Single(StreamEngage.Tests.Rulebooks.RulebookText.Read("segments/s.yaml", "segment: s\nif: user.f_score = 5\n").Problems);
        Assert.Equal("score-in-segment", problem.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(1234.5)]
    [InlineData(98_000_000)]
    public void NumbersOfOneBucket_DifferByTwoInAHundredAtMost(double number)
    {
        Assert.Equal(-LogBuckets.Of(number), LogBuckets.Of(-number));
        Assert.True(number == 0 || LogBuckets.Of(number) < LogBuckets.Of(number * 1.0203));
        Assert.True(number == 0 || LogBuckets.Of(number) >= LogBuckets.Of(number * 0.999));
        Assert.InRange(LogBuckets.Of(number), 0, 2_048);
    }

    [Fact]
    public void ARank_IsThatOfTheSortedNumbers_ButForTheBucket()
    {
        var dice = new Random(17);
        var (counts, numbers) = (new RankCounts(), new List<double>());
        for (var i = 0; i < 5_000; i++) numbers.Add(Math.Exp(dice.NextDouble() * 12));
        foreach (var number in numbers) counts.Add(LogBuckets.Of(number), 1);
        foreach (var number in numbers)
        {
            var (least, most) = (numbers.Count(other => other < number / 1.0203), numbers.Count(other => other <= number * 1.0203));
            Assert.InRange(counts.PartOf(LogBuckets.Of(number), 100)!.Value, 1 + least * 100 / 5_000, Math.Min(100, 1 + most * 100 / 5_000));
        }
    }

    /// <summary>u1 buys once for 10, u10 ten times for 1,000 and last.</summary>
    private static EngineHarness Ten(string policy)
    {
        var engine = With(policy);
        for (var day = 1; day <= 10; day++)
        {
            for (var user = day; user <= 10; user++) engine.User($"u{user}").At($"{day}d 12:00").Does("purchase", ("value", 10 * user));
        }
        return engine.At("20d 12:00").User("u10").Does("view");
    }

    private static EngineHarness With(string policy) => EngineHarness.With(Files(policy));

    private static Dictionary<string, string> Files(string policy) => new() { ["t.yaml"] = Show, ["policy.yaml"] = $"lateness: 1h\n{policy}\n" };

    private static string Scores(EngineHarness engine) =>
        string.Join(' ', engine.Does("click").Commands[^1].Data.Select(field => field.Value.IsNull ? "" : field.Value.ToString()));
}
