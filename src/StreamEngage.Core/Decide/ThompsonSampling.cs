namespace StreamEngage.Decide;

/// <summary>An arm, and the probability with which it was to be chosen, in (0, 1].</summary>
internal readonly record struct ArmChoice(int Arm, double Propensity);

/// <summary>
/// Chooses each arm as often as it is believed to be the best. Made once a version of the global statistics; the choice is the place of the decision's id
/// among the arms' probabilities, the same on every machine.
/// </summary>
/// <remarks>
/// Drawing a rate from every posterior and taking the highest chooses an arm with exactly the probability that it is the best. Here that probability is
/// integrated and one number drawn against it. So the propensity that is written down is the one that was used, and not an estimate of it.
/// </remarks>
internal sealed class ThompsonSampling
{
    private readonly string _salt;
    private readonly double[] _propensities;

    /// <summary>At least one arm; outcomes are not negative.</summary>
    public ThompsonSampling(string experiment, IReadOnlyList<ArmOutcomes> arms)
    {
        if (arms.Count == 0) throw new ArgumentException("No arm.", nameof(arms));
        if (arms.Any(arm => arm.Successes < 0 || arm.Failures < 0)) throw new ArgumentException("An outcome is negative.", nameof(arms));
        _salt = SaltOf(experiment);
        var posteriors = arms.Select(arm => new BetaPosterior(arm)).ToArray();
        _propensities = [.. posteriors.Select((_, arm) => IsBest(posteriors, arm))];
        var total = _propensities.Sum();
        for (var arm = 0; arm < _propensities.Length; arm++) _propensities[arm] /= total;
    }

    /// <summary>In the order of the arms; they make 1.</summary>
    public IReadOnlyList<double> Propensities => _propensities;

    public static string SaltOf(string experiment) => "bandit/" + experiment;

    /// <summary>The id is of the decision, not of the user: a user's next decision may choose another arm.</summary>
    public ArmChoice Choose(ReadOnlySpan<byte> decisionId)
    {
        var share = Assignment.Share(_salt, decisionId);
        var (chosen, below) = (0, 0.0);
        for (var arm = 0; arm < _propensities.Length; arm++)
        {
            if (_propensities[arm] == 0) continue;
            // The last that can be chosen takes what rounding leaves.
            chosen = arm;
            below += _propensities[arm];
            if (share < below) break;
        }
        return new(chosen, _propensities[chosen]);
    }

    private static double IsBest(BetaPosterior[] posteriors, int arm)
    {
        var sum = 0.0;
        for (var point = 0; point < BetaPosterior.Points; point++)
        {
            var probability = posteriors[arm].Mass(point);
            for (var other = 0; other < posteriors.Length; other++)
                if (other != arm) probability *= posteriors[other].Below(posteriors[arm].Rate(point));
            sum += probability;
        }
        return sum;
    }
}
