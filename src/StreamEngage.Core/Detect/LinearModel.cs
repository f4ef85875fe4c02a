using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEngage.Rules;

namespace StreamEngage.Detect;

/// <summary>
/// Makes one number of a user's features. The same features give the same bits on every machine; allocates nothing and is called by many lanes at once.
/// </summary>
/// <param name="features">In the order of the model.</param>
internal delegate double Scorer(ReadOnlySpan<double> features);

/// <summary>A weighted sum of features, through a link.</summary>
/// <remarks>
/// Four sums run beside each other, of every fourth feature in the order written, and are added in a fixed order: a single one would wait for each addition
/// to end. A vector adds its elements one by one as IEEE 754 says, with or without hardware for it, so the bits are the same everywhere.
/// </remarks>
internal sealed class LinearModel
{
    private readonly double[] _weights;
    private readonly double _bias;
    private readonly ModelLink _link;

    public LinearModel(ModelDefinition definition)
    {
        _weights = [.. definition.Features.Select(feature => feature.Weight)];
        (_bias, _link) = (definition.Bias, definition.Link);
    }

    /// <summary>As many features as the model has weights.</summary>
    public double Score(ReadOnlySpan<double> features)
    {
        var weights = _weights.AsSpan();
        if (features.Length != weights.Length) throw new ArgumentException($"{features.Length} features for {weights.Length} weights.", nameof(features));
        var sum = _bias + Sum(features, weights);
        return _link == ModelLink.Identity ? sum : PortableMath.Logistic(sum);
    }

    private static double Sum(ReadOnlySpan<double> features, ReadOnlySpan<double> weights)
    {
        var sums = Vector256<double>.Zero;
        var whole = features.Length - features.Length % Vector256<double>.Count;
        ref var x = ref MemoryMarshal.GetReference(features);
        ref var w = ref MemoryMarshal.GetReference(weights);
        for (var place = 0; place < whole; place += Vector256<double>.Count)
            sums += Vector256.LoadUnsafe(ref x, (nuint)place) * Vector256.LoadUnsafe(ref w, (nuint)place);
        for (var place = whole; place < features.Length; place++)
            sums = sums.WithElement(place - whole, sums[place - whole] + features[place] * weights[place]);
        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }
}
