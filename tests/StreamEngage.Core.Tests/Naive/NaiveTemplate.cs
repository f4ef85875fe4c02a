using System.Text.RegularExpressions;

namespace StreamEngage.Tests.Naive;

/// <summary>Gate 10: the values that a prompt's template cannot do without.</summary>
internal static partial class NaiveTemplate
{
    /// <summary>Every placeholder that has no words of its own finds a value.</summary>
    public static bool IsFilled(NaiveCandidate candidate, long at)
    {
        var user = candidate.Of.User;
        var scope = new NaiveScope(user, at) { Event = candidate.Event, Aliases = candidate.Aliases };
        var text = user.Rulebook.Templates.FirstOrDefault(t => t.Name == candidate.Prompt.Template)?.Text ?? "";
        return Needed().Matches(text).Select(m => m.Groups["name"].Value).All(name =>
            candidate.Prompt.Data.FirstOrDefault(d => d.Name == name) is { } field && NaiveExpression.Value(field.Value, scope) is not null);
    }

    [GeneratedRegex(@"\{\{\s*(?<name>[^|}]*?)\s*\}\}")]
    private static partial Regex Needed();
}
