using System.Text;
using Confluent.Kafka;
using StreamEngage.Steps;
using StreamEngage.Steps.Simulation;

namespace StreamEngage.Processes;

/// <summary>
/// Everything that is visible, read again from the beginning, against what one engine that nothing happened to makes of the same input and the
/// journal's steps. Content is compared byte by byte.
/// </summary>
internal sealed class Reckoning
{
    private readonly List<string> _problems = [];

    private Reckoning(Deployment deployment)
    {
        var (cluster, lanes) = (deployment.Cluster, deployment.Lanes);
        var expected = new List<string>();
        for (var lane = 0; lane < lanes; lane++) expected.AddRange(Expected(deployment, LogOf(deployment, lane)));
        var visible = cluster.Visible(cluster.Prompts, lanes).Concat(cluster.Visible(cluster.Settings.QuarantineTopic, lanes)).Select(Shown).ToList();
        Made = expected.Count;
        Overflowed = expected.Count(one => one.Contains("reason=too-many-of-user", StringComparison.Ordinal));
        Lost = [.. expected.Except(visible)];
        Phantom = [.. visible.Except(expected)];
        Repeats = visible.Count - visible.Distinct().Count();
        // What is made up or differs from what it repeats is a phantom; what is left is the same prompt, id and all, again.
        if (expected.Distinct().Count() != expected.Count) _problems.Add("the undisturbed engine makes something twice");
    }

    public int Inputs { get; private set; }

    public int Steps { get; private set; }

    public int StepsToldTwice { get; private set; }

    /// <summary>Prompts and refused records that there must be.</summary>
    public int Made { get; }

    public IReadOnlyList<string> Lost { get; }

    /// <summary>Bursts of single users that were more than they may send, and passed over.</summary>
    public int Overflowed { get; }

    /// <summary>Visible and never made, or made with other content.</summary>
    public IReadOnlyList<string> Phantom { get; }

    /// <summary>The same again, byte for byte.</summary>
    public int Repeats { get; }

    public static Reckoning Of(Deployment deployment) => new(deployment);

    /// <param name="exactlyOnce">Nothing may be there twice, either. Only a real broker can show that.</param>
    /// <param name="logs">What the instances said, for a failure.</param>
    public void MustBeRight(bool exactlyOnce, string logs)
    {
        Assert.True(_problems.Count == 0, $"{string.Join("; ", _problems)}\n{logs}");
        Assert.True(Lost.Count == 0 && Phantom.Count == 0, $"{this}\nlost:\n{Some(Lost)}\nphantom:\n{Some(Phantom)}\n{logs}");
        Assert.True(!exactlyOnce || Repeats == 0, $"{this}\n{logs}");
        Assert.True(Made > 0, "nothing was to be seen");
    }

    public override string ToString() =>
        $"{Inputs} events in {Steps} steps ({StepsToldTwice} told twice): {Made} prompts and refusals, {Overflowed} of them bursts of one user, "
        + $"{Lost.Count} lost, {Phantom.Count} phantom, {Repeats} repeated";

    private List<string> Expected(Deployment deployment, LaneLog log)
    {
        if (log.Input.Where((record, place) => record.Offset != place).Any()) _problems.Add($"lane {log.Lane}: the input is not there from its beginning");
        Count(log.Lane, [.. log.Journal.SelectMany(record => record.Steps)]);
        var made = Undisturbed.Of(deployment.Rulebook, deployment.Topics, log);
        if (made.Applied != log.Input.Count) _problems.Add($"lane {log.Lane}: the journal ends at record {made.Applied} of {log.Input.Count}");
        Inputs += log.Input.Count;
        return
        [
            .. made.Records.Select(one => one.Record).Where(record => record.Topic != deployment.Topics.Exchange)
                .Select(record => $"{record.Topic}|{Text(record.Key)}|{Text(record.Value)}|{Headers(record)}"),
        ];
    }

    private LaneLog LogOf(Deployment deployment, int lane)
    {
        var (cluster, lanes) = (deployment.Cluster, deployment.Lanes);
        var journal = OfLane(cluster.Settings.JournalTopic);
        var told = journal.Select(one => JournalRecord.Decode(one.Message.Value)).OfType<JournalRecord>().ToList();
        if (told.Count != journal.Count) _problems.Add($"lane {lane}: the journal holds records that no engine wrote");
        return new(lane, lanes, Read(0, cluster.Settings.Topics[0]), Read(1, cluster.Settings.ExchangeTopic), told);

        List<InputRecord> Read(int topic, string name) =>
            [.. OfLane(name).Select(one => new InputRecord(lane, topic, one.Offset.Value, one.Message.Timestamp.UnixTimestampMs, one.Message.Value))];

        List<ConsumeResult<byte[], byte[]>> OfLane(string topic) =>
            [.. cluster.Visible(topic, lanes).Where(one => one.Partition.Value == lane).OrderBy(one => one.Offset.Value)];
    }

    private void Count(int lane, List<JournalStep> told)
    {
        var steps = told.GroupBy(step => step.Number).OrderBy(same => same.Key).ToList();
        if (steps.Exists(same => same.Select(step => step.Lineage).Distinct().Count() > 1)) _problems.Add($"lane {lane}: the journal tells two histories");
        if (steps.Count > 0 && steps[^1].Key != steps.Count) _problems.Add($"lane {lane}: the journal has gaps: {steps.Count} steps up to {steps[^1].Key}");
        Steps += steps.Count;
        StepsToldTwice += told.Count - steps.Count;
    }

    private static string Shown(ConsumeResult<byte[], byte[]> one)
    {
        var headers = string.Join(' ', (one.Message.Headers ?? []).Select(header => $"{header.Key}={Text(header.GetValueBytes())}"));
        return $"{one.Topic}|{Text(one.Message.Key ?? [])}|{Text(one.Message.Value)}|{headers}";
    }

    private static string Headers(OutgoingRecord record) => string.Join(' ', record.Headers.Select(header => $"{header.Key}={header.Value}"));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Some(IReadOnlyList<string> some) => string.Join('\n', some.Take(5));
}
