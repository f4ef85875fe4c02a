using StreamEngage.Events;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rules;

/// <summary>A trigger as its author wrote it. Immutable; compiled by Detect and Decide, stored nowhere.</summary>
internal sealed record TriggerDefinition(SourcePosition At, string Name, OnClause On)
{
    /// <summary>Raised by the author with each change; default 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>
    /// It takes no entries any more and stands beside the version that does, if there is one, until its journeys are over. Only of a trigger with steps.
    /// </summary>
    public bool IsDraining { get; init; }

    /// <summary>One sentence for people.</summary>
    public string? Description { get; init; }

    /// <summary>Property whose value keys the instances; null: one instance a user.</summary>
    public NameExpression? Per { get; init; }

    /// <summary>The predicate of gate 1; null: always holds.</summary>
    public Expression? If { get; init; }

    /// <summary>Events that end an instance at once.</summary>
    public IReadOnlyList<EventSelector> Exits { get; init; } = [];

    /// <summary>Events older than this warm windows only. Null: none is.</summary>
    public EventTime? Activation { get; init; }

    /// <summary>What becomes of what older versions had under way when this one takes their place.</summary>
    public UpgradeMode OnUpgrade { get; init; }

    /// <summary>How a candidate becomes a prompt.</summary>
    public DecideDefinition Decide { get; init; } = new();

    /// <summary>What is done after a match, one step after the other; empty: its candidate is the prompt. Such a trigger is a journey.</summary>
    public IReadOnlyList<JourneyStep> Steps { get; init; } = [];

    /// <summary>Name of the prompt step that sees the trigger so; null: nobody but itself (<see cref="JourneySteps.SeenBy"/>).</summary>
    public string? Step { get; init; }

    /// <summary>Every channel that it may prompt on.</summary>
    public IEnumerable<string> AllChannels => Steps.Count == 0 ? Decide.Channels : Decide.Channels
        .Concat(JourneySteps.All(Steps).OfType<PromptStep>().SelectMany(step => step.Channels ?? [])).Distinct(StringComparer.Ordinal);

    /// <summary>Where journeys of older versions go on; one that began under a version not named here ends.</summary>
    public IReadOnlyList<MigrationDefinition> Migrations { get; init; } = [];

    /// <summary>What is sent; of a journey nothing, its steps say that.</summary>
    public PromptDefinition Prompt { get; init; } = new();

    /// <summary>What success is; null: not measured.</summary>
    public GoalDefinition? Goal { get; init; }

    /// <summary>Where each value is written, by its path: <c>decide.expires</c>, <c>on.pattern[1].until</c>. Empty when made in code.</summary>
    public IReadOnlyDictionary<string, SourcePosition> Places { get; init; } = new Dictionary<string, SourcePosition>();

    /// <summary>Where the value of a path is written; the trigger's name when it is not.</summary>
    public SourcePosition PlaceOf(string path) => Places.TryGetValue(path, out var place) ? place : At;
}

/// <summary>
/// What becomes of deadlines that are armed, patterns that have begun and candidates that are held when another version of their trigger takes its place.
/// What was sent is remembered either way.
/// </summary>
internal enum UpgradeMode
{
    /// <summary>They end; held candidates as retired.</summary>
    Close,

    /// <summary>They go on under the new version, where it captures the same.</summary>
    Keep,
}

/// <summary>Whether a trigger may prompt the same user (and key) again.</summary>
internal enum ReentryMode { Always, Once, AfterExit, Cooldown }

/// <summary>What a timer does that fires too long after its due time.</summary>
internal enum MisfireMode
{
    /// <summary>Fire while the prompt would not be expired, else skip.</summary>
    Default,

    /// <summary>Decide at the clock.</summary>
    Fire,

    /// <summary>Suppress with reason misfire.</summary>
    Skip,
}

/// <summary>How the channel of a prompt is chosen among those a trigger names.</summary>
internal enum ChannelChoice { FirstReachable, Best, Fixed }

/// <summary>What quiet hours do to a prompt.</summary>
internal enum QuietMode { Hold, Drop, NextChannel }

/// <summary>The <c>decide:</c> block of a trigger.</summary>
internal sealed record DecideDefinition
{
    /// <summary>0 to 100, higher wins; default 50.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Expected value of a conversion, for arbitration; default 0.</summary>
    public double Value { get; init; }

