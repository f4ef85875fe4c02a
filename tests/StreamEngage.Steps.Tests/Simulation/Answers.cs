using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Steps.Reigns;
using StreamEngage.Testing;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// What comes back from the world: outcomes of prompts that are visible, as channels tell them, and a person's answers to what the store says is waiting.
/// Both may be told twice, late, or of what a store that came back does not know any more.
/// </summary>
internal sealed class Answers(Fate fate, SimulatedBroker broker, InMemoryLaneStore store, Func<int, LaneReigns?> reignsOf)
{
    private const string Failed = "failed";

    // A prompt is answered while it is new.
    private const int Recent = 6;

    private static readonly string[] _outcomes =
        ["delivered", "opened", "clicked", "dismissed", Failed, Failed, Failed, Failed, "unsubscribed"];

    private int _told;

    /// <summary>An event of the lane; null: nothing came back.</summary>
    public string? Next(int lane, IReadOnlyList<string> users, long now)
    {
        if (!fate.Happens(40)) return null;
        return fate.Happens(50) ? Answer(lane, users, now) ?? Outcome(lane, now) : Outcome(lane, now) ?? Answer(lane, users, now);
    }

    private string? Outcome(int lane, long now)
    {
        var prompts = broker.Published.Where(one => one.Lane == lane && one.Transaction.State == TransactionState.Committed && IsSent(one.Record))
            .TakeLast(Recent).Select(one => one.Record).ToList();
        if (prompts.Count == 0) return null;
        var prompt = fate.OneOf(prompts);
        using var json = JsonDocument.Parse(prompt.Value);
        return Line("prompt_outcome", Encoding.UTF8.GetString(prompt.Key.Span), now, new
        {
            promptId = json.RootElement.GetProperty("promptId").GetString(),
            outcome = fate.OneOf(_outcomes),
        });
    }

    private static bool IsSent(in OutgoingRecord record) => record.Headers.Any(header =>
        header.Key == OutboxWriter.KindHeader && header.Value != OutboxWriter.CancelKind);

    /// <summary>As the list of what waits shows it.</summary>
    private string? Answer(int lane, IReadOnlyList<string> users, long now)
    {
        if (reignsOf(lane) is not { } reigns || LaneHead.Decode(store.HeadOf(lane).Span) is not { } head) return null;
        var reading = new AwaitingUsers(reigns, head);
        var waiting = new List<(string User, UInt128 Prompt)>();
        foreach (var user in users)
        {
            var stored = store.LoadAsync(lane, [new(user)], null, 0, default).GetAwaiter().GetResult().Records[0];
            waiting.AddRange(reading.Of(new(user), stored.Span).Select(one => (user, one.Held.PromptId)));
        }
        if (waiting.Count == 0) return null;
        var (asked, prompt) = fate.OneOf(waiting);
        return Line("prompt_approval", asked, now, new
        {
            promptId = prompt.ToString("x32", CultureInfo.InvariantCulture),
            status = fate.Happens(50) ? "approved" : "rejected",
        });
    }

    private string Line(string type, string user, long now, object props)
    {
        var id = fate.Happens(5) ? fate.Below(_told + 1) : _told++;
        return JsonSerializer.Serialize(new { id = $"{type}{id}", user, type, at = now - (fate.Happens(20) ? fate.Below(300) : 0), props });
    }

    /// <summary>The same record, but what failed was put away instead.</summary>
    public static InputRecord WithoutFailure(InputRecord record)
    {
        var line = Encoding.UTF8.GetString(record.Value.Span);
        return !line.Contains($"\"outcome\":\"{Failed}\"", StringComparison.Ordinal) ? record
            : record with { Value = Encoding.UTF8.GetBytes(line.Replace($"\"outcome\":\"{Failed}\"", "\"outcome\":\"dismissed\"", StringComparison.Ordinal)) };
    }
}
