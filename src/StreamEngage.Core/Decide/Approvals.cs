using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Reads what a person answers to the question whether a prompt may be sent.</summary>
internal sealed class Approvals(EventSchema schema, LaneCounters counters)
{
    private readonly int _type = schema.TypeOf(EventTypes.PromptApproval);
    private readonly int _promptId = schema.Slot(schema.TypeOf(EventTypes.PromptApproval), schema.PropertyOf("promptId"));
    private readonly int _status = schema.Slot(schema.TypeOf(EventTypes.PromptApproval), schema.PropertyOf("status"));

    /// <summary>The candidate that is answered and the answer; null where the event is none, or nothing waits under that id (any more).</summary>
    public (HeldCandidate Held, bool IsApproved)? AnswerOf(in BehaviorEvent e, UserState user)
    {
        if (e.Type != _type) return null;
        var (id, isApproved, isRejected) = (ContactBook.IdOf(e.Properties[_promptId]), Is(e, "approved"u8), Is(e, "rejected"u8));
        if (id is { } prompt && (isApproved || isRejected))
        {
            foreach (var held in user.Held)
                if (held.PromptId == prompt && held.AwaitsApproval) return (held, isApproved);
        }
        counters.ControlsRefused++;
        return null;
    }

    private bool Is(in BehaviorEvent e, ReadOnlySpan<byte> status) => ContactBook.Is(e.Properties[_status], status);
}
