using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>A trigger ready to run: shared by all users, immutable once its rulebook is compiled.</summary>
internal sealed class CompiledTrigger(int index, TriggerDefinition definition)
{
    private string[]? _reasons;

    public int Index { get; } = index;

    public TriggerDefinition Definition { get; } = definition;

    public string Name => Definition.Name;

    public DecideDefinition Decide => Definition.Decide;

    /// <summary>The key of an event, whatever part of the trigger it plays; null where a user has one instance.</summary>
    public CompiledExpression? Key { get; set; }

    /// <summary>Gate 1; null: always holds.</summary>
    public CompiledExpression? Predicate { get; set; }

    public CaptureLayout Captures { get; } = new();

    /// <summary>What the prompt carries, in the order written.</summary>
    public CompiledField[] Data { get; set; } = [];

    /// <summary>Gate 1 and the prompt's data as they are read when a held candidate is released: of what was captured, not of a current event.</summary>
    public CompiledExpression? ReleasePredicate { get; set; }

    public CompiledField[] ReleaseData { get; set; } = [];

    /// <summary>Gate 6: what a user's score and uplift must be; empty: nothing.</summary>
    public CompiledThreshold[] Thresholds { get; set; } = [];

    /// <summary>Where it may prompt, in order of preference.</summary>
    public CompiledChannel[] Channels { get; set; } = [];

    public Utf8Text Purpose { get; } = new(definition.Decide.Purpose);

    /// <summary>What stands for the purpose in records.</summary>
    public uint PurposeIdentity { get; } = ContactBook.IdentityOf(new(definition.Decide.Purpose));

    /// <summary>Quiet hours, or a person who is asked, may hold its candidates.</summary>
    public bool MayBeHeld =>
        Decide.Approval is not null || (!IsTransactional && Decide.Quiet == QuietMode.Hold && Channels.Any(channel => channel.IsQuiet));

    /// <summary>What is said of the trigger in a prompt's reasons. Put into words when it is first asked for: of a thousand triggers few prompt.</summary>
    public string[] Reasons
    {
        get => _reasons ??= [.. TriggerReasons.Of(Definition)];
        set => _reasons = value;
    }

    public AbsencePlan? Absence { get; set; }

    public PatternPlan? Pattern { get; set; }

    /// <summary>The steps that a match begins; null: a match is a candidate.</summary>
    public JourneyPlan? Journey { get; set; }

    /// <summary>Of a trigger as one of its prompt steps sees it: the step's name; null: it is the trigger itself.</summary>
    public string? Step => Definition.Step;

    /// <summary>Place of that step among the prompt steps; -1: it is the trigger itself.</summary>
    public int StepIndex { get; init; } = -1;

    /// <summary>Most channels that a candidate of the trigger can choose from.</summary>
    public int ChannelsMost => Math.Max(Channels.Length, Journey?.Prompts.Max(prompt => (int?)prompt.Channels.Length) ?? 0);

    /// <summary>Events before this are not seen by the trigger.</summary>
    public EventTime ActiveFrom { get; private set; } = definition.Activation ?? EventTime.Beginning;

    /// <summary>Windows read by what it waits for.</summary>
    public WindowReach[] FoundBy { get; set; } = [];

    /// <summary>Windows read by its condition and its data.</summary>
    public WindowReach[] JudgedBy { get; set; } = [];

    /// <summary>What began before this was found by windows that were not complete yet.</summary>
    public EventTime FoundFrom { get; private set; } = EventTime.Beginning;

    /// <summary>What is read before this is judged by windows that are not complete yet.</summary>
    public EventTime JudgedFrom { get; private set; } = EventTime.Beginning;

    /// <summary>Whether a later decision depends on what was sent before.</summary>
    public bool RemembersSending { get; } =
        definition.Decide.CooldownMilliseconds > 0 || definition.Decide.Reentry is ReentryMode.Once or ReentryMode.AfterExit;

    /// <summary>Of a version that drains, and of its prompt steps: the version that remembers for all of the name; null: it is that itself.</summary>
    public CompiledTrigger? Successor { get; private set; }

    /// <summary>Versions of the name that drain beside this one.</summary>
    public CompiledTrigger[] Elders { get; private set; } = [];

    /// <summary>Gate 2 has something to ask. A journey's entry takes it, not the candidates of its steps.</summary>
    public bool AsksReentry => Journey is not null || ((RemembersSending || Elders.Length > 0) && Step is null);

    /// <summary>It is of the same name.</summary>
    public bool IsKin(CompiledTrigger other) => (Successor ?? this) == (other.Successor ?? other);

    /// <summary>The versions that drain beside this one. To be called before it runs.</summary>
    public void Outlive(CompiledTrigger[] elders)
    {
        Elders = elders;
        foreach (var elder in elders)
        {
            elder.Successor = this;
            foreach (var prompt in elder.Journey?.Prompts ?? []) prompt.Successor = this;
        }
    }

    /// <summary>Names its goal across rulebooks: other outcomes are not added to these. 0 where it has none.</summary>
    public uint GoalIdentity { get; set; }

    /// <summary>It is paused once it is certain that it does harm: it has a goal, and users held out to compare with.</summary>
    public bool PausesOnHarm { get; set; }

