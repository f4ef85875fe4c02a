using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace StreamEngage.Redis;

/// <summary>A script of this project: its text, and the hash that the server knows it by once it has run there.</summary>
internal sealed class RedisScript
{
    private RedisScript(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"redis/{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        Text = reader.ReadToEnd();
#pragma warning disable CA5350 // Redis names scripts by SHA-1: not a matter of security.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public static RedisScript Acquire { get; } = new("acquire");

    public static RedisScript Load { get; } = new("load");

    public static RedisScript Prepare { get; } = new("prepare");

    public string Text { get; }

    public byte[] Hash { get; }
}
