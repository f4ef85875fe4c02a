namespace StreamEngage.Host.Explaining;

/// <summary>What a serving engine's topics answer to a question.</summary>
/// <param name="Explanations">Null: there is nothing to explain, and <paramref name="Problem"/> says why.</param>
/// <param name="Problem">What stands in the way of an answer, or of a whole one; null: nothing.</param>
internal sealed record ServedAnswer(IReadOnlyList<Explanation>? Explanations, string? Problem)
{
    /// <summary>The question names a trigger that there never was.</summary>
    public bool IsMistaken { get; private init; }

    public static ServedAnswer To(ExplainQuestion question, ServedUser served)
    {
        var explanations = new ServedExplanations(served);
        if (served.History is { IsTooLong: true }) return new(null, $"{question.User} has more than {ExplainLimits.EventsMax} events");
        if (!served.IsKnown) return new(null, served.Problem ?? $"lane {served.Lane} has no event of the user '{question.User}'");
        if (question.Unknown(explanations.Triggers) is { } unknown) return new(null, unknown) { IsMistaken = true };
        return new(explanations.Of(question.Trigger, question.At), served.Problem);
    }
}
