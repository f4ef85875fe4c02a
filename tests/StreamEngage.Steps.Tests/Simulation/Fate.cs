namespace StreamEngage.Steps.Simulation;

/// <summary>Draws of one history, all from its seed (splitmix64): the same seed, the same history.</summary>
internal sealed class Fate(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E37_79B9_7F4A_7C15;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }

    public int Below(int bound) => (int)(Next() % (uint)bound);

    public bool Happens(int percent) => Below(100) < percent;

    public T OneOf<T>(IReadOnlyList<T> of) => of[Below(of.Count)];
}
