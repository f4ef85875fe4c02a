namespace StreamEngage.Redis;

/// <summary>Errors after which it is certain that nothing was written: the server gives them before a command or script, or at a script's first write.</summary>
internal static class RedisRefusals
{
    private static readonly string[] _certain =
        ["OOM", "READONLY", "MISCONF", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "TRYAGAIN", "BUSY"];

    // The server there is no longer the master: the sentinels know the new one.
    private static readonly string[] _demoted = ["READONLY", "MASTERDOWN"];

    private static readonly string[] _rights = ["NOPERM", "has no permissions", "The user executing the script can't"];

    public static bool IsCertain(string error) => IsOne(_certain, error);

    public static bool IsDemoted(string error) => IsOne(_demoted, error);

    public static bool IsNoScript(string error) => Is("NOSCRIPT", error);

    /// <summary>The user lacks a right. Not certain: a script may have got half way.</summary>
    public static bool IsLackOfRights(string error) => _rights.Any(words => error.Contains(words, StringComparison.Ordinal));

    // Before version 7 the error of a command in a script follows the place in the script: "ERR Error running script (...): -OOM command ...".
    private static bool Is(string code, string error) =>
        error.StartsWith(code + " ", StringComparison.Ordinal)
        || (error.StartsWith("ERR Error running script", StringComparison.Ordinal) && error.Contains($" -{code} ", StringComparison.Ordinal));

    private static bool IsOne(string[] codes, string error) => codes.Any(code => Is(code, error));
}
