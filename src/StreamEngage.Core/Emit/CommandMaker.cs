using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Emit;

/// <summary>Makes commands and decision records of decisions: from here on nothing points into a batch or a state.</summary>
internal static class CommandMaker
{
    private static readonly Gate[] Gates =
        [
            Gate.Predicate, Gate.Reentry, Gate.Holdout, Gate.Consent, Gate.Channel, Gate.Score, Gate.Arbitration, Gate.Cap, Gate.Quiet, Gate.Approval,
            Gate.Template,
        ];

    /// <summary>Adds what becomes visible of a decision; one that was only counted shows nowhere.</summary>
    public static void Make(Decision decision, UserState user, StepOutput output)
    {
        if (decision.Names is not { } names) return;
        if (decision.Verdict == Verdict.Sent) output.Prompts.Add(Prompt(decision, ++user.PromptSequence));
        if (!output.WantsDecisions) return;
        output.Decisions.Add(new()
        {
            User = names.User,
            Trigger = decision.Trigger.Name,
            Version = decision.Trigger.Definition.Version,
            Instance = names.Instance,
            At = decision.At,
            Step = decision.Trigger.Step,
            Verdict = decision.Verdict,
            Reason = decision.Reason,
            PromptId = decision.PromptId,
            Variant = VariantOf(decision),
            Causes = names.Causes,
            Gates = Trace(decision),
        });
    }

    /// <summary>An event came that takes back what an absence had sent.</summary>
    public static PromptCommand Cancel(CompiledTrigger trigger, ArmedAbsence absence, UserState user, EventTime at)
    {
        var candidate = new Candidate(trigger, absence.Instance.Key, at, at) { Captured = absence };
        var names = CandidateNames.Of(candidate, default, user.Id);
        var id = SentId(candidate, names, user);
        var decision = new Decision(candidate) { Data = [], Names = names, PromptId = id, Channel = ChannelOf(trigger, id, user) };
        return Prompt(decision, ++user.PromptSequence) with
        {
            Kind = PromptKind.Cancel,
            NotAfter = absence.SentUntil ?? at,
            Template = null,
            Data = [],
        };
    }

    /// <summary>The id it went out with, perhaps when the user was not known by this name.</summary>
    private static string SentId(in Candidate candidate, CandidateNames names, UserState user)
    {
        var own = names.PromptId(candidate);
        if (user.Identity is not { } identity || IsRemembered(own, user)) return own;
        foreach (var former in identity.Former)
            if ((names with { User = former.Id.ToString() }).PromptId(candidate) is var id && IsRemembered(id, user)) return id;
        return own;
    }

    private static bool IsRemembered(string promptId, UserState user) =>
        user.Contact?.Prompt(Decide.PromptId.ValueOf(promptId)) is not null;

    /// <summary>The channel a prompt went to; the trigger's first where that is not remembered any more.</summary>
    private static int ChannelOf(CompiledTrigger trigger, string promptId, UserState user)
    {
        var prompt = user.Contact?.Prompt(Decide.PromptId.ValueOf(promptId));
        var known = prompt is { Channel: var identity } ? Array.FindIndex(trigger.Channels, channel => channel.Identity == identity) : -1;
        return Math.Max(0, known);
    }

    private static PromptCommand Prompt(Decision decision, long sequence)
    {
        var (trigger, names) = (decision.Trigger, decision.Names!);
        return new()
        {
            PromptId = decision.PromptId!,
            Kind = decision.Supersedes ? PromptKind.Supersede : PromptKind.Send,
            User = names.User,
            Channel = trigger.Channels[decision.Channel].Name,
            Trigger = trigger.Name,
            Version = trigger.Definition.Version,
            Instance = names.Instance,
            Variant = VariantOf(decision),
            Propensity = decision.Propensity,
            DecidedAt = decision.Candidate.DecidedAt,
            NotBefore = decision.At,
            NotAfter = decision.NotAfter,
            CollapseKey = names.Instance.Length == 0 ? trigger.Name : string.Concat(trigger.Name, "/", names.Instance),
            Priority = trigger.Decide.Priority,
            Sequence = sequence,
            Template = trigger.Definition.Prompt.Template,
            Data = Data(trigger, decision.Data!),
            ConsentPurpose = trigger.Decide.Purpose,
            Reasons = trigger.Reasons,
            Causes = names.Causes,
        };
    }

