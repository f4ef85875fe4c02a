using System.Collections;
using System.CommandLine;
using StreamEngage.Host.Runs;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage serve</c>: the engine on Kafka and Redis.</summary>
internal static class ServeVerb
{
    public const string Name = "serve";

    private static readonly Option<bool> _check = new("--check")
    {
        Description = "validate settings and rulebook, print the settings in force with secrets masked, and leave",
    };

    public static Command Command()
    {
        var command = new Command(Name,
            "Run the engine on Kafka and Redis until SIGTERM or Ctrl+C, which finish what is under way; a second one ends at once.\n" +
            $"Variables win over the file: {SettingsBinder.VariableOf("kafka.brokers")}=broker:9092. Exit 1 when settings or rulebook are refused.\n" +
            "Example: streamengage serve --config streamengage.yaml --check");
        command.Options.Add(ServedConfig.Option);
        command.Options.Add(_check);
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        if (!ServedConfig.TryRead(parsed, out var settings, out var rulebook)) return CommandLine.Refused;
        if (parsed.GetValue(_check)) return Checked(parsed.InvocationConfiguration.Output, settings, rulebook);
        using var logs = LogOutput.Open(settings.Observe);
        var log = logs.CreateLogger("StreamEngage");
        using var parts = new EngineParts(settings, rulebook, TimeProvider.System)
        {
            Notice = notice => NoticeLog.Write(log, notice),
            KafkaSaid = words => Log.KafkaSaid(log, words),
        };
        var servers = await Composition.CheckAsync(settings, rulebook, parts.Time, CancellationToken.None);
        foreach (var problem in servers.Problems) parsed.InvocationConfiguration.Error.WriteLine($"{Name}: {problem}");
        if (servers.Problems.Count > 0) return CommandLine.Refused;
        foreach (var warning in servers.Warnings) Log.ServerWarning(log, warning);
        Log.Serving(log, typeof(ServeVerb).Assembly.GetName().Version!.ToString(3), rulebook.Compiled.Triggers.Length, rulebook.Version);
        foreach (var setting in SettingsFile.Shown(settings)) Log.Setting(log, setting);
        using var signals = new StopSignals(() => Environment.Exit(CommandLine.Refused));
        try
        {
            var engine = Composition.Engine(parts, servers.Lanes);
            return await new ServeRun(parts, logs).RunAsync(engine, () => signals.Name, signals.Token) ? CommandLine.Done : CommandLine.Refused;
        }
        catch (IOException taken)
        {
            return parsed.Fail($"a port cannot be opened: {taken.Message}; set observe.port or admin.port", CommandLine.Refused);
        }
    }

    private static int Checked(TextWriter output, ServeSettings settings, ServedRulebook rulebook)
    {
        foreach (var setting in SettingsFile.Shown(settings)) output.WriteLine(setting);
        output.WriteLine($"settings and rulebook are right: triggers {rulebook.Compiled.Triggers.Length}, rulebook {rulebook.Version}");
        return CommandLine.Done;
    }
}

/// <summary>The settings file and the rulebook it names, for the verbs that use them.</summary>
internal static class ServedConfig
{
    public static readonly Option<string> Option = new("--config")
    {
        HelpName = "FILE", Description = "settings file (YAML)", DefaultValueFactory = _ => "streamengage.yaml",
    };

    /// <summary>Says on standard error what is refused.</summary>
    public static bool TryRead(
        ParseResult parsed, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServeSettings? settings,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServedRulebook? rulebook) =>
        TryRead(parsed, parsed.GetRequiredValue(Option), out settings, out rulebook);

    /// <summary>The same of a file that another option names.</summary>
    public static bool TryRead(
        ParseResult parsed, string file, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServeSettings? settings,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ServedRulebook? rulebook)
    {
        rulebook = null;
        var reading = SettingsFile.Read(file, Variables());
        settings = reading.Settings;
        var errors = parsed.InvocationConfiguration.Error;
        if (settings is null) errors.WriteLine($"{parsed.CommandResult.Command.Name}: {reading.Refusal}");
        else if (RulesFolder.TryCompile(settings.Engine.Rules, errors, out var compiled, out _))
            rulebook = ServedRulebook.Of(compiled, RulebookVersion.OfFolder(settings.Engine.Rules));
        return rulebook is not null;
    }

    private static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
}
