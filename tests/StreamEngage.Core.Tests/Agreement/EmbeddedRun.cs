using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rules;
using StreamEngage.State;
using StreamEngage.Tests.Naive;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>What a whole run made, drained.</summary>
internal sealed record EmbeddedRun(IReadOnlyList<PromptCommand> Prompts, IReadOnlyList<DecisionRecord> Decisions)
{
    /// <summary>What came of prompts, as the naive interpreter writes it.</summary>
    public IReadOnlyList<NaiveDecision> Outcomes { get; private init; } = [];

    private static readonly EventTime Ever = new(Limits.EventTimeMax);

    /// <summary>Prompt and decision lines as they are written.</summary>
    public string Text
    {
        get
        {
            var lines = new ArrayBufferWriter<byte>();
            foreach (var prompt in Prompts) JsonLines.Write(prompt, lines);
            foreach (var decision in Decisions) JsonLines.Write(decision, lines);
            return Encoding.UTF8.GetString(lines.WrittenSpan);
        }
    }

    public EmbeddedRun OfUser(string user) => new([.. Prompts.Where(prompt => prompt.User == user)], [.. Decisions.Where(decision => decision.User == user)]);

    public static EmbeddedRun Of(
        RulebookDefinition rulebook, IReadOnlyList<NaiveEvent> arrival, int lanes = 1, int batch = 200, IReadOnlyList<NaiveChange>? changes = null)
    {
        var (prompts, decisions) = (new List<PromptCommand>(), new List<DecisionRecord>());
        var run = new PipelineRun(RulebookCompiler.Compile(rulebook), lanes)
        {
            BatchEvents = batch,
            Prompt = prompts.Add,
            Decision = decisions.Add,
        };
        foreach (var change in changes ?? []) run.ChangeAt(new(change.At), change.Next);
        foreach (var e in arrival) Assert.Equal(Decoded.Event, run.Offer(LineOf(e), Ever));
        run.End(drain: true);
        return new(prompts, decisions) { Outcomes = changes is { Count: > 0 } ? [] : [.. OutcomesOf(rulebook, run.Statistics.Total)] };
    }

    private static IEnumerable<NaiveDecision> OutcomesOf(RulebookDefinition rulebook, OutcomeTally tally)
    {
        for (var trigger = 0; trigger < rulebook.Triggers.Count; trigger++)
        {
            var (definition, variants) = (rulebook.Triggers[trigger], rulebook.Triggers[trigger].Decide.Variants);
            if (definition.Goal is null) continue;
            for (var variant = 0; variant < Math.Max(1, variants.Count); variant++)
            {
                foreach (var (side, name) in ((HeldOut, string)[])[(HeldOut.No, "sent"), (HeldOut.FromAll, "global-holdout"), (HeldOut.FromTrigger, "holdout")])
                {
                    var count = tally.Of(trigger, variant, side);
                    var named = variants.Count == 0 ? null : variants[variant].Name;
                    if (count.Units > 0) yield return NaiveOutcomes.Line(definition.Name, named, name, count.Units, count.Conversions);
                }
            }
        }
    }

    public static byte[] LineOf(NaiveEvent e) => JsonSerializer.SerializeToUtf8Bytes(
        new { id = e.Id, user = e.User, type = e.Type, at = e.At, props = e.Props });
}
