using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;
using StreamEngage.State;
using StreamEngage.Testing;

namespace StreamEngage.Journeys;

/// <summary>Journeys under way when the rulebook is changed: stored by one, read by the other.</summary>
public sealed class JourneyVersionTests
{
    private const long Start = 1_767_225_600_000, Hour = 3_600_000;
    private const string Before = """
        trigger: t
        version: 1
        on: {event: signup, as: s}
        steps:
          - {wait: 1h, name: pause}
          - {prompt: {data: {plan: s.plan}}, name: hello}
        """;

    [Fact]
    public void SameVersion_GoesOnAtTheStepOfItsName()
    {
        const string After = """
            trigger: t
            version: 1
            on: {event: signup, as: s}
            steps:
              - {prompt: {}, name: welcome}
              - wait_until: {event: paid, as: p, for: 1d}
              - {wait: 2h, name: pause}
              - {prompt: {data: {plan: s.plan, seats: "coalesce(s.seats, 0)", paid: "coalesce(p.value, 0)"}}, name: bye}
            """;
        var (prompts, dropped) = Run(Before, After);
        var prompt = Assert.Single(prompts);
        // The deadline was set when it came to the step; what was not captured then is null.
        Assert.Equal(Start + Hour, prompt.DecidedAt.UnixMilliseconds);
        Assert.Equal(["pro", "0", "0"], prompt.Data.Select(d => d.Value.ToString()));
        Assert.Equal(0, dropped);
    }

    [Fact]
    public void SameVersionWithoutTheStep_EndsAndIsCounted()
    {
        var (prompts, dropped) = Run(Before, Before.Replace("name: pause", "name: other", StringComparison.Ordinal));
        Assert.Empty(prompts);
        Assert.Equal(1, dropped);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("migrate: {from: 1}", 0)]
    [InlineData("migrate: {from: 1, otherwise: exit}", 0)]
    [InlineData("migrate: {from: 3, otherwise: stay-name}", 0)]
    [InlineData("migrate: {from: 1, otherwise: stay-name}", 1)]
    [InlineData("migrate: {from: 1, steps: {pause: long}}", 1)]
    [InlineData("migrate: {from: 1, steps: {other: long}}", 0)]
    [InlineData("migrate: [{from: 2}, {from: 1, steps: {pause: long}}]", 1)]
    public void AnotherVersion_SaysWhereItGoesOn(string migrate, int prompts)
    {
        var after = $"""
            trigger: t
            version: 4
            {migrate}
            on: {"{event: signup, as: s}"}
            steps:
              - {"{wait: 5h, name: long}"}
              - {"{wait: 1h, name: pause}"}
              - {"{prompt: {data: {plan: s.plan}}, name: hello}"}
            """;
        var (sent, dropped) = Run(Before, after);
        Assert.Equal(prompts, sent.Count);
        Assert.Equal(1 - prompts, dropped);
        Assert.All(sent, prompt => Assert.Equal((4, "pro"), (prompt.Version, prompt.Data[0].Value.ToString())));
        // At `long` one hour is left, and then the hour of `pause`.
        var due = migrate.Contains("long", StringComparison.Ordinal) ? 2 * Hour : Hour;
        Assert.All(sent, prompt => Assert.Equal(Start + due, prompt.DecidedAt.UnixMilliseconds));
    }

    [Theory]
    [InlineData("migrate: {from: 1, steps: {pause: pause}}", "1d 00:00:00 t")]
    [InlineData("migrate: {from: 1}", "")]
    [InlineData("on_upgrade: keep", "1d 00:00:00 t")]
    [InlineData("on_upgrade: close", "")]
    [InlineData("on_upgrade: keep\nmigrate: {from: 1, otherwise: exit}", "")]
    public void WhileTheEngineRuns_AnotherVersionSaysTheSame(string upgrade, string prompts)
    {
        string Text(int version, string more) =>
            $"trigger: t\nversion: {version}\n{more}\non: {{event: signup}}\nsteps:\n  - {{wait: 12h, name: pause}}\n  - prompt: {{}}\n";
        var engine = EngineHarness.With(Text(1, "")).At("12:00").Does("signup").At("13:00").Change(Text(2, upgrade)).At("1d 12:00").Does("view");
        Assert.Equal(prompts, string.Join(' ', engine.Prompts));
    }

    [Theory]
    [InlineData(1, "night", "sent")]
    [InlineData(1, "day", "retired")]
    [InlineData(2, "night", "retired")]
    public void WhileTheEngineRuns_AHeldPromptIsFoundByItsStepOrRetired(int version, string name, string verdict)
    {
        Dictionary<string, string> Files(int version, string name) => new()
        {
            ["policy.yaml"] = "quiet_hours: {from: \"22:00\", to: \"08:00\"}\n",
            ["t.yaml"] = $"trigger: t\nversion: {version}\non: {{event: signup}}\nsteps:\n  - {{prompt: {{}}, name: {name}}}\n  - {{wait: 9d, name: w}}\n",
        };
        var engine = EngineHarness.With(Files(1, "night")).At("23:00").Does("signup").At("23:30").Change(Files(version, name)).At("1d 12:00").Does("view");
        var last = engine.Decisions[^1];
        Assert.Equal(verdict, last.Verdict == Decide.Verdict.Sent ? "sent" : Decide.ReasonCodes.Code(last.Reason));
    }

