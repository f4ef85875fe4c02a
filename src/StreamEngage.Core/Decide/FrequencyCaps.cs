using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>
/// Gate 8: at most so many prompts in a rolling time or a calendar unit. A place is taken when a prompt is decided, held or sent, and given back when
/// its channel reports a failure.
/// </summary>
internal sealed class FrequencyCaps
{
    private const long DayMilliseconds = 86_400_000;
    // A local day has at most 25 hours, a week one more than seven days.
    private const long CalendarDay = DayMilliseconds + 3_600_000, CalendarWeek = 7 * DayMilliseconds + 3_600_000;

    private readonly CivilTime _civil;
    private readonly Cap[] _caps;

    public FrequencyCaps(CompiledRulebook rulebook, CivilTime civil)
    {
        _civil = civil;
        _caps = [.. rulebook.Definition.Policy.Caps.Select(cap => new Cap(cap))];
        RemembersMilliseconds = rulebook.Time.MisfireAfterMilliseconds
            + _caps.Aggregate(Limits.OutcomeMilliseconds, (longest, cap) => Math.Max(longest, cap.LongestMilliseconds));
    }

    /// <summary>How long a prompt has to be remembered.</summary>
    public long RemembersMilliseconds { get; }

    /// <summary>The first cap that leaves no place at <paramref name="at"/> for a prompt of this channel and purpose; null: all have one.</summary>
    /// <param name="user">Whose prompts are counted.</param>
    /// <param name="prompt">Channel and purpose, and the id of the prompt itself, which does not count.</param>
    /// <param name="at">When it would be sent.</param>
    public CapDefinition? Full(UserState user, in PromptTrace prompt, EventTime at)
    {
        foreach (var cap in _caps)
        {
            if (!cap.Concerns(prompt)) continue;
            if (user.Contact is { } contact ? IsFull(cap, contact, user, prompt, at) : cap.Definition.Limit == 0) return cap.Definition;
        }
        return null;
    }

    private bool IsFull(Cap cap, Contact contact, UserState user, in PromptTrace prompt, EventTime at)
    {
        var limit = cap.Definition.Limit;
        // Fewer than the limit fill no cap, wherever they stand.
        if (contact.Prompts.Length < limit) return false;
        if (limit == 0) return true;
        var (first, last) = Span(cap.Definition, user, at.UnixMilliseconds);
        var count = 0;
        foreach (ref readonly var one in contact.Prompts)
            if (cap.Counts(one, prompt, first, last) && ++count == limit) return true;
        return false;
    }

    /// <summary>Ids of the prompts that fill a cap, as they stood at the decision.</summary>
    public List<UInt128> Counted(CapDefinition definition, UserState user, in PromptTrace prompt, EventTime at)
    {
        var counted = new List<UInt128>();
        if (user.Contact is not { } contact) return counted;
        var cap = Array.Find(_caps, cap => cap.Definition == definition)!;
        var (first, last) = Span(definition, user, at.UnixMilliseconds);
        foreach (ref readonly var one in contact.Prompts)
            if (cap.Counts(one, prompt, first, last)) counted.Add(one.Id);
        return counted;
    }

    /// <summary>
    /// Where the prompts stand that a cap counts. Rolling: those of every window of the cap's length that would hold the new one, also where it is decided
    /// a little behind another.
    /// </summary>
    /// <returns>Both ends included.</returns>
    private (long First, long Last) Span(CapDefinition cap, UserState user, long at) => cap switch
    {
        { PerMilliseconds: { } per } => (at - per + 1, at + per - 1),
        { PerUnit: "week" } => (_civil.StartOfWeek(user, at), _civil.NextMonday(user, at) - 1),
        _ => (_civil.StartOfDay(user, at), _civil.NextMidnight(user, at) - 1),
    };

    /// <summary>A cap with what it counts as records name it.</summary>
    private sealed class Cap(CapDefinition definition)
    {
        private static readonly uint Transactional = ContactBook.IdentityOf(new("transactional"));

        private readonly uint? _channel = IdentityOf(definition.Channel);
        private readonly uint? _category = IdentityOf(definition.Category);

        public CapDefinition Definition => definition;

        public long LongestMilliseconds { get; } = definition.PerMilliseconds ?? (definition.PerUnit == "week" ? CalendarWeek : CalendarDay);

        /// <summary>It is another prompt than <paramref name="prompt"/>, of this cap's kind, between these instants, and reached its channel.</summary>
        public bool Counts(in PromptTrace one, in PromptTrace prompt, long first, long last) =>
            one.At.UnixMilliseconds >= first && one.At.UnixMilliseconds <= last && (one.Fate & PromptFate.Failed) == 0 && one.Id != prompt.Id && Concerns(one);

        public bool Concerns(in PromptTrace prompt) => prompt.Purpose != Transactional
            && (_channel is null || _channel == prompt.Channel) && (_category is null || _category == prompt.Purpose);

        private static uint? IdentityOf(string? name) => name is null ? null : ContactBook.IdentityOf(new(name));
    }
}
