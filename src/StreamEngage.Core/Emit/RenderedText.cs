namespace StreamEngage.Emit;

internal enum RenderStatus
{
    /// <summary>Every placeholder is filled in.</summary>
    Rendered,

    /// <summary>Filled in, then cut to what the channel shows.</summary>
    Cut,

    /// <summary>A value without a default is null or not there: nothing may be sent.</summary>
    MissingValue,

    /// <summary>A page that would be over the bound. It has no end that could be left out.</summary>
    TooLong,
}

/// <summary>A message as its reader sees it, or why there is none.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Text">The message; empty where there is none.</param>
/// <param name="Missing">The placeholder without a value, or null.</param>
internal readonly record struct RenderedText(RenderStatus Status, string Text, string? Missing)
{
    public bool IsSendable => Status is RenderStatus.Rendered or RenderStatus.Cut;
}
