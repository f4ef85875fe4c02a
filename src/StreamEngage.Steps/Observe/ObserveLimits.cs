namespace StreamEngage.Steps.Observe;

/// <summary>Bounds of what an engine tells about itself.</summary>
internal static class ObserveLimits
{
    /// <summary>Triggers with series of their own; those after it are counted together as <c>other</c>.</summary>
    public const int TriggersShownMax = 256;

    /// <summary>Channels with series of their own.</summary>
    public const int ChannelsShownMax = 16;
}
