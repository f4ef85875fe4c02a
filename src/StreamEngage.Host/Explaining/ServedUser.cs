using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Steps;

namespace StreamEngage.Host.Explaining;

/// <summary>What a serving engine's topics tell of one user.</summary>
/// <param name="User">Who.</param>
/// <param name="Lane">The user's lane.</param>
internal sealed record ServedUser(string User, int Lane)
{
    /// <summary>Null: the lane could not be made again at all.</summary>
    public LaneHistory? History { get; init; }

    /// <summary>Why the lane could not be made again, or from where on; null: it was.</summary>
    public string? Problem { get; init; }

    /// <summary>Rulebook that the lane began with, and its version.</summary>
    public required (string Version, RulebookDefinition Rulebook) Rules { get; init; }

    /// <summary>The user's lines of the decision topic, in order; null: the settings name none.</summary>
    public IReadOnlyList<DecisionRecord>? Published { get; init; }

    /// <summary>Keys that the journal settles.</summary>
    public IReadOnlySet<string> Settled { get; init; } = new HashSet<string>();

    /// <summary>Every rulebook of the lane, the first first.</summary>
    public IReadOnlyList<(string Version, RulebookDefinition Rulebook)> Rulebooks => [Rules, .. History?.Rulebooks ?? []];

    /// <summary>Each decision with the number of the rulebook it was made under; of a lane that cannot be made again those of the topic.</summary>
    public IReadOnlyList<(int Reign, DecisionRecord Decision)> Decisions => History is { Decisions.Count: > 0 } made
        ? made.Decisions : Problem is null ? [] : [.. (Published ?? []).Select(decision => (0, decision))];

    public bool IsKnown => History is { HasEvents: true } || Decisions.Count > 0;

    /// <summary>What an engine is to be asked about what happened under one of the rulebooks.</summary>
    public Premise PremiseUnder(int reign)
    {
        var events = new List<UserEvent>();
        var (now, number) = (0, 0);
        foreach (var moment in History?.Moments ?? [])
        {
            if (moment.Kind == LaneMomentKind.Rulebook && ++now > reign) break;
            events.Add(EventOf(moment, Rulebooks[now].Rulebook.Policy.Time.DisorderMilliseconds, number++));
        }
        return new(User, Rulebooks[reign].Rulebook, events) { Former = [.. Rulebooks.Take(reign).Select(former => former.Rulebook)], Told = [] };
    }

    /// <summary>Number of the rulebook in force at an instant of the lane's clock.</summary>
    public int ReignAt(EventTime at) => (History?.Moments ?? []).Count(moment => moment.Kind == LaneMomentKind.Rulebook && moment.At <= at);

    private UserEvent EventOf(LaneMoment moment, long disorder, int number) => moment.Kind switch
    {
        LaneMomentKind.Clock => UserEvent.Clock(User, moment.At + disorder, number),
        LaneMomentKind.Tick => UserEvent.Tick(moment.At),
        LaneMomentKind.Statistics => UserEvent.Statistics(moment.At, moment.Bytes),
        LaneMomentKind.Rulebook => UserEvent.Rulebook(moment.At),
        _ => new(moment.Id, moment.Type, moment.At, moment.Bytes),
    };
}
