using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Steps;

/// <summary>
/// Users of a step who deny a purpose or were erased: what was decided for them before and waits to be published is withdrawn. An opt-out comes through
/// the same lane, so what waits is seen by it, whoever decided it.
/// </summary>
internal sealed class OptOuts
{
    private readonly Dictionary<string, UserState> _users = [];

    public OptOuts(IEnumerable<UserState> touched)
    {
        foreach (var user in touched)
            if (user.Identity?.ErasedAt is not null || user.Contact?.Consents.Any(fact => !fact.IsGranted) == true) _users[user.Id.ToString()] = user;
    }

    public bool AreNone => _users.Count == 0;

    /// <summary>The user does not allow the purpose, or was erased after the decision.</summary>
    public bool Forbid(string user, string purpose, EventTime decidedAt) => _users.TryGetValue(user, out var state)
        && (state.Contact?.IsGranted(new(purpose)) == false || (state.Identity?.ErasedAt is { } erasedAt && erasedAt >= decidedAt));
}
