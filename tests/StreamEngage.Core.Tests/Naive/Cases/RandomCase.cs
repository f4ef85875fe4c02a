using System.Globalization;
using System.Text;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>A small rulebook as its files and a stream in the order of its arrival.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Files">The rulebook.</param>
/// <param name="Events">As they arrive.</param>
/// <param name="Change">The rulebook that follows; null: none does.</param>
internal sealed record RandomCase(int Seed, IReadOnlyDictionary<string, string> Files, IReadOnlyList<NaiveEvent> Events, CaseChange? Change = null)
{
    /// <summary>The files read; null when they are refused, as pieces of a rulebook may be.</summary>
    public RulebookReading Reading { get; } = RulebookFiles.Read(Files);

    public RulebookDefinition Rulebook => Reading.Definition
        ?? throw new InvalidOperationException($"a rulebook that is refused:\n{string.Join('\n', Reading.Problems)}\n{this}");

    /// <summary>The next rulebook, where there is one.</summary>
    public IReadOnlyList<NaiveChange> Changes => Change is null ? [] : [new(Change.At, Change.Reading.Definition
        ?? throw new InvalidOperationException($"a rulebook that is refused:\n{string.Join('\n', Change.Reading.Problems)}\n{this}"))];

    /// <summary>None of its rulebooks is refused.</summary>
    public bool IsReadable => Reading.Definition is not null && Change is not { Reading.Definition: null };

    /// <summary>What the naive interpreter makes of it, drained.</summary>
    public NaiveOutcome Interpreted() => NaiveEngine.Run(Rulebook, Events, drain: true, Changes);

    /// <summary>The same seed and features make the same case.</summary>
    public static RandomCase Of(int seed, CaseFeatures features = CaseFeatures.Settled)
    {
        var dice = new Dice(seed);
        var setting = new CaseSetting(dice, features);
        var (files, events) = (new RandomRulebook(dice, setting).Files(), new RandomStream(dice, setting).Events());
        return new RandomCase(seed, files, events, new RandomSuccessor(dice, setting).Of(files, events));
    }

    /// <summary>Files and events as they can be written to disk and run again.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"seed {Seed}\n");
        foreach (var (name, content) in Files)
            text.Append(CultureInfo.InvariantCulture, $"--- {name}\n{content}");
        foreach (var (name, content) in Change?.Files ?? new Dictionary<string, string>())
            text.Append(CultureInfo.InvariantCulture, $"--- from {Change!.At} on: {name}\n{content}");
        text.Append("--- events.ndjson\n");
        foreach (var e in Events)
            text.Append(e).Append('\n');
        return text.ToString();
    }
}