    /// <summary>What came of its prompts decides over its next.</summary>
    public bool Learns => PausesOnHarm || (Decide.Bandit is not null && GoalIdentity != 0);

    public bool IsTransactional { get; } = definition.Decide.Purpose == "transactional";

    /// <summary>Windows that a change of the rulebook brought have not seen enough yet to be believed.</summary>
    public bool IsWarming(in Candidate candidate) =>
        candidate.ReadAt < JudgedFrom || (FoundFrom > EventTime.Beginning && candidate.BeganAt < FoundFrom);

    /// <summary>The same of what one event alone matched.</summary>
    public bool IsWarming(EventTime at) => at < JudgedFrom || at < FoundFrom;

    /// <summary>The trigger, with what it takes and believes since it has been in force. To be called before it runs.</summary>
    public void Begin(Tenure tenure, uint identity)
    {
        ActiveFrom = EventTime.Max(ActiveFrom, tenure.OfTrigger(identity));
        foreach (var reach in FoundBy) FoundFrom = EventTime.Max(FoundFrom, reach.CompleteFrom(tenure));
        foreach (var prompt in Journey?.Prompts ?? []) prompt.Begin(tenure, identity);
        foreach (var reach in JudgedBy) JudgedFrom = EventTime.Max(JudgedFrom, reach.CompleteFrom(tenure));
    }

    public Value KeyOf(in Scope scope) => Key is null ? Value.Null : Key.Evaluate(scope);

    /// <summary>The instance as text: empty without a key, <c>null</c> for the missing key.</summary>
    public string InstanceText(in Value key) => Key is null ? "" : key.IsNull ? "null" : key.ToString();
}

/// <summary>A channel of a trigger.</summary>
/// <param name="Name">As the rulebook writes it.</param>
/// <param name="Text">The same in bytes.</param>
/// <param name="Identity">What stands for it in records.</param>
/// <param name="IsQuiet">It is silent in quiet hours.</param>
internal sealed record CompiledChannel(string Name, Utf8Text Text, uint Identity, bool IsQuiet);

/// <summary>A score, or an uplift, that a user needs.</summary>
/// <param name="Definition">Whose, and how much.</param>
/// <param name="IsUplift">It is the expected gain by a prompt.</param>
/// <param name="Score">Its value for a user.</param>
internal sealed record CompiledThreshold(ScoreThreshold Definition, bool IsUplift, CompiledExpression Score);

/// <summary>One named value of a prompt.</summary>
internal sealed record CompiledField(string Name, CompiledExpression Value);

/// <summary>How an absence or a silence waits.</summary>
internal sealed record AbsencePlan(long ForMilliseconds, long GraceMilliseconds, RepeatMode Repeat, bool IsSilence)
{
    /// <summary>Recent cancelling events, for arming events that come after them; null for a silence.</summary>
    public WindowSlot? History { get; init; }
}

/// <summary>A step of a compiled pattern.</summary>
internal sealed record CompiledStep(int Type, PatternStep Definition)
{
    public CompiledExpression? Where { get; init; }

    public CompiledExpression? Until { get; init; }

    public string? Alias => Definition.Event.Alias;

    public int TimesMin => Definition.TimesMin;

    public int TimesMax => Definition.TimesMax ?? int.MaxValue;

    /// <summary>The nots that stand between this step and the one before it.</summary>
    public CompiledNot[] NotsBefore { get; init; } = [];

    /// <summary>The skip strategy names this step.</summary>
    public bool IsSkipTarget { get; init; }
}

/// <summary>Events that must not come.</summary>
/// <param name="Type">Their type.</param>
/// <param name="Where">A condition on them; null: all of the type.</param>
/// <param name="IsStrict">Only the very next event counts.</param>
internal sealed record CompiledNot(int Type, CompiledExpression? Where, bool IsStrict);

/// <summary>A compiled pattern.</summary>
internal sealed record PatternPlan(CompiledStep[] Steps, PatternOn Definition)
{
    /// <summary>The last <c>not</c>, with the milliseconds it must stay away, end included.</summary>
    public CompiledNot? LastNot { get; init; }

    public long LastNotMilliseconds { get; init; }

    /// <summary>Some continuation needs the very next event, or ends at an event of any type, so the pattern sees every one.</summary>
    public bool SeesEveryEvent { get; init; }

    public bool CanFinishAfter(int step)
    {
        for (var i = step + 1; i < Steps.Length; i++)
            if (!Steps[i].Definition.Optional) return false;
        return true;
    }
}

/// <summary>A segment ready to run.</summary>
internal sealed class CompiledSegment(int index, SegmentDefinition definition)
{
    public int Index { get; } = index;

    public SegmentDefinition Definition { get; } = definition;

    public CompiledExpression Condition { get; set; } = null!;

    /// <summary>Windows read by its condition.</summary>
    public WindowReach[] JudgedBy { get; set; } = [];

    /// <summary>Triggers on entering, and on leaving.</summary>
    public List<CompiledTrigger> OnEnter { get; } = [];

    public List<CompiledTrigger> OnExit { get; } = [];

    /// <summary>It reads the hour or the weekday, so time changes it for ever.</summary>
    public bool IsPerpetual { get; set; }
}
