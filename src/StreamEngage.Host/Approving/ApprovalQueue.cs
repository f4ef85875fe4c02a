using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Runs;
using StreamEngage.Host.Serving.Admin;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Host.Approving;

/// <summary>The prompts that wait for a person's answer.</summary>
/// <param name="Clock">Where the engine's clock stands.</param>
/// <param name="Awaiting">The most urgent first.</param>
internal sealed record ApprovalQueue(EventTime Clock, IReadOnlyList<AwaitingPrompt> Awaiting)
{
    public static ApprovalQueue Of(PipelineRun run) => new(run.Clock,
    [
        .. from lane in run.Lanes
           from user in lane.Users.All
           from held in user.Held
           where held.AwaitsApproval
           let awaiting = AwaitingPrompt.Of(run.Rulebook, user, held)
           orderby awaiting.Deadline, awaiting.PromptId
           select awaiting,
    ]);

    public AwaitingPrompt? Find(string promptId) => Awaiting.FirstOrDefault(one => one.PromptId == promptId);

    public string ToText()
    {
        if (Awaiting.Count == 0) return "no prompt waits for an answer\n";
        var table = new TextTable();
        table.Add("prompt", "user", "trigger", "instance", "decided", "answer due", "without one");
        foreach (var one in Awaiting)
            table.Add(one.PromptId, one.User, one.Trigger, one.Instance, one.DecidedAt.ToString(), one.Deadline.ToString(), one.Default);
        return table.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(Awaiting.Select(one => new
    {
        promptId = one.PromptId,
        user = one.User,
        trigger = one.Trigger,
        instance = one.Instance,
        decidedAt = one.DecidedAt.UnixMilliseconds,
        due = one.Deadline.UnixMilliseconds,
        @default = one.Default,
    }));
}

/// <summary>A prompt that waits for a person's answer.</summary>
/// <param name="PromptId">Its id.</param>
/// <param name="User">Whom it is for.</param>
/// <param name="Trigger">Whose it is.</param>
/// <param name="Instance">The instance key; empty without one.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="Deadline">The last instant, included, of an answer.</param>
/// <param name="WithoutAnswer">What silence means.</param>
internal sealed record AwaitingPrompt(
    string PromptId, string User, string Trigger, string Instance, EventTime DecidedAt, EventTime Deadline, ApprovalAnswer WithoutAnswer)
{
    /// <summary>What silence means, as it is written.</summary>
    public string Default => WithoutAnswer == ApprovalAnswer.Approve ? "approve" : "reject";

    public static AwaitingPrompt Of(CompiledRulebook rulebook, UserState user, HeldCandidate held)
    {
        var trigger = rulebook.Triggers[held.Instance.Trigger];
        return new(
            held.PromptId.ToString("x32", CultureInfo.InvariantCulture), user.Id.ToString(), trigger.Name, trigger.InstanceText(held.Instance.Key),
            held.DecidedAt, new(held.Due), trigger.Decide.Approval?.Default ?? ApprovalAnswer.Reject);
    }

    /// <summary>As the verb and the admin port tell it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("promptId", PromptId);
        json.WriteString("user", User);
        json.WriteString("trigger", Trigger);
        json.WriteString("instance", Instance);
        json.WriteNumber("decidedAt", DecidedAt.UnixMilliseconds);
        json.WriteNumber("due", Deadline.UnixMilliseconds);
        json.WriteString("default", Default);
        json.WriteEndObject();
    }

    /// <summary>The answer as an event line.</summary>
    public string Answer(bool isApproved, string? by, EventTime at) => Encoding.UTF8.GetString(ControlEvents.Answer((PromptId, User), isApproved, by, at));
}
