using System.Collections.Immutable;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Testing;

/// <summary>All that a store keeps of one lane. Immutable: a step makes the next one.</summary>
internal sealed record StoredLane
{
    public static StoredLane Empty { get; } = new();

    public string Token { get; init; } = "";

    public long Step { get; init; }

    public string StepId { get; init; } = "";

    public ReadOnlyMemory<byte> Head { get; init; }

    public ImmutableDictionary<Utf8Text, (ReadOnlyMemory<byte> Record, long? Due)> Users { get; init; } =
        ImmutableDictionary<Utf8Text, (ReadOnlyMemory<byte>, long?)>.Empty;

    public ImmutableSortedSet<(long Due, Utf8Text User)> Due { get; init; } = [];

    public ImmutableDictionary<string, OutboxEntry> Outbox { get; init; } = ImmutableDictionary<string, OutboxEntry>.Empty;

    public IReadOnlyList<OutboxEntry> OutboxInOrder() =>
        [.. Outbox.Values.OrderBy(entry => entry.Number).ThenBy(entry => entry.Key, StringComparer.Ordinal)];

    public ReadOnlyMemory<byte> RecordOf(Utf8Text user) => Users.TryGetValue(user, out var stored) ? stored.Record : default;

    public IReadOnlyList<DueUser> DueThrough(long? instant, int most) =>
        instant is not { } through
            ? []
            : [.. Due.TakeWhile(due => due.Due <= through).Take(most).Select(due => new DueUser(due.User, due.Due, RecordOf(due.User)))];

    public StoredLane After(StepWrite step)
    {
        var users = Users.ToBuilder();
        var due = Due.ToBuilder();
        foreach (var write in step.Users) Write(write, users, due);
        var outbox = Outbox.ToBuilder();
        outbox.RemoveRange(step.Trimmed);
        foreach (var entry in step.Added) outbox[entry.Key] = entry with { Record = entry.Record.ToArray() };
        return this with
        {
            Step = step.Step,
            StepId = step.StepId,
            Head = step.Head.ToArray(),
            Users = users.ToImmutable(),
            Due = due.ToImmutable(),
            Outbox = outbox.ToImmutable()
        };
    }

    private static void Write(
        UserWrite write,
        ImmutableDictionary<Utf8Text, (ReadOnlyMemory<byte> Record, long? Due)>.Builder users,
        ImmutableSortedSet<(long, Utf8Text)>.Builder due)
    {
        var user = write.User.Detach();
        // As a real store: who is said to be calm is not looked for among those who have something due.
        var isTold = write is { IsCalm: true, Due: null, Record.IsEmpty: false };
        if (!isTold && users.TryGetValue(user, out var before) && before.Due is { } old) due.Remove((old, user));
        if (write.Record.IsEmpty) users.Remove(user);
        else users[user] = (write.Record.ToArray(), write.Due);
        if (write.Due is { } next) due.Add((next, user));
    }
}
