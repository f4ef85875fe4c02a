namespace StreamEngage.Steps;

/// <summary>How far an instance is with a lane that is assigned to it.</summary>
internal enum LaneState
{
    /// <summary>Not acquired yet, or lost and to be acquired again.</summary>
    Waiting,

    /// <summary>Acquired; steps that the store lost are made again as the journal tells them.</summary>
    Replaying,

    /// <summary>Takes what comes.</summary>
    Live,

    /// <summary>Cannot go on without a person; the reason is kept.</summary>
    Parked,
}
