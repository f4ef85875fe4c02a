using StreamEngage.Events;
using StreamEngage.Learn.Experiments;
using StreamEngage.Rules;

namespace StreamEngage.Host.Reports;

/// <summary>What came of the prompts of one trigger, and of those that its held-out users would have been sent.</summary>
/// <remarks>
/// Counted twice: decisions, of which a user may have many, and users, each by their first decision alone. Only users are independent of each other
/// and alike before the first prompt, so the lift is theirs.
/// </remarks>
internal sealed class TriggerReport(TriggerDefinition trigger, double globalHoldout)
{
    private readonly List<DecidedPrompt> _decided = [];
    private readonly SideCounts _counts = new();
    private bool _isOtherVersion;

    public string Name => trigger.Name;

    public GoalTimes Goals { get; } = new();

    /// <summary>Held out are those of the trigger's own holdout; where it has none, those of the global one.</summary>
    public bool IsAgainstGlobal => trigger.Decide.Holdout == 0;

    public ArmCount Sent => _counts.Sent;

    /// <summary>Of the holdout that is compared with.</summary>
    public ArmCount Ghosts => _counts.Ghosts;

    /// <summary>Ghosts of the global holdout beside the trigger's own: in no comparison.</summary>
    public long OtherGhosts { get; private set; }

    /// <summary>Decisions whose time for the goal had not passed at the end of the input.</summary>
    public long Open { get; private set; }

    public Lift Lift { get; private set; } = Lift.Of(default, default);

    /// <summary>What was told of its prompts.</summary>
    public OutcomeCounts Outcomes { get; } = new();

    /// <summary>In the order declared; empty where it has none.</summary>
    public IReadOnlyList<VariantReport> Variants { get; private set; } = [];

    public TwoProportionTest? FixedEnd => TwoProportionTest.Of(Lift.Treated, Lift.Held);

    private PromptArm HeldArm => IsAgainstGlobal ? PromptArm.GlobalGhost : PromptArm.Ghost;

    public void Take(in DecidedPrompt decided)
    {
        if (decided.Arm == PromptArm.Neither) return;
        _isOtherVersion |= decided.Version != trigger.Version;
        if (decided.Arm != PromptArm.Sent && decided.Arm != HeldArm) OtherGhosts++;
        else _decided.Add(decided);
    }

    /// <summary>The input has ended; <paramref name="end"/> is its latest time.</summary>
    public void Close(EventTime end, PromptOutcomes outcomes)
    {
        if (trigger.Goal is not { } goal) return;
        var users = new HashSet<string>(StringComparer.Ordinal);
        var variants = trigger.Decide.Variants.ToDictionary(variant => variant.Name, _ => new SideCounts(), StringComparer.Ordinal);
        foreach (var decided in _decided.OrderBy(decided => decided.At))
        {
            if (decided is { Arm: PromptArm.Sent, PromptId: { } prompt }) Outcomes.Add(outcomes[prompt]);
            if (decided.At + goal.WithinMilliseconds > end) Open++;
            var one = new ArmCount(1, Goals.IsReached(decided.User, decided.At, goal.WithinMilliseconds) ? 1 : 0);
            var isFirst = users.Add(decided.User);
            _counts.Add(decided.Arm == PromptArm.Sent, isFirst, one);
            if (decided.Variant is { } name && variants.TryGetValue(name, out var counts)) counts.Add(decided.Arm == PromptArm.Sent, isFirst, one);
        }
        Lift = Lift.Of(_counts.Treated, _counts.Held, HeldShare());
        Variants = [.. trigger.Decide.Variants.Select(variant => Of(variant.Name, variants[variant.Name]))];
    }

    private VariantReport Of(string name, SideCounts counts) => new(name, counts, Lift.Of(counts.Treated, counts.Held, HeldShare()));

    /// <summary>Null where nobody is held out, and where decisions of another version may have had another share.</summary>
    private double? HeldShare()
    {
        var share = IsAgainstGlobal ? globalHoldout : trigger.Decide.Holdout;
        return _isOtherVersion || share is not (> 0 and < 1) ? null : share;
    }
}