    /// <summary>Milliseconds of event time since the last sent; exactly as much later passes. Default 0.</summary>
    public long CooldownMilliseconds { get; init; }

    /// <summary>Default <see cref="ReentryMode.Always"/>.</summary>
    public ReentryMode Reentry { get; init; }

    /// <summary>Consent purpose; <c>transactional</c> stands outside arbitration, caps and quiet hours. Default marketing.</summary>
    public string Purpose { get; init; } = "marketing";

    /// <summary>Channels in order of preference; at least one.</summary>
    public IReadOnlyList<string> Channels { get; init; } = ["push"];

    /// <summary>Default <see cref="ChannelChoice.FirstReachable"/>.</summary>
    public ChannelChoice Choose { get; init; }

    /// <summary>Milliseconds from the decision to the prompt's notAfter, end included. Default 24 h.</summary>
    public long ExpiresMilliseconds { get; init; } = 86_400_000;

    /// <summary>Default <see cref="QuietMode.Hold"/>.</summary>
    public QuietMode Quiet { get; init; }

    /// <summary>Default <see cref="MisfireMode.Default"/>.</summary>
    public MisfireMode Misfire { get; init; }

    /// <summary>The score a user needs; null: none is asked for.</summary>
    public ScoreThreshold? Score { get; init; }

    /// <summary>The expected gain by a prompt that a user needs; null: none is asked for.</summary>
    public ScoreThreshold? Uplift { get; init; }

    /// <summary>The trigger is paused once it is certain that it does harm; null: as the policy says.</summary>
    public bool? PauseOnHarm { get; init; }

    /// <summary>A prompt takes the place of the instance's former one while that may still be shown. Default false.</summary>
    public bool Supersede { get; init; }

    /// <summary>Share of users, 0 to 1, never prompted by this trigger. Default 0.</summary>
    public double Holdout { get; init; }

    /// <summary>Variant names with their shares; empty: none.</summary>
    public IReadOnlyList<VariantShare> Variants { get; init; } = [];

    /// <summary>The shares that were in force before, oldest first: whoever need not move since then does not.</summary>
    public IReadOnlyList<IReadOnlyList<VariantShare>> VariantsBefore { get; init; } = [];

    /// <summary>A person is asked before a prompt is sent; null: nobody is.</summary>
    public ApprovalDefinition? Approval { get; init; }

    /// <summary>The bandit that draws among the variants, or null for fixed shares.</summary>
    public string? Bandit { get; init; }
}

/// <summary>Until when a person may say yes or no to a prompt, and what happens when nobody does.</summary>
/// <param name="WithinMilliseconds">From the decision, end included; the prompt's notAfter comes first where that is earlier.</param>
/// <param name="Default">What silence means.</param>
internal sealed record ApprovalDefinition(long WithinMilliseconds, ApprovalAnswer Default);

/// <summary>An answer to whether a prompt may be sent.</summary>
internal enum ApprovalAnswer { Reject, Approve }

/// <summary>One arm of a trigger's experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its weight relative to the others, above 0.</param>
internal sealed record VariantShare(string Name, double Share);

/// <summary>The <c>prompt:</c> block of a trigger.</summary>
internal sealed record PromptDefinition
{
    /// <summary>Name of a file of the templates folder without its ending; null: the consumer knows what to show.</summary>
    public string? Template { get; init; }

    /// <summary>Where the template is named.</summary>
    public SourcePosition TemplateAt { get; init; }

    /// <summary>Values sent along, in the order written.</summary>
    public IReadOnlyList<DataField> Data { get; init; } = [];

    /// <summary>
    /// The values are those that the predicate saw, of a late event at its own time: for whoever asks that. Default false, and no file says otherwise: read at
    /// the clock.
    /// </summary>
    public bool IsReadAsPredicate { get; init; }
}

/// <summary>One named value of a prompt.</summary>
/// <param name="Name">The name templates use.</param>
/// <param name="Value">The expression giving it.</param>
internal sealed record DataField(string Name, Expression Value);

/// <summary>The <c>goal:</c> block of a trigger.</summary>
/// <param name="Event">The event that is the goal.</param>
/// <param name="WithinMilliseconds">How long after the decision it counts, end included.</param>
/// <param name="Value">The goal event's property that says what it was worth, or null.</param>
internal sealed record GoalDefinition(EventSelector Event, long WithinMilliseconds, string? Value);
