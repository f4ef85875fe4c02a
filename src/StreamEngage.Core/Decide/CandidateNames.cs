using StreamEngage.Detect;
using StreamEngage.Events;

namespace StreamEngage.Decide;

/// <summary>Whose a candidate is and what it is of, as texts that outlive the batch.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Instance">The instance key; empty without one.</param>
/// <param name="Causes">Ids of the events that caused it.</param>
internal sealed record CandidateNames(string User, string Instance, string[] Causes)
{
    // What stands for the step where a trigger has none.
    private const string OnlyStep = "0";

    /// <summary>The names of a candidate that <paramref name="e"/> made; of no meaning where timers did.</summary>
    public static CandidateNames Of(in Candidate candidate, in BehaviorEvent e, Utf8Text user) =>
        new(user.ToString(), candidate.Trigger.InstanceText(candidate.Key), CausesOf(candidate, e));

    public string PromptId(in Candidate candidate) =>
        Decide.PromptId.Of(candidate.Trigger.Name, User, Instance, Arming(candidate), candidate.Trigger.Step ?? OnlyStep);

    private static string[] CausesOf(in Candidate candidate, in BehaviorEvent e)
    {
        if (candidate.Captured is not { } progress) return candidate.IsByEvent ? [e.Id.ToString()] : [];
        var ids = new string[progress.Captured.IdCount];
        for (var i = 0; i < ids.Length; i++) ids[i] = progress.Captured.Id(i).ToString();
        return ids;
    }

    /// <summary>What sets this candidate apart from the trigger's others: its causes, or the instant where time made it.</summary>
    private string Arming(in Candidate candidate) =>
        Causes.Length == 0 ? $"@{(candidate.Trigger.Step is null ? candidate.DecidedAt : candidate.BeganAt).UnixMilliseconds}" : string.Join(',', Causes);
}
