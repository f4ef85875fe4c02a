namespace StreamEngage.Host.Runs;

/// <summary>Every bound of a run over a file.</summary>
internal static class RunLimits
{
    /// <summary>Lanes of one process: more than any machine has cores.</summary>
    public const int LanesMax = 1_024;
}
