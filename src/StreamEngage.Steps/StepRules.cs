using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>What every store may rely on before it begins to write a step; a breach is a bug of the caller.</summary>
internal static class StepRules
{
    /// <summary>Due times are sorted as doubles by some stores: beyond this they would no longer be exact.</summary>
    public const long DueMax = 1L << 53;

    /// <exception cref="ArgumentException">The step names a user or an added key twice, an empty name, or a due time that no store keeps.</exception>
    public static void Check(StepWrite step)
    {
        if (step.Step < 1) throw new ArgumentException($"Steps are counted from 1, this one is {step.Step}.", nameof(step));
        if (step.StepId.Length == 0) throw new ArgumentException("A step without an id could not be told from another one.", nameof(step));
        CheckUsers(step.Users);
        CheckOutbox(step);
    }

    private static void CheckUsers(IReadOnlyList<UserWrite> users)
    {
        var seen = new HashSet<Utf8Text>(users.Count);
        foreach (var write in users)
        {
            if (write.User.IsEmpty) throw new ArgumentException("A user without a name.", nameof(users));
            if (!seen.Add(write.User)) throw new ArgumentException("A user is written twice in one step.", nameof(users));
            if (write.Due is { } due and (< -DueMax or > DueMax)) throw new ArgumentException($"Nothing can be due at {due}.", nameof(users));
            if (write is { Record.IsEmpty: true, Due: not null }) throw new ArgumentException("A forgotten user has something due.", nameof(users));
        }
    }

    private static void CheckOutbox(StepWrite step)
    {
        var added = new HashSet<string>(step.Added.Count, StringComparer.Ordinal);
        foreach (var entry in step.Added)
        {
            if (entry.Key.Length == 0) throw new ArgumentException("An entry of the outbox without a key.", nameof(step));
            if (!added.Add(entry.Key)) throw new ArgumentException($"{entry.Key} is added twice in one step.", nameof(step));
        }
        foreach (var key in step.Trimmed)
            if (added.Contains(key)) throw new ArgumentException($"{key} is added and trimmed in one step.", nameof(step));
    }
}
