using Microsoft.Extensions.Logging;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving;

/// <summary>Writes an engine's notices to the log.</summary>
internal static class NoticeLog
{
    public static void Write(ILogger log, Notice notice)
    {
        switch (notice.Kind)
        {
            case NoticeKind.LaneAssigned: Log.LaneAssigned(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneRevoked: Log.LaneRevoked(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneLost: Log.LaneLost(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneAcquired: Log.LaneAcquired(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneReplayed: Log.LaneReplayed(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LanePaused: Log.LanePaused(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneResumed: Log.LaneResumed(log, notice.Lane, notice.Detail); break;
            case NoticeKind.LaneParked: Log.LaneParked(log, notice.Lane, notice.Detail); break;
            case NoticeKind.QuarantineRateHigh: Log.QuarantineRateHigh(log, notice.Lane, notice.Detail); break;
            case NoticeKind.StoreUnavailable: Log.StoreUnavailable(log, notice.Detail); break;
            case NoticeKind.StoreBack: Log.StoreBack(log, notice.Detail); break;
            case NoticeKind.StoreLostItsTail: Log.StoreLostItsTail(log, notice.Lane, notice.Detail); break;
            case NoticeKind.StepRefused: Log.StepRefused(log, notice.Lane, notice.Detail); break;
            case NoticeKind.StepFenced: Log.StepFenced(log, notice.Lane, notice.Detail); break;
            case NoticeKind.RulebookChanged: Log.RulebookChanged(log, notice.Lane, notice.Detail); break;
            case NoticeKind.RulebookKept: Log.RulebookKept(log, notice.Lane, notice.Detail); break;
            case NoticeKind.EventFailed: Log.EventFailed(log, notice.Lane, notice.Detail); break;
            case NoticeKind.PublishAborted: Log.PublishAborted(log, notice.Detail); break;
            case NoticeKind.PublishUnknown: Log.PublishUnknown(log, notice.Detail); break;
            case NoticeKind.PromptsWithheld: Log.PromptsWithheld(log, notice.Detail); break;
            default: throw new InvalidOperationException($"The notice {notice.Kind} has no line.");
        }
    }
}
