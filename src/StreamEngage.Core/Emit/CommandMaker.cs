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
        if (isSent) output.Prompts.Add(Prompt(decision, new(id!, userId, instance, ++user.PromptSequence), causes));
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
        var userId = user.Id.ToString();
        var id = PromptId.Of(trigger.Name, userId, instance, causes[0], 0);
        var candidate = new Candidate(trigger, absence.Instance.Key, at, at);
        return Prompt(new(candidate, Verdict.Sent, Reason.None) { Data = [] }, new(id, userId, instance, ++user.PromptSequence), causes) with
        {
            Kind = PromptKind.Cancel,
            NotAfter = absence.SentUntil ?? at,
            Template = null,
            Data = [],
        };
    }

    private static PromptCommand Prompt(in Decision decision, in Addressee to, string[] causes)
    {
        var trigger = decision.Candidate.Trigger;
        return new()
        {
            PromptId = to.PromptId,
            Kind = PromptKind.Send,
            User = to.User,
            Channel = trigger.Decide.Channels[0],
            Trigger = trigger.Name,
            Version = trigger.Definition.Version,
            Instance = to.Instance,
            DecidedAt = decision.Candidate.DecidedAt,
            NotBefore = decision.Candidate.DecidedAt,
            NotAfter = decision.NotAfter,
            CollapseKey = to.Instance.Length == 0 ? trigger.Name : string.Concat(trigger.Name, "/", to.Instance),
            Priority = trigger.Decide.Priority,
            Sequence = to.Sequence,
            Template = trigger.Definition.Prompt.Template,
            Data = Data(trigger, decision.Data!),
            ConsentPurpose = trigger.Decide.Purpose,
            Reasons = trigger.Reasons,
            Causes = causes,
        };
    }

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

    private static string[] Causes(in Candidate candidate, in BehaviorEvent e)
    {
        if (candidate.Captured is not { } progress) return candidate.IsByEvent ? [e.Id.ToString()] : [];
        var ids = new string[progress.Captured.IdCount];
        for (var i = 0; i < ids.Length; i++) ids[i] = progress.Captured.Id(i).ToString();
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

    /// <summary>What a command is called and whom it is for, each text made once.</summary>
    private readonly record struct Addressee(string PromptId, string User, string Instance, long Sequence);
}
