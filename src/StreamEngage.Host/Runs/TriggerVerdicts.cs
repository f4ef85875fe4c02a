using System.Globalization;
using System.Text.Json;
using StreamEngage.Decide;

namespace StreamEngage.Host.Runs;

/// <summary>What became of the candidates of one trigger, or of all.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Candidates">All of them: sent + suppressed + held.</param>
/// <param name="Sent">Those that made a prompt.</param>
/// <param name="Held">Those still waiting.</param>
/// <param name="Suppressed">By reason, in the order of the reasons; only those that occurred.</param>
internal sealed record TriggerVerdicts(
    string Name, long Candidates, long Sent, long Held, IReadOnlyList<KeyValuePair<string, long>> Suppressed)
{
    public long SuppressedTotal => Suppressed.Sum(reason => reason.Value);

    /// <summary>Of every trigger of every rulebook that was in force.</summary>
    public static IReadOnlyList<TriggerVerdicts> Of(PipelineRun run) =>
        [.. run.Rulebooks.SelectMany(rulebook => rulebook.Triggers).Select(trigger => trigger.Name).Distinct().Select(name => Of(run, name))];

    public static TriggerVerdicts Sum(IReadOnlyList<TriggerVerdicts> all) => new("all", all.Sum(one => one.Candidates), all.Sum(one => one.Sent),
        all.Sum(one => one.Held),
        [.. Codes().Select(code => KeyValuePair.Create(code.Text, all.Sum(one => one.Of(code.Text)))).Where(reason => reason.Value > 0)]);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("trigger", Name);
        json.WriteNumber("candidates", Candidates);
        json.WriteNumber("sent", Sent);
        json.WriteNumber("held", Held);
        json.WriteStartObject("suppressed");
        foreach (var (reason, count) in Suppressed) json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary><c>predicate 40, cap 17</c>; a dash where there is none.</summary>
    public string Reasons() => Suppressed.Count == 0 ? "-"
        : string.Join(", ", Suppressed.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Key} {reason.Value:N0}")));

    private long Of(string reason) => Suppressed.FirstOrDefault(one => one.Key == reason).Value;

    private static TriggerVerdicts Of(PipelineRun run, string name) => new(name,
        run.Sum(name, (tally, index) => tally.Candidates(index)),
        run.Sum(name, (tally, index) => tally.Sent(index)),
        run.Sum(name, (tally, index) => tally.Held(index)),
        [.. Codes().Select(code => KeyValuePair.Create(code.Text, run.Sum(name, (tally, index) => tally.Suppressed(index, code.Reason))))
            .Where(reason => reason.Value > 0)]);

    private static IEnumerable<(Reason Reason, string Text)> Codes() =>
        Enum.GetValues<Reason>().Where(reason => reason != Reason.None).Select(reason => (reason, ReasonCodes.Code(reason)!));
}
