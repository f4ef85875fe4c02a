using Microsoft.Extensions.Logging;

namespace StreamEngage.Host.Serving;

/// <summary>
/// Every line the program logs while it serves. Ids: hosting 1000s, Ingest 1100s, State 1200s, Detect 1300s, Decide 1400s, Emit 1500s. A user appears
/// as a keyed hash only, and nothing an event said appears at all.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Serving version {Version}: {Triggers} triggers of rulebook {Rulebook}")]
    public static partial void Serving(ILogger log, string version, int triggers, string rulebook);

    [LoggerMessage(1002, LogLevel.Debug, "Setting {Setting}")]
    public static partial void Setting(ILogger log, string setting);

    [LoggerMessage(1003, LogLevel.Information, "Health and metrics at {Address}")]
    public static partial void Observing(ILogger log, string address);

    [LoggerMessage(1004, LogLevel.Information, "Admin port at {Address}")]
    public static partial void AdminOpen(ILogger log, string address);

    [LoggerMessage(1005, LogLevel.Information, "Admin port closed: neither admin.reader_token nor admin.operator_token is set")]
    public static partial void AdminClosed(ILogger log);

    [LoggerMessage(1006, LogLevel.Information, "Stopping on {Signal}: steps and publications under way are finished first")]
    public static partial void Stopping(ILogger log, string signal);

    [LoggerMessage(1007, LogLevel.Information, "Stopped after {Milliseconds} ms")]
    public static partial void Stopped(ILogger log, long milliseconds);

    [LoggerMessage(1008, LogLevel.Error, "Not everything was finished within {Milliseconds} ms; what is left is taken over where it stands")]
    public static partial void StopTimedOut(ILogger log, long milliseconds);

    [LoggerMessage(1009, LogLevel.Critical, "The engine ended by an error")]
    public static partial void EngineFailed(ILogger log, Exception failure);

    [LoggerMessage(1010, LogLevel.Warning, "Checked at start: {Warning}")]
    public static partial void ServerWarning(ILogger log, string warning);

    [LoggerMessage(1011, LogLevel.Debug, "Kafka client: {Words}")]
    public static partial void KafkaSaid(ILogger log, string words);

    [LoggerMessage(1020, LogLevel.Warning, "Admin: {Who} {Action} {Target}: {Outcome}")]
    public static partial void Audit(ILogger log, string who, string action, string target, string outcome);

    [LoggerMessage(1021, LogLevel.Warning, "Admin: refused {Method} {Path} from {Remote}: {Why}")]
    public static partial void AdminRefused(ILogger log, string method, string path, string remote, string why);

    [LoggerMessage(1101, LogLevel.Information, "Lane {Lane} assigned: {Detail}")]
    public static partial void LaneAssigned(ILogger log, int lane, string detail);

    [LoggerMessage(1102, LogLevel.Information, "Lane {Lane} revoked: {Detail}")]
    public static partial void LaneRevoked(ILogger log, int lane, string detail);

    [LoggerMessage(1103, LogLevel.Warning, "Lane {Lane} lost without notice: {Detail}")]
    public static partial void LaneLost(ILogger log, int lane, string detail);

    [LoggerMessage(1104, LogLevel.Error, "Lane {Lane}: too many records refused: {Detail}")]
    public static partial void QuarantineRateHigh(ILogger log, int lane, string detail);

    [LoggerMessage(1201, LogLevel.Information, "Lane {Lane} acquired: {Detail}")]
    public static partial void LaneAcquired(ILogger log, int lane, string detail);

    [LoggerMessage(1202, LogLevel.Warning, "Lane {Lane} replayed from the journal: {Detail}")]
    public static partial void LaneReplayed(ILogger log, int lane, string detail);

    [LoggerMessage(1203, LogLevel.Warning, "Lane {Lane} pauses: {Detail}")]
    public static partial void LanePaused(ILogger log, int lane, string detail);

    [LoggerMessage(1204, LogLevel.Information, "Lane {Lane} goes on: {Detail}")]
    public static partial void LaneResumed(ILogger log, int lane, string detail);

    [LoggerMessage(1205, LogLevel.Error, "Lane {Lane} parked until somebody has looked: {Detail}")]
    public static partial void LaneParked(ILogger log, int lane, string detail);

    [LoggerMessage(1206, LogLevel.Error, "The store cannot be reached, lanes pause: {Detail}")]
    public static partial void StoreUnavailable(ILogger log, string detail);

    [LoggerMessage(1207, LogLevel.Information, "The store is back: {Detail}")]
    public static partial void StoreBack(ILogger log, string detail);

    [LoggerMessage(1208, LogLevel.Warning, "Lane {Lane}: the store lost its newest steps: {Detail}")]
    public static partial void StoreLostItsTail(ILogger log, int lane, string detail);

    [LoggerMessage(1209, LogLevel.Error, "Lane {Lane}: the store refuses to write: {Detail}")]
    public static partial void StepRefused(ILogger log, int lane, string detail);

    [LoggerMessage(1210, LogLevel.Warning, "Lane {Lane}: another owner has it: {Detail}")]
    public static partial void StepFenced(ILogger log, int lane, string detail);

    [LoggerMessage(1301, LogLevel.Error, "Lane {Lane}: the engine threw on an event, which goes to the quarantine: report it: {Detail}")]
    public static partial void EventFailed(ILogger log, int lane, string detail);

    [LoggerMessage(1302, LogLevel.Information, "Lane {Lane} is under another rulebook: {Detail}")]
    public static partial void RulebookChanged(ILogger log, int lane, string detail);

    [LoggerMessage(
        1303, LogLevel.Warning,
        "Lane {Lane} goes on with the rulebook that was published, not the folder's; publish that one if it is to be in force: {Detail}")]
    public static partial void RulebookKept(ILogger log, int lane, string detail);

    [LoggerMessage(1501, LogLevel.Warning, "A publication was aborted and is tried again: {Detail}")]
    public static partial void PublishAborted(ILogger log, string detail);

    [LoggerMessage(1502, LogLevel.Warning, "The outcome of a publication is not known, its lanes are acquired again: {Detail}")]
    public static partial void PublishUnknown(ILogger log, string detail);

    [LoggerMessage(1503, LogLevel.Warning, "Prompts are withheld: {Detail}")]
    public static partial void PromptsWithheld(ILogger log, string detail);
}
