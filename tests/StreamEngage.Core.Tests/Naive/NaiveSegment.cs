using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Tests.Naive;

/// <summary>
/// Entering or leaving a segment: its condition is looked at after every event and whenever time may have changed it.
/// </summary>
internal sealed class NaiveSegment : NaiveDetection
{
    private readonly SegmentOn _on;
    private readonly IReadOnlyList<long> _reaches;
    private readonly bool _calendar;
    private readonly SortedSet<long> _dues = [];
    private bool _member;

    public NaiveSegment(NaiveUser user, TriggerDefinition trigger, SegmentOn on, RulebookDefinition rulebook)
        : base(user, trigger)
    {
        _on = on;
        var terms = NaiveTerms.OfSegment(rulebook, on.Segment).ToList();
        if (terms.OfType<CallExpression>().Any(c => c.Function.StartsWith("local_", StringComparison.Ordinal)))
            throw new NotSupportedException("A segment on the hour of the day never stops changing.");
        _calendar = terms.OfType<WindowExpression>().Any(w => w.Unit != WindowUnit.Rolling);
        _reaches = terms.OfType<WindowExpression>().Select(w => w.LengthMilliseconds)
            .Concat(NaiveLife.Reaches(rulebook.Policy, terms))
            .Concat(terms.OfType<LiteralExpression>().Where(l => l.Type == ValueType.Duration).Select(l => (long)l.Number))
            .Distinct().ToList();
    }

    public override IEnumerable<long> Dues => _dues.Take(1);

    public override IReadOnlyList<NaiveCandidate> At(long due)
    {
        if (!_dues.Remove(due) || !Crosses() || due < (Trigger.Activation?.UnixMilliseconds ?? long.MinValue))
            return [];
        return [new NaiveCandidate(this, NaiveKey.Whole, due, []) { IsTimer = true }];
    }

    /// <summary>A member if either was one: no edge for what was so before.</summary>
    public override void Absorb(NaiveDetection other)
    {
        var segment = (NaiveSegment)other;
        _member |= segment._member;
        _dues.UnionWith(segment._dues);
        _dues.Add(User.Clock);
        base.Absorb(other);
    }

    public override void Follow(NaiveDetection former)
    {
        base.Follow(former);
        var segment = (NaiveSegment)former;
        _member = segment._member;
        _dues.UnionWith(segment._dues);
    }

    protected override IEnumerable<NaiveCandidate> Seen(NaiveEvent e)
    {
        _dues.UnionWith(Changes(e.At).Where(d => d > User.Clock));
        return Crosses() ? [new NaiveCandidate(this, NaiveKey.Whole, e.At, [e.Id]) { Event = e }] : [];
    }

    /// <summary>Every instant at which an event of this time may leave a window or a <c>since</c> may cross a duration.</summary>
    private IEnumerable<long> Changes(long at) => _reaches
        .SelectMany(r => new[] { at + r, at + r + 1 })
        .Concat(_calendar ? [User.StartOfNextDay(User.Clock), User.StartOfNextWeek(User.Clock)] : []);

    /// <summary>True when the membership changed in the direction asked for.</summary>
    private bool Crosses()
    {
        var was = _member;
        _member = User.IsMember(_on.Segment);
        return _on.Edge == SegmentEdge.Enter ? !was && _member : was && !_member;
    }
}