    [Theory]
    [InlineData("12:59:59.999", "backfill")]
    [InlineData("13:00", "sent")]
    public void ANewJourneyBeginsWhenTheWindowsOfItsBranchesAreComplete(string signup, string verdict)
    {
        const string Next = "trigger: t\non: {event: signup}\nsteps:\n  - branch: [{if: \"count(view) over 1h = 0\", steps: [{prompt: {}}]}]\n";
        var engine = EngineHarness.With("trigger: other\non: {event: nothing}\n").At("12:00").Change(Next).At(signup).Does("signup");
        var decision = Assert.Single(engine.Decisions);
        Assert.Equal(verdict, decision.Verdict == Decide.Verdict.Sent ? "sent" : Decide.ReasonCodes.Code(decision.Reason));
    }

    [Fact]
    public void AStepWhoseOwnWindowIsNotComplete_IsSuppressedAndTheJourneyGoesOn()
    {
        const string Next = "trigger: t\non: {event: signup}\nsteps:\n  - prompt: {if: \"count(view) over 1h = 0\"}\n  - wait: 2h\n  - prompt: {}\n";
        var engine = EngineHarness.With("trigger: other\non: {event: nothing}\n").At("12:00").Change(Next).At("12:30").Does("signup").ForEver();
        Assert.Equal(["1 backfill", "3 "], engine.Decisions.Select(d => $"{d.Step} {Decide.ReasonCodes.Code(d.Reason)}"));
    }

    [Fact]
    public void ATriggerThatHasNoStepsAnyMore_EndsItsJourneys()
    {
        var (prompts, dropped) = Run(Before, "trigger: t\nversion: 1\non: {event: signup, as: s}\nprompt: {data: {plan: s.plan}}\n");
        Assert.Empty(prompts);
        Assert.Equal(1, dropped);
    }

    [Theory]
    [InlineData("night", true)]
    [InlineData("other", false)]
    public void AHeldPrompt_IsFoundAgainByItsStep(string name, bool isSent)
    {
        const string Policy = "quiet_hours: {from: \"23:00\", to: \"08:00\", channels: [push]}\n";
        string Steps(string step) => "trigger: t\non: {event: signup}\nsteps:\n  - {wait: 1ms, name: a}\n"
            + $"  - {{prompt: {{expires: 1d}}, name: {step}}}\n  - {{wait: 9d, name: b}}\n";
        var (prompts, _) = Run(Steps("night"), Steps(name), Policy);
        Assert.Equal(isSent ? [Start + 8 * Hour] : [], prompts.Select(prompt => prompt.NotBefore.UnixMilliseconds));
    }

    [Fact]
    public void AnOrdinaryUser_CostsNoByteMore()
    {
        var compiled = Compile("trigger: t\non: {event: signup}\n", "");
        var (store, _) = Stored(compiled, out var run);
        var record = store.Load(store.Users.Single());
        Assert.Equal(3, record.Span[0]);
        Assert.Empty(run.Lanes[0].Users.All.Single().Journeys);
        Assert.Equal(0, record.Span[^1]);
    }

    private static (List<PromptCommand> Prompts, long Dropped) Run(string before, string after, string policy = "")
    {
        var (store, source) = Stored(Compile(before, policy), out _);
        var prompts = new List<PromptCommand>();
        var run = new PipelineRun(Compile(after, policy)) { Prompt = prompts.Add };
        Assert.Null(run.Load(store, source.Written));
        run.End(drain: true);
        return (prompts, run.Sum((LaneCounters counters) => counters.JourneysDropped));
    }

    private static (InMemoryStateStore Store, RecordWriter Source) Stored(CompiledRulebook compiled, out PipelineRun run)
    {
        run = new PipelineRun(compiled);
        Assert.Equal(Decoded.Event, run.Offer(Line("e1", "signup", Start), new(Limits.EventTimeMax)));
        Assert.Equal(Decoded.Event, run.Offer(Line("e2", "view", Start + 60_000), new(Limits.EventTimeMax)));
        var (store, source) = (new InMemoryStateStore(), new RecordWriter());
        run.Suspend();
        run.Save(store, source);
        return (store, source);
    }

    private static byte[] Line(string id, string type, long at) => System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"id":"{{{id}}}","user":"u1","type":"{{{type}}}","at":{{{at}}},"props":{"plan":"pro"}}""");

    private static CompiledRulebook Compile(string trigger, string policy)
    {
        if (policy.Length == 0) policy = "dedup: 1h\n";
        var reading = RulebookFiles.Read(new Dictionary<string, string> { ["t.yaml"] = trigger, ["policy.yaml"] = policy });
        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        return RulebookCompiler.Compile(reading.Definition);
    }
}
