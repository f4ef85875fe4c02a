namespace StreamEngage.Tests.ProtocolModel;

internal enum Violation
{
    None,

    /// <summary>A prompt was published twice.</summary>
    Duplicate,

    /// <summary>A prompt was published that the stored state knows nothing of.</summary>
    Phantom,

    /// <summary>The state says that a prompt was decided, everything is at rest, and it is not published.</summary>
    Lost,

    /// <summary>The stored state is not what the journal's steps make of the input.</summary>
    WrongState,

    /// <summary>The journal leaves out a step that its later steps build on, so that they cannot be repeated.</summary>
    Gap,

    /// <summary>Two committed journal records tell different histories.</summary>
    Fork,

    /// <summary>Nothing can happen any more and the input is not worked off.</summary>
    Stuck
}
