using System.Buffers.Text;
using System.Globalization;
using StreamEngage.Events;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Approving;

/// <summary>Where a listing of what waits goes on.</summary>
/// <param name="Lane">In which lane.</param>
/// <param name="After">Behind whom of its users; null: at the first.</param>
internal readonly record struct ApprovalPlace(int Lane, DuePlace? After)
{
    /// <summary>The lane; behind somebody also the instant in ms and the user's id in base64url, parted by dots.</summary>
    public override string ToString() => After is not { } after
        ? Lane.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Lane}.{after.Due}.{Base64Url.EncodeToString(after.User.Span)}");

    /// <summary>Null for what is no place.</summary>
    public static ApprovalPlace? Parse(string? text)
    {
        if (text is null) return new(0, null);
        var parts = text.Split('.');
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var lane)) return null;
        if (parts.Length == 1) return new(lane, null);
        if (parts.Length != 3 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var due) || !Base64Url.IsValid(parts[2]))
            return null;
        var user = Base64Url.DecodeFromChars(parts[2]);
        return new(lane, new DuePlace(new(user, 0, user.Length), due));
    }
}

/// <summary>Some of what waits for an answer.</summary>
/// <param name="Awaiting">Lane by lane, in each whose user is due first.</param>
/// <param name="Looked">Users' records that were looked at.</param>
/// <param name="Next">Where the listing goes on; null: that is all.</param>
internal sealed record ApprovalPage(IReadOnlyList<AwaitingPrompt> Awaiting, int Looked, ApprovalPlace? Next);

/// <summary>
/// Lists what waits in any lane of a deployment, from the records that its store has: a deadline is a timer, so whoever something waits of is among the users
/// with something due. It takes no part in any lane.
/// </summary>
/// <param name="lanes">How many there are.</param>
/// <param name="reader">What is read of the store.</param>
internal sealed class ApprovalPages(int lanes, ApprovalReader reader)
{
    /// <summary>Prompts of one answer.</summary>
    public const int LimitMax = 1_000;

    /// <summary>Prompts of one answer where no limit is said.</summary>
    public const int LimitDefault = 100;

    /// <summary>Users' records that one answer looks at.</summary>
    public const int LookedMax = 20_000;

    private const int AtOnce = 500;

    /// <summary>Whole users: the last may bring the page beyond the limit.</summary>
    public async Task<ApprovalPage> ListAsync(ApprovalPlace from, int limit, CancellationToken stop)
    {
        var (found, looked) = (new List<AwaitingPrompt>(), 0);
        for (var (lane, after) = (from.Lane, from.After); lane < lanes; (lane, after) = (lane + 1, null))
        {
            if (await reader.OfLane(lane, stop) is not { DueThrough: { } through } users) continue;
            while (await reader.Due(lane, (through, after, AtOnce), stop) is { Count: > 0 } page)
            {
                foreach (var due in page)
                {
                    found.AddRange(users.Of(due.User, due.Record.Span).Select(one => AwaitingPrompt.Of(one.Rulebook, one.User, one.Held)));
                    after = new(due.User, due.Due);
                    if (++looked >= LookedMax || found.Count >= limit) return new(found, looked, new(lane, after));
                }
                if (page.Count < AtOnce) break;
            }
        }
        return new(found, looked, null);
    }
}

/// <summary>What a listing reads.</summary>
/// <param name="OfLane">Reads the records of a lane's users; null: the lane has never had a step, or its rulebooks cannot be read.</param>
/// <param name="Due">Users of a lane that are due through an instant, behind a place, so many at most.</param>
internal sealed record ApprovalReader(
    Func<int, CancellationToken, Task<AwaitingUsers?>> OfLane,
    Func<int, (long Through, DuePlace? After, int Most), CancellationToken, Task<IReadOnlyList<DueUser>>> Due);

/// <summary>The rulebooks of lanes as a store has them, compiled once.</summary>
/// <param name="settings">Those of a lane whose rulebook never changed.</param>
/// <param name="shelf">Reads those that were published.</param>
/// <param name="load">Loads records of a lane.</param>
internal sealed class StoredReigns(
    LaneReigns settings, RulebookShelf shelf, Func<int, IReadOnlyList<Utf8Text>, CancellationToken, Task<IReadOnlyList<ReadOnlyMemory<byte>>>> load)
{
    private readonly Lock _gate = new();
    // As many as there are lanes.
    private readonly Dictionary<int, (string Rulebook, (int Oldest, int Now) Numbers, LaneReigns Reigns)> _known = [];

    /// <returns>Null where they are broken, or have errors for this version of the engine.</returns>
    public async Task<LaneReigns?> OfAsync(int lane, LaneHead head, CancellationToken stop)
    {
        if (head.Reigns.Now == 0) return settings;
        lock (_gate)
        {
            if (_known.TryGetValue(lane, out var known) && (known.Rulebook, known.Numbers) == (head.Rulebook, head.Reigns)) return known.Reigns;
        }
        var (oldest, now) = head.Reigns;
        var records = await load(lane, [.. Enumerable.Range(oldest, now - oldest + 1).Select(LaneReign.NameOf)], stop);
        if (LaneReigns.Read(oldest, records, shelf) is not { } reigns) return null;
        lock (_gate) _known[lane] = (head.Rulebook, head.Reigns, reigns);
        return reigns;
    }
}
