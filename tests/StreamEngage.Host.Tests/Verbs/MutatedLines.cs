using System.Text;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>Valid event lines and what accidents make of them, from a seed.</summary>
internal sealed class MutatedLines(int seed)
{
    private static readonly string[] Fragments =
    [
        "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0041", "\\", "\"", "{", "}", "[[", "null", "1e9", "-", "\0", "\r", "\n", "\r\n", "\uFEFF", "é", ",", ":",
        "\"at\":", "\"id\":\"\",", "\"props\":[],", "\"user\":1.5,", "9999999999", "{\"a\":{\"b\":", "true", "2026-01-01T00:00:00Z",
    ];

    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>One record with its line end; a mutation may have made several lines of it, or none.</summary>
    public byte[] Next()
    {
        var line = Encoding.UTF8.GetBytes(Valid()).ToList();
        if (_random.Next(5) == 0)
            for (var times = _random.Next(1, 4); times > 0; times--) Mutate(line);
        line.Add((byte)'\n');
        return [.. line];
    }

    private string Valid()
    {
        var number = _number++;
        var type = _random.Next(6) switch { 0 => "cart_add", 1 => "purchase", 2 => "s\\u00e9arch", _ => "view" };
        var at = number % 7 == 0
            ? $"\"{DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000 + number * 50L):yyyy-MM-ddTHH:mm:ss.fffZ}\""
            : $"{1_767_225_600_000 + number * 50L}";
        var user = number % 11 == 0 ? "17" : $"\"u{_random.Next(2_000)}\"";
        var props = $$"""{"price":{{_random.Next(100)}}.5,"page":{"name":"p{{_random.Next(50)}}"} }""";
        return $$"""{"id":"e{{number}}","user":{{user}},"type":"{{type}}","at":{{at}},"props":{{props}} }""";
    }

    private void Mutate(List<byte> line)
    {
        var at = _random.Next(line.Count);
        switch (_random.Next(8))
        {
            case 0: line[at] = (byte)_random.Next(256); break;
            case 1: line.RemoveAt(at); break;
            case 2: line.RemoveRange(at, line.Count - at); break;
            case 3: line.InsertRange(at, line.GetRange(at, _random.Next(line.Count - at))); break;
            case 4: line.RemoveRange(at, _random.Next(line.Count - at)); break;
            case 5 when _random.Next(20_000) == 0: line.InsertRange(at, Enumerable.Repeat((byte)'x', _random.Next(1 << 20, 3 << 20))); break;
            case 6 when _random.Next(4) == 0:
                _random.NextBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(line));
                break;
            default: line.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[_random.Next(Fragments.Length)])); break;
        }
        if (line.Count == 0) line.Add((byte)' ');
    }
}
