using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>What reading a rulebook gave.</summary>
/// <param name="Definition">Null when any problem is an error.</param>
/// <param name="Problems">Ordered by file (ordinal), line and column.</param>
internal sealed record RulebookReading(RulebookDefinition? Definition, IReadOnlyList<Problem> Problems);
