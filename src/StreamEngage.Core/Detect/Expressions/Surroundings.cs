using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>What an expression sees besides the user and the event. One a lane.</summary>
/// <param name="civil">Local time.</param>
internal sealed class Surroundings(CivilTime civil)
{
    public CivilTime Civil { get; } = civil;

    /// <summary>Where all users stood in the version of the statistics that is in force.</summary>
    public StandingTally Standings { get; set; } = new();
}
