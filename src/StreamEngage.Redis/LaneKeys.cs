using System.Globalization;
using System.Text;
using StackExchange.Redis;
using StreamEngage.Events;

namespace StreamEngage.Redis;

/// <summary>
/// The names of a lane's keys. They share one hash tag, so that a script over them is legal in Redis Cluster, and the tags of a deployment's
/// lanes are chosen to lie evenly over the slots: small integers do not.
/// </summary>
/// <remarks>The number of lanes is part of the tag: with another number every user may be in another lane, so nothing old must be found.</remarks>
internal sealed class LaneKeys
{
    private readonly byte[] _userPrefix;

    public LaneKeys(string tag)
    {
        Tag = tag;
        Meta = $"{{{tag}}}:meta";
        Due = $"{{{tag}}}:due";
        Outbox = $"{{{tag}}}:outbox";
        _userPrefix = Encoding.UTF8.GetBytes($"{{{tag}}}:u:");
    }

    /// <summary>What stands between the braces.</summary>
    public string Tag { get; }

    public RedisKey Meta { get; }

    public RedisKey Due { get; }

    public RedisKey Outbox { get; }

    public RedisKey Of(Utf8Text user)
    {
        var key = new byte[_userPrefix.Length + user.Length];
        _userPrefix.CopyTo(key, 0);
        user.Span.CopyTo(key.AsSpan(_userPrefix.Length));
        return key;
    }

    /// <summary>Keys of one of so many lanes.</summary>
    public static LaneKeys Of(string prefix, int lane, int lanes)
    {
        // The middle of the lane's share of the slots, give or take a quarter of it. The first salt that lands there: always the same one.
        var middle = ((2L * lane + 1) * KeySlot.Slots) / (2L * lanes);
        var reach = KeySlot.Slots / (4 * lanes);
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}:{lanes}:{lane}:");
        var crc = KeySlot.Crc(Encoding.UTF8.GetBytes(name));
        Span<byte> text = stackalloc byte[2 * sizeof(int)];
        for (var salt = 0; ; salt++)
        {
            salt.TryFormat(text, out var length, "x", CultureInfo.InvariantCulture);
            if (Math.Abs(KeySlot.Crc(text[..length], crc) % KeySlot.Slots - middle) <= reach) return new(name + Encoding.ASCII.GetString(text[..length]));
        }
    }
}
