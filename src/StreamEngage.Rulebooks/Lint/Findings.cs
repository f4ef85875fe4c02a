using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>The warnings of one run, in the order found.</summary>
internal sealed class Findings
{
    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Problem> Problems => _problems;

    public void Warn(SourcePosition at, string code, string message) =>
        _problems.Add(new Problem(at, Severity.Warning, code, message));
}
