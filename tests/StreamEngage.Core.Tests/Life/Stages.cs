using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Life;

/// <summary>Rulebooks that say whenever a user comes to a stage.</summary>
internal static class Stages
{
    private static readonly string[] _names = ["new", "active", "resurrected", "at-risk", "dormant", "churned"];

    /// <summary>Prompts are called after the stages that users enter.</summary>
    public static EngineHarness Watched(string policy = "") => EngineHarness.With(Files(policy));

    public static Dictionary<string, string> Files(string policy)
    {
        var files = _names.ToDictionary(
            name => $"{name}.yaml",
            name => $"trigger: {name}\non: {{segment: lifecycle/{name}, edge: enter}}\ndecide: {{purpose: transactional}}\n");
        files["policy.yaml"] = $"lateness: 1h\n{policy}\n";
        return files;
    }

    public static string Entered(this EngineHarness engine) => string.Join(", ", engine.Prompts);
}
