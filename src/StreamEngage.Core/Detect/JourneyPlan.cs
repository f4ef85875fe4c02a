using StreamEngage.Detect.Expressions;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect;

/// <summary>What a journey does at one place of its plan.</summary>
internal enum JourneyMove : byte { Prompt, Wait, WaitForEvent, WaitForCondition, Choose, Jump, End }

/// <summary>One place of a compiled journey. It names where the journey goes on, always further down, so that every journey ends.</summary>
/// <param name="Move">What is done there.</param>
/// <param name="Name">The step's name.</param>
internal sealed record JourneyPlace(JourneyMove Move, string Name)
{
    /// <summary>Where it goes on: after the wait, or where the condition holds.</summary>
    public int Next { get; set; }

    /// <summary>Where it goes on when the time is over, or the condition does not hold.</summary>
    public int Else { get; set; }

    /// <summary>The trigger as this step's candidates see it.</summary>
    public CompiledTrigger? Prompt { get; init; }

    /// <summary>How long it waits, in milliseconds, end included.</summary>
    public long Milliseconds { get; init; }

    /// <summary>The type of the event it waits for.</summary>
    public int Type { get; init; }

    /// <summary>What the event must satisfy, or what must hold; null: nothing.</summary>
    public CompiledExpression? Condition { get; init; }

    /// <summary>The condition as it is written, where it is waited for.</summary>
    public Expression? Source { get; init; }

    /// <summary>The name that the event it waited for gets, or null.</summary>
    public string? Alias { get; init; }

    /// <summary>The types after whose events the condition is looked at again; null: those of every type.</summary>
    public IReadOnlySet<int>? Reads { get; set; } = new HashSet<int>();

    public bool IsWait => Move is JourneyMove.Wait or JourneyMove.WaitForEvent or JourneyMove.WaitForCondition;

    /// <summary>An event of the type may end the wait.</summary>
    public bool AwaitsType(int type) => Move switch
    {
        JourneyMove.WaitForEvent => Type == type,
        JourneyMove.WaitForCondition => Reads is not { } types || types.Contains(type),
        _ => false,
    };

    /// <summary>The same, where that is said of the type and not of all.</summary>
    public bool NamesType(int type) => AwaitsType(type) && (Move == JourneyMove.WaitForEvent || Reads is not null);
}

/// <summary>The steps of a trigger in one list, branches as jumps; the last one ends the journey.</summary>
/// <param name="Places">All of them.</param>
internal sealed record JourneyPlan(JourneyPlace[] Places)
{
    /// <summary>The trigger as each prompt step sees it, in the order written.</summary>
    public CompiledTrigger[] Prompts { get; } = [.. Places.Select(place => place.Prompt).OfType<CompiledTrigger>()];
}
