using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Journeys;

/// <summary>What is wrong with written steps, with its place; and what reading them gives.</summary>
public sealed class JourneyProblemTests
{
    private const string Head = "trigger: t\non: {event: a, as: x}\n";

    [Theory]
    [InlineData("steps: []", 3, 8, "shape", "steps are a list")]
    [InlineData("steps: {prompt: {}}", 3, 8, "shape", "one '- ' a step")]
    [InlineData("prompt: {}\nsteps: [{prompt: {}}]", 3, 1, "steps", "'prompt' or 'steps'")]
    [InlineData("steps:\n  - promt: {}", 4, 5, "step", "did you mean 'prompt'?")]
    [InlineData("steps:\n  - {prompt: {}, wait: 1d}", 4, 5, "step", "prompt and wait")]
    [InlineData("steps:\n  - {prompt: {}, nam: x}", 4, 18, "unknown-key", "did you mean 'name'?")]
    [InlineData("steps:\n  - prompt: {tempalte: x}", 4, 14, "unknown-key", "did you mean 'template'?")]
    [InlineData("steps:\n  - {prompt: {if: \"true\"}, if: \"true\"}", 4, 28, "duplicate-key", "already written in 'prompt'")]
    [InlineData("steps:\n  - wait: soon", 4, 11, "shape", "a duration such as")]
    [InlineData("steps:\n  - wait: 0s", 4, 11, "shape", "at least 1ms")]
    [InlineData("steps:\n  - {wait: 1d, timeout: [exit]}", 4, 16, "unknown-key", "has no key 'timeout'")]
    [InlineData("steps:\n  - wait_until: {event: b}", 4, 17, "missing-key", "needs 'for'")]
    [InlineData("steps:\n  - wait_until: {for: 1d}", 4, 17, "step", "one of the two")]
    [InlineData("steps:\n  - wait_until: {event: b, if: \"true\", for: 1d}", 4, 17, "step", "one of the two")]
    [InlineData("steps:\n  - wait_until: {event: b, for: 1d, til: 2}", 4, 37, "unknown-key", "has no key 'til'")]
    [InlineData("steps:\n  - branch: []", 4, 5, "shape", "at least one")]
    [InlineData("steps:\n  - branch: [{steps: [exit]}]", 4, 14, "step", "last, '{else: [...]}'")]
    [InlineData("steps:\n  - branch: [{else: [exit]}, {if: \"true\", steps: [exit]}]", 4, 14, "step", "put it last")]
    [InlineData("steps:\n  - branch: [{if: \"count(b) over 1h\", steps: [exit]}]", 4, 20, "type", "condition")]
    [InlineData("steps:\n  - exit: false", 4, 5, "shape", "takes true")]
    [InlineData("steps:\n  - {wait: 1d, name: 2}\n  - wait: 1d\n  - prompt: {}", 5, 5, "duplicate-name", "two steps are called '2'")]
    [InlineData("steps:\n  - prompt: {data: {n: y.n}}\n  - wait_until: {event: b, as: y, for: 1d}", 4, 24, "unknown-name", "nothing is called 'y'")]
    [InlineData("steps:\n  - wait_until: {event: b, as: y, for: 1d}\n    timeout: [{prompt: {data: {n: y.n}}}]", 5, 35, "unknown-name", "nothing is called 'y'")]
    [InlineData("steps:\n  - wait_until: {event: b, as: x, for: 1d}\n  - prompt: {data: {n: x.n}}", 4, 25, "duplicate-name", "two steps are called 'x'")]
    [InlineData("migrate: {from: 1}\nprompt: {}", 3, 1, "steps", "without 'steps' has none")]
    [InlineData("migrate: {from: 1}\nsteps: [{prompt: {}}]", 3, 10, "migrate", "raise 'version'")]
    [InlineData("version: 2\nmigrate: {steps: {a: b}}\nsteps: [{prompt: {}}]", 4, 10, "missing-key", "needs 'from'")]
    [InlineData("version: 2\nmigrate: {from: 1, otherwise: stay}\nsteps: [{prompt: {}}]", 4, 31, "unknown-value", "exit or stay-name")]
    [InlineData("version: 2\nmigrate: {from: 1, steps: {a: pause}}\nsteps: [{wait: 1d, name: pauze}, {prompt: {}}]", 4, 10, "unknown-step", "did you mean 'pauze'?")]
    [InlineData("version: 2\nmigrate: [{from: 1}, {from: 1}]\nsteps: [{prompt: {}}]", 4, 22, "duplicate-name", "already migrated")]
    public void Mistake_NamesItsPlaceAndRemedy(string rest, int line, int column, string code, string part)
    {
        var reading = Read(Head + rest);
        Assert.Null(reading.Definition);
        var problem = Assert.Single(reading.Problems, p => p.Code == code);
        Assert.Equal((line, column), (problem.At.Line, problem.At.Column));
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AliasOfOneArm_IsNotKnownInAnother_ButAfterTheBranch()
    {
        const string Branch = """
            steps:
              - branch:
                  - {if: "x.n > 1", steps: [{wait_until: {event: b, as: y, for: 1d}}]}
                  - else: [{prompt: {data: {n: "N"}}}]
              - prompt: {data: {n: y.n}}

            """;
        Assert.NotNull(Read(Head + Branch.Replace("\"N\"", "x.n", StringComparison.Ordinal)).Definition);
        Assert.Contains(Read(Head + Branch.Replace("\"N\"", "y.n", StringComparison.Ordinal)).Problems, p => p.Code == "unknown-name");
    }

    [Fact]
    public void TooManyStepsAndTooDeepOnes_AreRefused()
    {
        var many = Head + "steps:\n" + string.Concat(Enumerable.Repeat("  - wait: 1d\n", Limits.JourneyStepsMax + 1));
        Assert.Contains(Read(many).Problems, p => p.Code == "too-many");
        string Nested(int depth) => depth == 1 ? "[exit]" : $"[{{branch: [{{else: {Nested(depth - 1)}}}]}}]";
        Assert.NotNull(Read($"{Head}steps: {Nested(Limits.JourneyDepthMax)}\n").Definition);
        Assert.Contains(Read($"{Head}steps: {Nested(Limits.JourneyDepthMax + 1)}\n").Problems, p => p.Code == "too-deep");
    }

    [Fact]
    public void Steps_AreCalledByTheirPlaces()
    {
        var reading = Read(Head + """
            steps:
              - prompt: {}
              - wait_until: {event: b, for: 1d}
                timeout: [{wait: 1h}, exit]
              - {wait: 1d, name: pause}
              - branch:
                  - {if: "x.n > 1", steps: [{prompt: {}}]}
                  - else: [{wait: 1d}, {prompt: {}}]
            """);
        var names = JourneySteps.All(reading.Definition!.Triggers[0].Steps).Select(step => step.Name);
        Assert.Equal("1 2 2.1 2.2 pause 4 4.1.1 4.2.1 4.2.2", string.Join(' ', names));
    }

    [Fact]
    public void ATemplateThatIsNotThere_IsRefusedAtItsPlace()
    {
        var reading = RulebookFiles.Read(new Dictionary<string, string>
        {
            ["t.yaml"] = Head + "steps:\n  - prompt: {template: helo}\n",
            ["templates/hello.hbs"] = "hello",
        });
        var problem = Assert.Single(reading.Problems, p => p.Code == "unknown-template");
        Assert.Equal((4, 24), (problem.At.Line, problem.At.Column));
    }

    [Theory]
    [InlineData("unreachable-step", "steps: [{prompt: {}}, exit, {wait: 1d}]", "steps: [{prompt: {}}, {wait: 1d}, exit]")]
    [InlineData("unreachable-step", "steps: [{branch: [{if: \"x.n > 1\", steps: [exit]}, {else: [{prompt: {}}, exit]}]}, {wait: 1d}]", "steps: [{branch: [{if: \"x.n > 1\", steps: [exit]}, {else: [{prompt: {}}]}]}, {wait: 1d}]")]
    [InlineData("prompts-at-once", "steps: [{prompt: {}}, {prompt: {}}]", "steps: [{prompt: {}}, {wait: 1d}, {prompt: {}}]")]
    [InlineData("no-prompt", "steps: [{wait: 1d}]", "steps: [{wait: 1d}, {prompt: {}}]")]
    [InlineData("exit-before-wait", "exit: b\nsteps: [{wait_until: {event: b, for: 1d}}, {prompt: {}}]", "exit: c\nsteps: [{wait_until: {event: b, for: 1d}}, {prompt: {}}]")]
    [InlineData("exit-before-wait", "goal: {event: b}\nsteps: [{wait_until: {event: b, where: \"event.n > 2\", for: 1d}}, {prompt: {}}]", "goal: {event: b, where: \"event.n > 3\"}\nsteps: [{wait_until: {event: b, where: \"event.n > 2\", for: 1d}}, {prompt: {}}]")]
    [InlineData("unwatched-condition", "steps: [{wait_until: {if: \"local_hour() > 8\", for: 1d}}, {prompt: {}}]", "steps: [{wait_until: {if: \"local_hour() > 8 and count(b) over 1h = 0\", for: 1d}}, {prompt: {}}]")]
    [InlineData("unused-alias", "steps: [{wait_until: {event: b, as: y, for: 1d}}, {prompt: {}}]", "steps: [{wait_until: {event: b, as: y, for: 1d}}, {prompt: {data: {n: y.n, m: x.n}}}]")]
    [InlineData("never-true", "steps: [{prompt: {if: \"x.n > 1 and x.n < 1\"}}]", "steps: [{prompt: {if: \"x.n > 1 and x.n < 2\"}}]")]
    [InlineData("misfire-beyond-expiry", "decide: {expires: 60s}\nsteps: [{wait: 1d}, {prompt: {}}]", "decide: {expires: 61s}\nsteps: [{wait: 1d}, {prompt: {}}]")]
    [InlineData("exit-at-entry", "exit: a\nprompt: {}", "exit: a\nsteps: [{wait: 1d}, {prompt: {}}]")]
    public void StepsThatCannotBeMeant_AreReported_TheirTwinsAreNot(string code, string rest, string twin)
    {
        Assert.Contains(Linter.Check(Read(Head + rest)), p => p.Code == code);
        Assert.DoesNotContain(Linter.Check(Read(Head + twin)), p => p.Code == code);
    }

    private static RulebookReading Read(string trigger) => RulebookFiles.Read(new Dictionary<string, string> { ["t.yaml"] = trigger });
}
