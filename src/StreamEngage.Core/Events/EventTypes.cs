namespace StreamEngage.Events;

/// <summary>The event types that the engine itself knows.</summary>
internal static class EventTypes
{
    public const string ProfileUpdate = "profile_update";
    public const string ConsentUpdate = "consent_update";
    public const string ChannelUpdate = "channel_update";
    public const string PromptOutcome = "prompt_outcome";
    public const string Identify = "identify";
    public const string Erase = "erase";
    public const string PromptApproval = "prompt_approval";
    public const string SessionStart = "session_start";
    public const string SessionEnd = "session_end";

    /// <summary>Facts about a user that are no behavior: they begin no session, break no silence and no strict pattern.</summary>
    public static readonly string[] Control =
        [ProfileUpdate, ConsentUpdate, ChannelUpdate, Identify, PromptOutcome, Erase, PromptApproval];

    /// <summary>Events that the engine makes of others.</summary>
    public static readonly string[] Derived = [SessionStart, SessionEnd];
}
