using System.Security.Cryptography;
using System.Text;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>Who asks: the greater may do what the lesser may.</summary>
internal enum AdminRole { None, Reader, Operator }

/// <summary>Tells the role of a token in a time that does not depend on the token.</summary>
internal sealed class AdminTokens(AdminSettings settings)
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _reader = HashOf(settings.ReaderToken);
    private readonly byte[]? _operator = HashOf(settings.OperatorToken);

    /// <param name="authorization">The header; null where there was none.</param>
    public AdminRole RoleOf(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return AdminRole.None;
        // Hashes are of one length, so neither length nor contents of a token show in the time; both are always compared.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()));
        var (isReader, isOperator) = (Matches(_reader, hash), Matches(_operator, hash));
        return isOperator ? AdminRole.Operator : isReader ? AdminRole.Reader : AdminRole.None;
    }

    private static bool Matches(byte[]? token, byte[] hash) =>
        token is not null & CryptographicOperations.FixedTimeEquals(token ?? new byte[hash.Length], hash);

    private static byte[]? HashOf(Secret? token) => token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token.Reveal()));
}
