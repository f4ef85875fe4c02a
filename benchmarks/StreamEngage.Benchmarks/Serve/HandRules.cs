using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StreamEngage.Benchmarks.TwoRules;
using StreamEngage.Events;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>A prompt of the two rules: 0 is the abandoned cart, 1 the repeated views.</summary>
internal readonly record struct HandPrompt(int User, long At, int Rule)
{
    /// <summary>Equal for equal prompts in any order when summed up.</summary>
    public ulong Checksum => Hash64.Mix((ulong)User, unchecked((ulong)At << 2) | (uint)Rule);
}

/// <summary>
/// The two rules by hand over records of 256 bytes that are in Redis between two batches: a user's deadline, last prompt and last four views of each
/// category. Who is due when is in memory only: a limit need not survive.
/// </summary>
internal sealed class HandRules
{
    public const int RecordBytes = 256;
    private const int SentAt = 8, ViewsAt = 16, ViewBytes = 4, ViewsKept = 4;

    private readonly PriorityQueue<int, long>[] _due = [.. Enumerable.Range(0, Ground.Lanes).Select(_ => new PriorityQueue<int, long>())];
    private readonly Dictionary<int, long> _dueOf = [];
    private readonly List<int> _firing = [];

    public long Prompts { get; private set; }

    public ulong Checksum { get; private set; }

    public static int UserOf(ReadOnlySpan<byte> user) => int.TryParse(user[1..], CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>Users of a lane who fire before an instant: their records are needed too.</summary>
    public IEnumerable<int> DueBefore(int lane, long at)
    {
        _firing.Clear();
        while (_due[lane].TryPeek(out var user, out var due) && due < at)
        {
            _due[lane].Dequeue();
            // Others were put off, or bought.
            if (_dueOf.TryGetValue(user, out var still) && still == due) _firing.Add(user);
        }
        foreach (var user in _firing) _due[lane].Enqueue(user, _dueOf[user]);
        return _firing;
    }

    public void Take(int lane, in Click click, Dictionary<int, byte[]> records, Action<HandPrompt> made)
    {
        Fire(lane, click.At, records, made);
        if (click.User < 0) return;
        var record = records[click.User].AsSpan();
        if (click.Kind == ClickKind.View) See(click, record, made);
        else
        {
            _dueOf.Remove(click.User);
            var due = click.Kind == ClickKind.CartAdd ? click.At + ClickTape.CartWait : 0;
            BinaryPrimitives.WriteInt64LittleEndian(record, due);
            if (due == 0) return;
            _dueOf[click.User] = due;
            _due[lane].Enqueue(click.User, due);
        }
    }

    private void Fire(int lane, long at, Dictionary<int, byte[]> records, Action<HandPrompt> made)
    {
        while (_due[lane].TryPeek(out var user, out var due) && due < at)
        {
            _due[lane].Dequeue();
            if (!_dueOf.TryGetValue(user, out var still) || still != due) continue;
            _dueOf.Remove(user);
            BinaryPrimitives.WriteInt64LittleEndian(records[user], 0);
            Make(new(user, due, 0), made);
        }
    }

    private void See(in Click click, Span<byte> record, Action<HandPrompt> made)
    {
        var views = record.Slice(ViewsAt + click.Category * ViewsKept * ViewBytes, ViewsKept * ViewBytes);
        var now = (uint)(click.At - ClickTape.Start);
        var fourth = BinaryPrimitives.ReadUInt32LittleEndian(views);
        views[ViewBytes..].CopyTo(views);
        BinaryPrimitives.WriteUInt32LittleEndian(views[^ViewBytes..], now);
        var sent = BinaryPrimitives.ReadInt64LittleEndian(record[SentAt..]);
        if (fourth == 0 || now - fourth >= ClickTape.ViewSpan || (sent != 0 && click.At - sent < ClickTape.Cooldown)) return;
        BinaryPrimitives.WriteInt64LittleEndian(record[SentAt..], click.At);
        Make(new(click.User, click.At, 1), made);
    }

    private void Make(HandPrompt prompt, Action<HandPrompt> made)
    {
        Prompts++;
        Checksum = unchecked(Checksum + prompt.Checksum);
        made(prompt);
    }

    /// <summary>A decoded click; of nobody's (-1) only the time counts.</summary>
    internal readonly record struct Click(int User, ClickKind Kind, int Category, long At);
}

/// <summary>What the engine published, as the hand-written rules count it.</summary>
internal static class PublishedPrompts
{
    public static (long Count, ulong Checksum) Of(Site site)
    {
        var (left, checksum, ends) = (0L, 0UL, site.Ends(site.Prompts));
        using var reader = site.Reader(site.Prompts);
        for (left = ends.Sum(); left > 0; left--)
        {
            var found = reader.Consume(TimeSpan.FromSeconds(20)) ?? throw new InvalidOperationException($"{left} prompts are missing.");
            checksum = unchecked(checksum + Read(found.Message.Value).Checksum);
        }
        return (ends.Sum(), checksum);
    }

    private static HandPrompt Read(byte[] value)
    {
        using var json = System.Text.Json.JsonDocument.Parse(value);
        var prompt = json.RootElement;
        var user = HandRules.UserOf(Encoding.UTF8.GetBytes(prompt.GetProperty("user").GetString()!));
        return new(user, prompt.GetProperty("decidedAt").GetInt64(), prompt.GetProperty("trigger").GetString() == "cart-abandoned" ? 0 : 1);
    }
}
