using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Steps.Reigns;

/// <summary>
/// The rulebooks that have been in force in a lane, as far back as users' records are told apart by them. Immutable: a change makes another one.
/// </summary>
internal sealed class LaneReigns
{
    /// <summary>
    /// Reigns that are remembered. Who was not met during so many changes is taken as of the oldest: what means the same now is kept, the rest is not
    /// ended with a verdict.
    /// </summary>
    public const int KeptMax = 8;

    private readonly LaneReign[] _reigns;

    private LaneReigns(IEnumerable<LaneReign> reigns) => _reigns = [.. reigns];

    public LaneReign Now => _reigns[^1];

    public int Oldest => _reigns[0].Number;

    public string Version => Now.Text.Version;

    public CompiledRulebook Rulebook => Now.Rulebook;

    /// <summary>Of a lane whose rulebook has never changed.</summary>
    /// <param name="rulebook">It, compiled.</param>
    /// <param name="text">It, as it was written; null where nothing will follow it.</param>
    public static LaneReigns Of(CompiledRulebook rulebook, RulebookText? text = null) =>
        new([new(0, EventTime.Beginning, text ?? RulebookText.Named("1"), Tenure.FromBeginning(rulebook.Layout), () => rulebook)]);

    /// <summary>
    /// One that is remembered; a number from before the oldest stands for that.
    /// </summary>
    public LaneReign this[int number] => _reigns[Math.Max(0, number - Oldest)];

    /// <summary>Number of the latest reign of a rulebook; null: none that is remembered.</summary>
    public int? NumberOf(string version) => Array.FindLastIndex(_reigns, reign => reign.Text.Version == version) is >= 0 and var place ? Oldest + place : null;

    /// <summary>Segments of the rulebook in force that users of a reign were never looked at for.</summary>
    public IReadOnlyList<CompiledSegment> BroughtSince(int number) =>
        [.. Rulebook.Segments.Where(segment => _reigns.Skip(Math.Max(0, number - Oldest))
            .Any(reign => !reign.Rulebook.Layout.SegmentMeanings.Contains(Rulebook.Layout.SegmentMeanings[segment.Index])))];

    /// <summary>The rulebook in force asks for stages, and a rulebook since a reign did not, or made them of other activity.</summary>
    public bool BringsStagesSince(int number) => Rulebook.Lifecycle is not null
        && _reigns.Skip(Math.Max(0, number - Oldest)).Any(reign => !reign.Rulebook.Layout.SegmentMeanings.Contains(Rulebook.Layout.LifeActivity));

    /// <summary>Compiles a rulebook that may be the next. Takes long; what is left to do when it comes into force does not.</summary>
    public CompiledRulebook Prepare(RulebookDefinition next) => RulebookCompiler.Compile(next, Now.Tenure, tenure: null, []);

    /// <summary>Another rulebook is in force from here on.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="prepared">By <see cref="Prepare"/>, and of nobody else.</param>
    /// <param name="at">Where the lane's clock stands.</param>
    public LaneReigns Under(RulebookText text, CompiledRulebook prepared, EventTime at)
    {
        var tenure = Now.Tenure.Under(prepared.Layout, at);
        prepared.Begin(tenure);
        return new(_reigns.TakeLast(KeptMax - 1).Append(new(Now.Number + 1, at, text, tenure, () => prepared)));
    }

    /// <summary>What a step writes beside the users when this takes the place of <paramref name="former"/>.</summary>
    /// <returns>Null when a text is too big for that.</returns>
    public IReadOnlyList<UserWrite>? WritesAfter(LaneReigns former)
    {
        var writes = new List<UserWrite>();
        // Of the first there was no need to keep anything: the settings name it.
        foreach (var reign in former.Now.Number == 0 ? (LaneReign[])[former.Now, Now] : [Now])
        {
            if (reign.Encode() is not { } record) return null;
            writes.Add(new(LaneReign.NameOf(reign.Number), record, null));
        }
        for (var number = former.Oldest; number < Oldest; number++) writes.Add(new(LaneReign.NameOf(number), default, null));
        return writes;
    }

    /// <summary>As a lane's store keeps them.</summary>
    /// <param name="oldest">Number of the first.</param>
    /// <param name="records">Their records, in order.</param>
    /// <param name="shelf">Reads their texts.</param>
    /// <returns>Null when one is broken, or has errors for this version of the engine.</returns>
    public static LaneReigns? Read(int oldest, IReadOnlyList<ReadOnlyMemory<byte>> records, RulebookShelf shelf)
    {
        var reigns = new List<LaneReign>();
        foreach (var record in records)
        {
            if (LaneReign.Decode(record.Span) is not { } stored || shelf.Take(stored.Text) is not { } shelved) return null;
            var former = reigns.Count == 0 ? null : reigns[^1].Tenure;
            reigns.Add(new(oldest + reigns.Count, stored.Since, shelved.Text, stored.Tenure,
                () => RulebookCompiler.Compile(shelved.Definition, former, stored.Tenure, [])));
        }
        // Compiled here, and not when the lane begins.
        return reigns.Count > 0 && reigns[^1].Rulebook is not null ? new(reigns) : null;
    }
}
