using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamEngage.Host.Reports;

/// <summary>A line of decisions as <c>run</c> writes it; what a report does not need is passed over.</summary>
internal sealed record DecisionLine(string? User, string? Trigger, int? Version, long? At, string? Verdict, string? Reason, string? Variant, string? PromptId)
{
    private static readonly string[] _verdicts = ["sent", "suppressed", "held", "ghost"];

    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out DecidedPrompt? decided)
    {
        decided = null;
        try
        {
            if (JsonSerializer.Deserialize(line, DecisionLineJson.Default.DecisionLine) is not { User: { } user, Trigger: { } trigger, At: { } at } read
                || !_verdicts.Contains(read.Verdict))
                return false;
            decided = new(user, trigger, read.Version ?? 1, new(at), read.Arm) { Variant = read.Variant, PromptId = read.PromptId };
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private PromptArm Arm => Verdict switch
    {
        "sent" => PromptArm.Sent,
        "ghost" => Reason == "global-holdout" ? PromptArm.GlobalGhost : PromptArm.Ghost,
        _ => PromptArm.Neither,
    };
}

[JsonSerializable(typeof(DecisionLine))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class DecisionLineJson : JsonSerializerContext;