    private static string? VariantOf(Decision decision) =>
        decision.Variant < 0 ? null : decision.Trigger.Decide.Variants[decision.Variant].Name;

    private static KeyValuePair<string, Value>[] Data(CompiledTrigger trigger, Value[] values) =>
        values.Length == 0 ? [] : Filled(trigger, values);

    private static KeyValuePair<string, Value>[] Filled(CompiledTrigger trigger, Value[] values)
    {
        var data = new KeyValuePair<string, Value>[values.Length];
        for (var i = 0; i < data.Length; i++) data[i] = new(trigger.Data[i].Name, Detach(values[i]));
        return data;
    }

    private static Value Detach(Value value) => value.Kind switch
    {
        ValueKind.Text => Value.Of(value.Text.Detach()),
        ValueKind.List => Value.List([.. value.Items.ToArray().Select(Detach)], 0, value.Items.Length),
        _ => value,
    };

    /// <summary>The gates it came to: of a ghost all of them, though it failed at the holdout.</summary>
    private static List<GateTrace> Trace(Decision decision)
    {
        var traces = new List<GateTrace>(Gates.Length);
        var last = decision.Verdict switch
        {
            Verdict.Sent or Verdict.Ghost => Gate.Template,
            Verdict.Held => decision.AwaitsApproval ? Gate.Approval : Gate.Quiet,
            _ => ReasonCodes.GateOf(decision.Reason),
        };
        foreach (var gate in Gates)
        {
            if (gate > last) break;
            if (gate == Gate.Approval && decision.Trigger.Decide.Approval is null) continue;
            if (gate == Gate.Score && decision.Trigger.Thresholds.Length == 0) continue;
            var isHoldout = gate == Gate.Holdout && decision.HeldOut != HeldOut.No;
            var isLast = gate == last && decision.Verdict is Verdict.Suppressed or Verdict.Held;
            var detail = isHoldout ? HoldoutDetail(decision) : isLast ? Detail(decision) : PassedDetail(gate, decision);
            traces.Add(new(gate, !isHoldout && !isLast, detail));
        }
        return traces;
    }

    private static string HoldoutDetail(Decision decision) => decision.HeldOut == HeldOut.FromAll ? "held out of everything" : "held out of this trigger";

    private static string? PassedDetail(Gate gate, Decision decision) => gate switch
    {
        Gate.Channel => decision.Trigger.Channels[decision.Channel].Name,
        Gate.Score => decision.Scores,
        _ => null,
    };

    private static string? Detail(Decision decision)
    {
        var trigger = decision.Trigger;
        return decision.Reason switch
        {
            Reason.Predicate => trigger.Reasons[^1],
            Reason.Cooldown => $"less than {trigger.Decide.CooldownMilliseconds} ms after the last sent",
            Reason.AlreadyIn when trigger.Journey is not null && trigger.Decide.Reentry is not (Rules.ReentryMode.Once or Rules.ReentryMode.AfterExit) =>
                "its journey is under way",
            Reason.AlreadyIn => $"reentry: {(trigger.Decide.Reentry == Rules.ReentryMode.Once ? "once" : "after_exit")}",
            Reason.LostArbitration => $"priority {trigger.Decide.Priority}",
            Reason.Misfire => $"due {decision.Candidate.Due?.UnixMilliseconds}",
            Reason.LowScore or Reason.LowUplift => decision.Scores,
            Reason.TemplateError => $"template {trigger.Definition.Prompt.Template} needs a value that is null",
            _ => decision.Detail,
        };
    }
}
