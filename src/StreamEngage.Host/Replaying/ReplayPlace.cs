using System.Globalization;

namespace StreamEngage.Host.Replaying;

/// <summary>What a replay is to make again.</summary>
/// <param name="Lanes">How many there are.</param>
/// <param name="Only">One lane; null: all, and the channel topics are compared.</param>
/// <param name="Moved">Hears how far it is, often.</param>
internal sealed record ReplayOrder(int Lanes, int? Only, Action<ReplayPlace> Moved)
{
    public IReadOnlyList<int> Which { get; } = Only is { } lane ? [lane] : [.. Enumerable.Range(0, Lanes)];
}

/// <summary>How far a replay is.</summary>
/// <param name="Lanes">That it makes, and those that are done.</param>
/// <param name="Records">Of the lane at hand, and those that are taken; of none: its journal is read.</param>
/// <param name="Prompts">Of the channel topics that were read, when all lanes are done.</param>
internal readonly record struct ReplayPlace((int Done, int Of) Lanes, (long Done, long Of) Records, long Prompts)
{
    /// <summary>0 to 1.</summary>
    public double Share => (Lanes.Done + (Records.Of == 0 ? 0 : (double)Records.Done / Records.Of)) / Lanes.Of;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"lane {Math.Min(Lanes.Done + 1, Lanes.Of)} of {Lanes.Of}: ") + What;

    private string What => Lanes.Done == Lanes.Of
        ? string.Create(CultureInfo.InvariantCulture, $"done; {Prompts:N0} prompts of the channel topics")
        : Records.Of == 0 ? "its journal" : string.Create(CultureInfo.InvariantCulture, $"{Records.Done:N0} of {Records.Of:N0} records");
}
