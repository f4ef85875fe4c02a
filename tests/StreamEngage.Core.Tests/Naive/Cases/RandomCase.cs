using System.Globalization;
using System.Text;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>A small rulebook as its files and a stream in the order of its arrival.</summary>
internal sealed record RandomCase(int Seed, IReadOnlyDictionary<string, string> Files, IReadOnlyList<NaiveEvent> Events)
{
    /// <summary>The files read; null when they are refused, as pieces of a rulebook may be.</summary>
    public RulebookReading Reading { get; } = RulebookFiles.Read(Files);

    public RulebookDefinition Rulebook => Reading.Definition
        ?? throw new InvalidOperationException($"a rulebook that is refused:\n{string.Join('\n', Reading.Problems)}\n{this}");

    /// <summary>The same seed and features make the same case.</summary>
    public static RandomCase Of(int seed, CaseFeatures features = CaseFeatures.Settled)
    {
        var dice = new Dice(seed);
        var setting = new CaseSetting(dice, features);
        return new RandomCase(seed, new RandomRulebook(dice, setting).Files(), new RandomStream(dice, setting).Events());
    }

    /// <summary>Files and events as they can be written to disk and run again.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"seed {Seed}\n");
        foreach (var (name, content) in Files)
            text.Append(CultureInfo.InvariantCulture, $"--- {name}\n{content}");
        text.Append("--- events.ndjson\n");
        foreach (var e in Events)
            text.Append(e).Append('\n');
        return text.ToString();
    }
}
