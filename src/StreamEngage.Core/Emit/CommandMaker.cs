using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Emit;

/// <summary>Makes commands and decision records of decisions: from here on nothing points into a batch or a state.</summary>
internal static class CommandMaker
{
    private static readonly Gate[] Gates = [Gate.Predicate, Gate.Reentry, Gate.Arbitration, Gate.Template];

    public static void Make(in Decision decision, in BehaviorEvent e, UserState user, StepOutput output)
    {
        var isSent = decision.Verdict == Verdict.Sent;
        if (!isSent && !output.WantsDecisions) return;
        var causes = Causes(decision.Candidate, e);
        var trigger = decision.Candidate.Trigger;
        var instance = trigger.InstanceText(decision.Candidate.Key);
        var userId = user.Id.ToString();
        var id = isSent ? PromptId.Of(trigger.Name, userId, instance, Arming(decision.Candidate, causes), 0) : null;
        if (isSent) output.Prompts.Add(Prompt(decision, user, id!, instance, causes));
        if (output.WantsDecisions) output.Decisions.Add(new()
        {
            User = userId,
            Trigger = trigger.Name,
            Version = trigger.Definition.Version,
            Instance = instance,
            At = decision.Candidate.DecidedAt,
            Verdict = decision.Verdict,
            Reason = decision.Reason,
            PromptId = id,
            Causes = causes,
            Gates = Trace(decision),
        });
    }

    /// <summary>An event came that takes back what an absence had sent.</summary>
    public static PromptCommand Cancel(CompiledTrigger trigger, ArmedAbsence absence, UserState user, EventTime at)
    {
        var causes = new[] { absence.Captured.Id(0).ToString() };
        var instance = trigger.InstanceText(absence.Instance.Key);
        var id = PromptId.Of(trigger.Name, user.Id.ToString(), instance, causes[0], 0);
        var candidate = new Candidate(trigger, absence.Instance.Key, at, at);
        return Prompt(new(candidate, Verdict.Sent, Reason.None) { Data = [] }, user, id, instance, causes) with
        {
            Kind = PromptKind.Cancel,
            NotAfter = absence.SentUntil ?? at,
            Template = null,
            Data = [],
        };
    }

    private static PromptCommand Prompt(in Decision decision, UserState user, string id, string instance, string[] causes)
    {
        var trigger = decision.Candidate.Trigger;
        return new()
        {
            PromptId = id,
            Kind = PromptKind.Send,
            User = user.Id.ToString(),
            Channel = trigger.Decide.Channels[0],
            Trigger = trigger.Name,
            Version = trigger.Definition.Version,
            Instance = instance,
            DecidedAt = decision.Candidate.DecidedAt,
            NotBefore = decision.Candidate.DecidedAt,
            NotAfter = decision.NotAfter,
            CollapseKey = instance.Length == 0 ? trigger.Name : $"{trigger.Name}/{instance}",
            Priority = trigger.Decide.Priority,
            Sequence = ++user.PromptSequence,
            Template = trigger.Definition.Prompt.Template,
            Data = Data(trigger, decision.Data!),
            ConsentPurpose = trigger.Decide.Purpose,
            Reasons = trigger.Reasons,
            Causes = causes,
        };
    }

    private static KeyValuePair<string, Value>[] Data(CompiledTrigger trigger, Value[] values) =>
        [.. values.Select((value, i) => KeyValuePair.Create(trigger.Data[i].Name, Detach(value)))];

    private static Value Detach(Value value) => value.Kind switch
    {
        ValueKind.Text => Value.Of(value.Text.Detach()),
        ValueKind.List => Value.List([.. value.Items.ToArray().Select(Detach)], 0, value.Items.Length),
        _ => value,
    };

    private static string[] Causes(in Candidate candidate, in BehaviorEvent e)
    {
        if (candidate.Captured is not { } captured) return candidate.IsByEvent ? [e.Id.ToString()] : [];
        var ids = new string[captured.IdCount];
        for (var i = 0; i < ids.Length; i++) ids[i] = captured.Id(i).ToString();
        return ids;
    }

    /// <summary>What sets this candidate apart from the trigger's others: its causes, or the instant where time made it.</summary>
    private static string Arming(in Candidate candidate, string[] causes) =>
        causes.Length == 0 ? $"@{candidate.DecidedAt.UnixMilliseconds}" : string.Join(',', causes);

    private static List<GateTrace> Trace(in Decision decision)
    {
        var traces = new List<GateTrace>(Gates.Length);
        var failed = decision.Verdict == Verdict.Sent ? (Gate?)null : ReasonCodes.GateOf(decision.Reason);
        foreach (var gate in Gates)
        {
            if (gate == failed)
            {
                traces.Add(new(gate, false, Detail(decision)));
                break;
            }
            traces.Add(new(gate, true, null));
        }
        return traces;
    }

    private static string? Detail(in Decision decision)
    {
        var trigger = decision.Candidate.Trigger;
        return decision.Reason switch
        {
            Reason.Predicate => trigger.Reasons[^1],
            Reason.Cooldown => $"less than {trigger.Decide.CooldownMilliseconds} ms after the last sent",
            Reason.AlreadyIn => $"reentry: {(trigger.Decide.Reentry == Rules.ReentryMode.Once ? "once" : "after_exit")}",
            Reason.LostArbitration => $"priority {trigger.Decide.Priority}",
            Reason.Misfire => $"due {decision.Candidate.Due?.UnixMilliseconds}",
            Reason.TemplateError => $"template {trigger.Definition.Prompt.Template} needs a value that is null",
            _ => null,
        };
    }
}
