using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Emit;

namespace StreamEngage.Host.Runs;

/// <summary>What a run read and what came of it; its clock starts with it. Read = admitted + duplicates + collisions + late + quarantined.</summary>
internal sealed class RunSummary(TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private IReadOnlyList<TriggerVerdicts> _triggers = [];
    private TriggerVerdicts _all = TriggerVerdicts.Sum([]);
    private IReadOnlyDictionary<string, long> _refused = new Dictionary<string, long>();
    private TimeSpan _elapsed;

    public long Read { get; private set; }

    public long Duplicates { get; private set; }

    public long Collisions { get; private set; }

    public long Late { get; private set; }

    public long Quarantined { get; private set; }

    public long Users { get; private set; }

    /// <summary>Commands that took a prompt back.</summary>
    public long Cancels { get; private set; }

    private long Admitted => Read - Duplicates - Collisions - Late - Quarantined;

    private double EventsPerSecond => Read / Math.Max(_elapsed.TotalSeconds, 1e-6);

    public void Count(PromptCommand prompt)
    {
        if (prompt.Kind == PromptKind.Cancel) Cancels++;
    }

    /// <summary>The input is read and everything decided.</summary>
    public void Close(PipelineRun run, RowIntake intake)
    {
        _elapsed = clock.GetElapsedTime(_started);
        Read = intake.Read;
        Duplicates = run.Sum(lane => lane.Duplicates);
        Collisions = run.Sum(lane => lane.Collisions);
        Late = run.Counters.Late;
        Quarantined = intake.Quarantine.Total;
        Users = run.Lanes.Sum(lane => (long)lane.Users.Count);
        _refused = intake.Quarantine.ByReason;
        _triggers = TriggerVerdicts.Of(run);
        _all = TriggerVerdicts.Sum(_triggers);
    }

    public string ToText()
    {
        var counts = new TextTable();
        counts.Add("events read", Number(Read));
        counts.Add("  admitted", Number(Admitted));
        counts.Add("  duplicates", Number(Duplicates));
        counts.Add("  collisions", Number(Collisions));
        counts.Add("  late", Number(Late));
        counts.Add("  quarantined", Number(Quarantined));
        foreach (var (reason, count) in _refused) counts.Add($"    {reason}", Number(count));
        counts.Add("users", Number(Users));
        counts.Add("candidates", Number(_all.Candidates));
        counts.Add("  sent", Number(_all.Sent));
        counts.Add("  suppressed", Number(_all.SuppressedTotal));
        foreach (var (reason, count) in _all.Suppressed) counts.Add($"    {reason}", Number(count));
        counts.Add("  held", Number(_all.Held));
        if (Cancels > 0) counts.Add("prompts taken back", Number(Cancels));
        counts.Add("events/s", Number((long)EventsPerSecond));
        return $"{counts}{Triggers()}";
    }

    public string ToJson()
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            WriteCounts(json);
            json.WriteStartArray("triggers");
            foreach (var trigger in _triggers) trigger.Write(json);
            json.WriteEndArray();
            json.WriteNumber("seconds", Math.Round(_elapsed.TotalSeconds, 3));
            json.WriteNumber("eventsPerSecond", (long)EventsPerSecond);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private void WriteCounts(Utf8JsonWriter json)
    {
        json.WriteNumber("read", Read);
        json.WriteNumber("admitted", Admitted);
        json.WriteNumber("duplicates", Duplicates);
        json.WriteNumber("collisions", Collisions);
        json.WriteNumber("late", Late);
        json.WriteNumber("quarantined", Quarantined);
        WriteCounts(json, "quarantinedByReason", _refused);
        json.WriteNumber("users", Users);
        json.WriteNumber("candidates", _all.Candidates);
        json.WriteNumber("sent", _all.Sent);
        json.WriteNumber("suppressed", _all.SuppressedTotal);
        json.WriteNumber("held", _all.Held);
        json.WriteNumber("cancels", Cancels);
        WriteCounts(json, "prompts", _triggers.Select(trigger => KeyValuePair.Create(trigger.Name, trigger.Sent)));
        WriteCounts(json, "verdicts", _all.Suppressed.Prepend(new("sent", _all.Sent)));
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts) json.WriteNumber(key, count);
        json.WriteEndObject();
    }

    private TextTable Triggers()
    {
        var table = new TextTable();
        table.Add("prompts by trigger", "candidates", "sent", "suppressed", "held");
        foreach (var one in _triggers)
            table.Add($"  {one.Name}", Number(one.Candidates), Number(one.Sent), Number(one.SuppressedTotal), Number(one.Held));
        return table;
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
