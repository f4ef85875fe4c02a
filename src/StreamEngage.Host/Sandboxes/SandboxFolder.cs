using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Sandboxes;

/// <summary>Where the sandbox's settings stand: in a folder that goes with it, or in one that is kept with the rulebook, to be served elsewhere.</summary>
internal sealed class SandboxFolder : IDisposable
{
    private const string SettingsFile = "streamengage.yaml", RulesFolder = "rules";

    private readonly string? _kept;
    private readonly string _own = Directory.CreateTempSubdirectory("streamengage-sandbox-").FullName;

    private SandboxFolder(string? kept) => _kept = kept;

    /// <summary>For what goes with the sandbox.</summary>
    public string Own => _own;

    public string Settings => Path.Combine(_kept ?? _own, SettingsFile);

    /// <param name="kept">Folder to keep settings and rulebook in; null: nothing is kept.</param>
    /// <param name="problem">Why it cannot be.</param>
    public static SandboxFolder? Open(string? kept, out string problem)
    {
        problem = "";
        if (kept is null) return new(null);
        try
        {
            if (Directory.CreateDirectory(kept).EnumerateFileSystemInfos().Any())
            {
                // Somebody may have changed what is there.
                problem = $"--keep {kept}: there is something in it; name a folder that is empty or does not exist";
                return null;
            }
            return new(Path.GetFullPath(kept));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problem = $"--keep {kept}: {refused.Message}";
            return null;
        }
    }

    /// <param name="brokers">Addresses of the mock cluster.</param>
    /// <param name="redisPort">Of the sandbox's redis-server.</param>
    /// <param name="rules">The rulebook.</param>
    public async Task WriteAsync(string brokers, int redisPort, RulebookText rules)
    {
        var folder = Path.Combine(Path.GetDirectoryName(Settings)!, RulesFolder);
        foreach (var (name, text) in rules.Files)
        {
            var file = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }
        await File.WriteAllTextAsync(Settings, Text(brokers, redisPort));
    }

    public void Dispose() => Directory.Delete(_own, recursive: true);

    private static string Text(string brokers, int redisPort) => $$"""
        # What the sandbox ran with. To serve on your own servers: change kafka.brokers and redis.addresses, then
        #   streamengage topics --config streamengage.yaml --create
        #   streamengage serve --config streamengage.yaml
        kafka:
          brokers: {{brokers}}
          group_id: sandbox-engine
          instance_id: sandbox-1
          topics: [behavior.events]
          exchange_topic: streamengage.exchange
          journal_topic: streamengage.journal
          quarantine_topic: streamengage.quarantine
          client: {fetch.wait.max.ms: 5}   # for the mock cluster, which wakes no fetch that waits
        redis:
          addresses: ["127.0.0.1:{{redisPort}}"]
        engine:
          rules: {{RulesFolder}}

        """;
}
