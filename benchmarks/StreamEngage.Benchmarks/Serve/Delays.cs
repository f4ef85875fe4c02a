namespace StreamEngage.Benchmarks.Serve;

/// <summary>Times between what was due and what came, in milliseconds.</summary>
internal sealed class Delays
{
    private readonly List<double> _each = [];

    public int Count => _each.Count;

    public double Least => _each.Min();

    public double Most => _each.Max();

    public void Add(double milliseconds) => _each.Add(milliseconds);

    public double At(double share)
    {
        _each.Sort();
        return _each[(int)(share * (_each.Count - 1))];
    }

    /// <summary>Three columns of a table: p50, p99 and the most.</summary>
    public override string ToString() => FormattableString.Invariant($"{At(0.5):n1} | {At(0.99):n1} | {Most:n1}");
}
