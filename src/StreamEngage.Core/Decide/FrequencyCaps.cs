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
    public CapDefinition? Full(UserState user, PromptTrace prompt, EventTime at)
    {
        if (user.Contact is not { } contact)
            return Array.Find(_caps, cap => cap.Concerns(prompt) && cap.Definition.Limit == 0)?.Definition;
        foreach (var cap in _caps)
            if (cap.Concerns(prompt) && IsFull(cap, contact, user, prompt, at)) return cap.Definition;
        return null;
    }

    private bool IsFull(Cap cap, Contact contact, UserState user, PromptTrace prompt, EventTime at)
    {
        var count = 0;
        // Fewer than the limit fill no cap, wherever they stand.
        if (contact.Prompts.Count < cap.Definition.Limit) return false;
        foreach (var _ in Counted(cap, contact, user, prompt, at))
            if (++count >= cap.Definition.Limit) return true;
        return cap.Definition.Limit == 0;
    }

    /// <summary>Ids of the prompts that fill a cap, as they stood at the decision.</summary>
    public IEnumerable<UInt128> Counted(CapDefinition definition, UserState user, PromptTrace prompt, EventTime at) => user.Contact is { } contact
        ? Counted(Array.Find(_caps, cap => cap.Definition == definition)!, contact, user, prompt, at).Select(counted => counted.Id)
        : [];

    /// <summary>
    /// Rolling: those of every window of the cap's length that would hold the new one, also where it is decided a little behind another.
    /// </summary>
    private IEnumerable<PromptTrace> Counted(Cap cap, Contact contact, UserState user, PromptTrace prompt, EventTime at)
    {
        var (first, last) = Span(cap.Definition, user, at.UnixMilliseconds);
        return contact.Prompts.Where(one => one.Id != prompt.Id && (one.Fate & PromptFate.Failed) == 0
            && one.At.UnixMilliseconds >= first && one.At.UnixMilliseconds <= last && cap.Concerns(one));
    }

    /// <summary>Both ends included.</summary>
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

        public bool Concerns(PromptTrace prompt) => prompt.Purpose != Transactional
            && (_channel is null || _channel == prompt.Channel) && (_category is null || _category == prompt.Purpose);

        private static uint? IdentityOf(string? name) => name is null ? null : ContactBook.IdentityOf(new(name));
    }
}
