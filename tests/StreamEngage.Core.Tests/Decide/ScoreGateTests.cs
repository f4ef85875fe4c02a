using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>Gate 6, and <c>score</c> in expressions.</summary>
public sealed class ScoreGateTests
{
    private const string Model = """
        model: propensity
        kind: linear
        link: identity
        bias: 1
        features:
          views: {value: count(view) over 1h, weight: 2}
          spent: {value: sum(buy.price) over 1d, weight: 0.5}
          tier: {value: 'user.tier', weight: 10, missing: -0.25}
          member: {value: 'count(buy) over 1d >= 1', weight: 4}
        """;

    [Theory]
    [InlineData(0, "low-score")]
    [InlineData(1, "low-score")]
    [InlineData(2, "sent")]
    public void AScoreBelowTheThreshold_IsSuppressed(int views, string verdict) =>
        // The bias, two a view, and -2.5 for the tier that is not known: 2.5 after two views.
        Assert.Equal(verdict, Verdicts(After(views, Engine("decide: {score: {model: propensity, at_least: 2.5}}"))));

    [Theory]
    [InlineData(1, "low-uplift")]
    [InlineData(2, "sent")]
    public void AnUpliftBelowTheThreshold_IsSuppressed(int views, string verdict) =>
        Assert.Equal(verdict, Verdicts(After(views, Engine("decide: {uplift: {model: propensity, at_least: 2.5}}"))));

    [Fact]
    public void TheTrace_HasEveryScoreAndItsThreshold()
    {
        var engine = Engine("decide: {score: {model: propensity, at_least: 0}, uplift: {model: propensity, at_least: 3}}");
        engine.Does("view").Does("click").Does("view").Does("click");
        Assert.Equal("low-uplift low-uplift", Verdicts(engine));
        Assert.Equal("score 0.5 by propensity, at least 0; uplift 0.5 by propensity, at least 3", engine.Decisions[0].Gates[^1].Detail);
        engine.Does("view").Does("click");
        var gate = engine.Decisions[2].Gates.Single(gate => gate.Gate == Gate.Score);
        Assert.Equal((true, "score 4.5 by propensity, at least 0; uplift 4.5 by propensity, at least 3"), (gate.Passed, gate.Detail));
        Assert.Equal(
            "Predicate Reentry Holdout Consent Channel Score Arbitration Cap Quiet Template",
            string.Join(' ', engine.Decisions[2].Gates.Select(g => g.Gate)));
    }

    [Fact]
    public void AScore_IsReadWhereItStands()
    {
        var engine = Engine("if: score(\"propensity\") > 4\nprompt: {data: {score: score(\"propensity\")}}").Does("view").Does("view").Does("click");
        engine.Does("view").Does("click");
        Assert.Equal("predicate sent", Verdicts(engine));
        Assert.Equal(Value.Of(4.5), engine.Commands[0].Data[0].Value);
    }

    [Fact]
    public void ASegmentOnAScore_IsLeftAsTimePasses()
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["t.yaml"] = "trigger: t\non: {segment: keen, edge: exit}\n",
            ["segments/keen.yaml"] = "segment: keen\nif: score(\"propensity\") >= 0\n",
            ["models/propensity.yaml"] = Model,
        });
        Assert.Equal(["13:00:00 t"], engine.At("12:00:00").Does("view").At("12:10:00").Does("other").ForEver().Prompts);
    }

    [Fact]
    public void AHeldOutUser_MeetsTheScoreToo() =>
        Assert.Equal("low-score holdout", Verdicts(
            Engine("decide: {holdout: 1, score: {model: propensity, at_least: 0}}").Does("click").Does("view").Does("click")));

    [Fact]
    public void AtTheReleaseOfAHeldCandidate_TheScoreIsNotAskedAgain()
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["t.yaml"] = "trigger: t\non: {event: click}\ndecide: {expires: 1d, score: {model: propensity, at_least: 2}}\n",
            ["policy.yaml"] = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n",
            ["models/propensity.yaml"] = Model,
        });
        Assert.Equal("held sent", Verdicts(engine.At("23:00:00").Does("view").Does("view").Does("click").ForEver()));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void AScoreThatIsNoNumber_FailsTheGate(double score)
    {
        var reading = RulebookFiles.Read(Files("decide: {score: {model: propensity, at_least: 0}}"));
        var asked = 0;
        var decisions = new List<DecisionRecord>();
        var run = new PipelineRun(RulebookCompiler.Compile(reading.Definition!, Fake)) { Decision = decisions.Add };
        run.Offer("""{"id":"e","user":"u","type":"click","at":1000}"""u8, new(2_000));
        run.End(drain: true);
        Assert.Equal((1, Reason.LowScore), (asked, Assert.Single(decisions).Reason));
        Assert.Equal("score none by propensity, at least 0", decisions[0].Gates[^1].Detail);

        Scorer Fake(ModelDefinition model) => features =>
        {
            Assert.Equal([0, 0, -0.25, 0], features.ToArray());
            asked++;
            return score;
        };
    }

    [Fact]
    public void AScore_AllocatesNothing()
    {
        var definition = new ModelDefinition(default, "m")
        {
            Bias = -1,
            Features = [.. Enumerable.Range(0, 23).Select(i => new ModelFeature($"f{i}", null!, (i - 11) * 0.0625, 0))],
        };
        var model = new LinearModel(definition);
        var features = Enumerable.Range(0, 23).Select(i => i * 0.5).ToArray();
        var sum = -1 + features.Select((x, i) => x * (i - 11) * 0.0625).Sum();
        Assert.Equal(1 / (1 + Math.Exp(-sum)), model.Score(features), 1e-15);
        Assert.Equal(0, Allocated.BytesBy(() =>
        {
            for (var i = 0; i < 100; i++) model.Score(features);
        }));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(-800, 0)]
    [InlineData(800, 1)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Logistic_ReachesItsEnds(double x, double expected) => Assert.Equal(expected, PortableMath.Logistic(x));

    [Fact]
    public void Logistic_IsTheLibrarysWithinTheLastPlaces()
    {
        var random = new Random(4_711);
        for (var i = 0; i < 20_000; i++)
        {
            var x = (random.NextDouble() - 0.5) * (i % 2 == 0 ? 4 : 1_300);
            var exact = x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));
            Assert.True(Math.Abs(PortableMath.Logistic(x) - exact) <= 1e-15 * exact, $"{x:R}: {PortableMath.Logistic(x):R} for {exact:R}");
        }
        Assert.True(double.IsNaN(PortableMath.Logistic(double.NaN)));
    }

    private static EngineHarness After(int views, EngineHarness engine)
    {
        for (var view = 0; view < views; view++) engine.Does("view");
        return engine.Does("click");
    }

    private static Dictionary<string, string> Files(string rest) => new()
    {
        ["t.yaml"] = $"trigger: t\non: {{event: click}}\n{rest}\n",
        ["models/propensity.yaml"] = Model,
    };

    private static EngineHarness Engine(string rest) => EngineHarness.With(Files(rest));

    private static string Verdicts(EngineHarness engine) => string.Join(' ', engine.Decisions.Select(decision =>
        ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant()));
}
