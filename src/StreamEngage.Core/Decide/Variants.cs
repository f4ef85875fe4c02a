using StreamEngage.Rules;

namespace StreamEngage.Decide;

/// <summary>
/// The named parts of an experiment, as half-open ranges of [0, 1). New ones stand one behind the other in the order they were declared, each as
/// long as its share of the weights.
/// </summary>
/// <remarks>
/// Ranges that are simply laid out again after a change of weights move more users than the change asks for: with three variants, growing the first pushes
/// the border between the other two. <see cref="Resized"/> therefore starts from the ranges in force. What shrinks gives up what it got last, what
/// grows takes what was given up, in the order declared, and nobody else moves. Taking a change back gives everybody their former variant.
/// </remarks>
internal sealed class Variants
{
    private const double Rounding = 1e-12;

    private readonly List<Piece>[] _pieces;
    private readonly double[] _ends;
    private readonly int[] _owners;

    private Variants(IReadOnlyList<VariantShare> shares, List<Piece>[] pieces)
    {
        Shares = shares;
        _pieces = pieces;
        var ordered = pieces.SelectMany((own, variant) => own.Select(piece => (piece.End, Variant: variant))).OrderBy(piece => piece.End).ToList();
        _ends = [.. ordered.Select(piece => piece.End)];
        _owners = [.. ordered.Select(piece => piece.Variant)];
    }

    private readonly record struct Piece(double Start, double End)
    {
        public double Length => End - Start;
    }

    /// <summary>Names and weights in the order declared.</summary>
    public IReadOnlyList<VariantShare> Shares { get; }

    /// <summary>Weights are finite and not negative, and one is above zero; names differ.</summary>
    public static Variants Declared(IReadOnlyList<VariantShare> shares)
    {
        var total = Total(shares);
        var pieces = new List<Piece>[shares.Count];
        double before = 0, start = 0;
        for (var variant = 0; variant < pieces.Length; variant++)
        {
            before += shares[variant].Share;
            var end = before / total;
            pieces[variant] = end > start ? [new(start, end)] : [];
            start = end;
        }
        return new(shares, pieces);
    }

    /// <summary>Index of the variant, in the order declared, of a share in [0, 1).</summary>
    public int Of(double share)
    {
        var place = Array.BinarySearch(_ends, share);
        // An end belongs to the range that begins there.
        var range = place >= 0 ? place + 1 : ~place;
        return _owners[Math.Min(range, _owners.Length - 1)];
    }

    /// <summary>Index of the variant, in the order declared.</summary>
    public int Of(string salt, ReadOnlySpan<byte> unit) => Of(Assignment.Share(salt, unit));

    /// <summary>Other weights, with as few users moved as they allow. Variants are known by name; new ones begin empty, missing ones end.</summary>
    public Variants Resized(IReadOnlyList<VariantShare> shares)
    {
        var total = Total(shares);
        var pieces = shares.Select(share => new List<Piece>(PiecesOf(share.Name))).ToArray();
        var freed = Shares.Where(old => shares.All(share => share.Name != old.Name)).SelectMany(old => PiecesOf(old.Name)).ToList();
        for (var variant = 0; variant < pieces.Length; variant++) GiveUp(pieces[variant], shares[variant].Share / total, freed);
        freed.Sort((a, b) => b.Start.CompareTo(a.Start));
        for (var variant = 0; variant < pieces.Length; variant++) Take(pieces[variant], shares[variant].Share / total, freed);
        return new(shares, pieces);
    }

    private List<Piece> PiecesOf(string name)
    {
        for (var variant = 0; variant < Shares.Count; variant++)
            if (Shares[variant].Name == name) return _pieces[variant];
        return [];
    }

    private static void GiveUp(List<Piece> own, double length, List<Piece> freed)
    {
        var surplus = own.Sum(piece => piece.Length) - length;
        while (surplus > Rounding && own.Count > 0)
        {
            var last = own[^1];
            own.RemoveAt(own.Count - 1);
            var cut = Math.Max(last.Start, last.End - surplus);
            freed.Add(last with { Start = cut });
            surplus -= last.End - cut;
            if (cut > last.Start) own.Add(last with { End = cut });
        }
    }

    /// <summary>From the lowest: <paramref name="freed"/> stands highest first.</summary>
    private static void Take(List<Piece> own, double length, List<Piece> freed)
    {
        var missing = length - own.Sum(piece => piece.Length);
        while (missing > Rounding && freed.Count > 0)
        {
            var first = freed[^1];
            freed.RemoveAt(freed.Count - 1);
            // A rest too short to be anybody's is taken too, so that the ranges leave no hole.
            var cut = first.Length - missing > Rounding ? first.Start + missing : first.End;
            own.Add(first with { End = cut });
            missing -= cut - first.Start;
            if (cut < first.End) freed.Add(first with { Start = cut });
        }
    }

    private static double Total(IReadOnlyList<VariantShare> shares)
    {
        if (shares.Any(share => !double.IsFinite(share.Share) || share.Share < 0))
            throw new ArgumentException("A weight is negative or no number.", nameof(shares));
        if (shares.Select(share => share.Name).Distinct().Count() < shares.Count) throw new ArgumentException("Two variants share a name.", nameof(shares));
        var total = shares.Sum(share => share.Share);
        return total > 0 ? total : throw new ArgumentException("No weight is above zero.", nameof(shares));
    }
}
