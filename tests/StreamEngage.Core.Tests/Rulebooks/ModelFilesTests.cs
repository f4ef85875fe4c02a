using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>Model files and the words of <c>decide</c> and of the policy that belong to them: what is read, refused and warned of.</summary>
public sealed class ModelFilesTests
{
    private const string Model =
        "model: churn\nkind: linear\nlink: identity\nbias: -1.5\nfeatures:\n  clicks: {value: count(click) over 1h, weight: 0.5, missing: 2}\n";

    [Fact]
    public void AModel_IsReadAsWritten()
    {
        var model = Assert.Single(Read(Model, "if: score(\"churn\") > 0").Definition!.Models);
        Assert.Equal(("churn", ModelLink.Identity, -1.5), (model.Name, model.Link, model.Bias));
        var feature = Assert.Single(model.Features);
        Assert.Equal(("clicks", 0.5, 2.0), (feature.Name, feature.Weight, feature.Missing));
    }

    [Theory]
    [InlineData("model: churn\nkind: linear\n", "models/m.yaml(1,1)", "a model needs 'features'")]
    [InlineData("model: churn\nkind: lineal\nfeatures: {}\n", "models/m.yaml(2,7)", "did you mean 'linear'?")]
    [InlineData("model: churn\nkind: linear\nfeatures: {a: {value: 1 + }}\n", "models/m.yaml(3,", "")]
    [InlineData("model: churn\nkind: linear\nfeatures: {a: {value: event.x, weight: 1}}\n", "models/m.yaml(3,23)", "there is no event in a model's feature")]
    [InlineData("model: churn\nkind: linear\nfeatures: {a: {value: 'score(\"churn\")', weight: 1}}\n", "models/m.yaml(3,24)", "cannot read a score")]
    [InlineData("model: churn\nkind: linear\nfeatures: {a: {value: 'lower(user.x)', weight: 1}}\n", "models/m.yaml(3,24)", "a string")]
    [InlineData("model: churn\nkind: linear\nfeatures: {a: {value: '1', wait: 1}}\n", "models/m.yaml(3,28)", "there is missing, value, weight")]
    public void AModelThatCannotBe_IsRefusedWithItsPlace(string model, string place, string says)
    {
        var problems = Read(model, "if: score(\"churn\") > 0").Problems;
        Assert.Contains(problems, p => p.At.ToString().StartsWith(place, StringComparison.Ordinal) && p.Message.Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("if: score(\"chrun\") > 0", "t.yaml(3,11)")]
    [InlineData("decide: {score: {model: chrun, at_least: 0.5}}", "t.yaml(3,25)")]
    [InlineData("decide: {uplift: {model: chrun, at_least: 0.5}}", "t.yaml(3,26)")]
    public void AnUnknownModel_IsRefusedWithTheNearestName(string rest, string place)
    {
        var problem = Assert.Single(Read(Model, rest).Problems, p => p.Severity == Severity.Error);
        Assert.Equal((place, "unknown-model"), (problem.At.ToString(), problem.Code));
        Assert.Contains("did you mean 'churn'?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGateOnAScore_NeedsAModelAlsoWhereNoneIsKnown() =>
        Assert.Equal("unknown-model", Assert.Single(Read(null, "decide: {score: {model: churn, at_least: 0.5}}").Problems).Code);

    [Fact]
    public void ASegmentAndAModelThatReadEachOther_AreACircle()
    {
        var files = Files("model: churn\nkind: linear\nfeatures: {a: {value: 'segment(\"s\")', weight: 1}}\n", "if: segment(\"s\")");
        files.Add("segments/s.yaml", "segment: s\nif: score(\"churn\") > 0\n");
        Assert.Equal("segment-cycle", Assert.Single(RulebookFiles.Read(files).Problems).Code);
    }

    [Theory]
    [InlineData("", "unused-model")]
    [InlineData("decide: {score: {model: logit, at_least: 1.5}}", "never-reached unused-model")]
    [InlineData("decide: {uplift: {model: logit, at_least: 0}}", "always-reached unused-model")]
    [InlineData("if: score(\"churn\") > 1\ndecide: {score: {model: logit, at_least: 0.5}}", "")]
    public void Models_ThatSayNothing_AreWarnedOf(string rest, string codes)
    {
        var files = Files(Model, rest);
        var logistic = Model.Replace("churn", "logit", StringComparison.Ordinal).Replace("identity", "logistic", StringComparison.Ordinal);
        if (rest.Length > 0) files.Add("models/logit.yaml", logistic);
        Assert.Equal(codes, Codes(files));
    }

    [Theory]
    [InlineData("decide: {pause_on_harm: true, holdout: 0.1}", "no-goal")]
    [InlineData("goal: {event: buy, within: 3d}\ndecide: {pause_on_harm: true}", "no-holdout")]
    [InlineData("goal: {event: buy, within: 3d}\ndecide: {pause_on_harm: true, holdout: 0.1}", "")]
    [InlineData("decide: {variants: {bandit: thompson, arms: [a, b]}}", "no-goal")]
    [InlineData("decide: {supersede: true, cooldown: 2d, expires: 1d}", "never-superseded")]
    [InlineData("decide: {supersede: true, cooldown: 2h, expires: 1d}", "")]
    public void ATriggerThatCannotLearn_IsWarnedOf(string rest, string codes) => Assert.Equal(codes, Codes(Files(null, rest)));

    [Fact]
    public void ThePolicy_SaysHowOftenAndHowCertain()
    {
        var files = Files(null, "");
        files.Add("policy.yaml", "statistics: {every: 5m}\nharm: {pause: true, alpha: 0.01}\n");
        var policy = RulebookFiles.Read(files).Definition!.Policy;
        Assert.Equal((300_000, new HarmPolicy(true, 0.01)), (policy.StatisticsMilliseconds, policy.Harm));
    }

    private static string Codes(Dictionary<string, string> files) =>
        string.Join(' ', Linter.Check(RulebookFiles.Read(files)).Select(p => p.Code).Order(StringComparer.Ordinal));

    private static RulebookReading Read(string? model, string rest) => RulebookFiles.Read(Files(model, rest));

    private static Dictionary<string, string> Files(string? model, string rest)
    {
        var files = new Dictionary<string, string> { ["t.yaml"] = $"trigger: t\non: {{event: click}}\n{rest}\n" };
        if (model is not null) files.Add("models/m.yaml", model);
        return files;
    }
}
