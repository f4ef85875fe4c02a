using System.Security.Cryptography;
using System.Text;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Serving;

/// <summary>What stands for a user in logs: the same for the same user and key, and of no use to who does not have the key.</summary>
internal sealed class UserHash
{
    private const int ShownBytes = 8;

    private readonly byte[] _key;

    /// <param name="key">Shared by instances whose logs are read together; null: one of this run's own.</param>
    public UserHash(Secret? key) => _key = key is null ? RandomNumberGenerator.GetBytes(32) : Encoding.UTF8.GetBytes(key.Reveal());

    public string Of(string user) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(user)).AsSpan(0, ShownBytes));
}
