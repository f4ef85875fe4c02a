using System.Diagnostics.CodeAnalysis;
using StreamEngage.Detect;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;

namespace StreamEngage.Host.Runs;

/// <summary>A rulebook named on the command line, read and compiled; its errors are told one a line.</summary>
internal static class RulesFolder
{
    /// <param name="exit">1 for a rulebook with errors, 2 for a folder that is not there.</param>
    public static bool TryCompile(string folder, TextWriter errors, [NotNullWhen(true)] out CompiledRulebook? rulebook, out int exit)
    {
        (rulebook, exit) = (null, Directory.Exists(folder) ? 1 : 2);
        var reading = RulebookFolder.Read(folder);
        if (reading.Definition is not { } definition)
        {
            foreach (var problem in reading.Problems.Where(problem => problem.Severity == Severity.Error)) errors.WriteLine(problem);
            return false;
        }
        rulebook = RulebookCompiler.Compile(definition);
        exit = 0;
        return true;
    }
}
