using StreamEngage.Detect;
using StreamEngage.Rulebooks;

namespace StreamEngage.Benchmarks;

/// <summary>Rulebooks of benchmarks, compiled or refused with all that is wrong with them.</summary>
internal static class Rules
{
    public static CompiledRulebook Compile(Dictionary<string, string> files) => Read(RulebookFiles.Read(files));

    public static CompiledRulebook Read(RulebookReading reading)
    {
        return reading.Definition is { } definition
            ? RulebookCompiler.Compile(definition)
            : throw new InvalidOperationException("The rulebook does not load:\n" + string.Join('\n', reading.Problems));
    }
}
