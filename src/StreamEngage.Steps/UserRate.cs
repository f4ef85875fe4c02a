using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>How many events of one user a lane takes.</summary>
/// <param name="PerSecond">For how long it lasts, 1 to 100,000. Seconds are those of the records' broker time.</param>
/// <param name="Burst">At once, 1 to 1,000,000.</param>
internal readonly record struct UserRate(int PerSecond, int Burst)
{
    public ulong Hash => Hash64.Mix((ulong)PerSecond, (ulong)Burst);
}
