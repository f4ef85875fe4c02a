namespace StreamEngage.Rules;

/// <summary>A place in a rulebook: file relative to its folder, line and column counted from 1.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary>The form compilers print: <c>file(line,column)</c>.</summary>
    public override string ToString() => $"{File}({Line},{Column})";
}

/// <summary>How bad a problem is: an error refuses the rulebook, a warning is printed and lived with.</summary>
public enum Severity
{
    /// <summary>The rulebook does not load.</summary>
    Error,

    /// <summary>The rulebook loads; what is named is probably not what its author meant.</summary>
    Warning,
}

/// <summary>One thing wrong with a rulebook: where, what was expected, and what to do.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Severity">Whether the rulebook still loads.</param>
/// <param name="Code">A stable kebab-case name of the kind of problem, such as <c>unknown-name</c>.</param>
/// <param name="Message">What is wrong and the remedy, one line.</param>
public sealed record Problem(SourcePosition At, Severity Severity, string Code, string Message)
{
    /// <summary>The one-line form printed to people.</summary>
    public override string ToString() =>
        $"{At}: {(Severity == Severity.Error ? "error" : "warning")} {Code}: {Message}";
}
