using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StreamEngage.Rulebooks;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Serving;

/// <summary>The version of a rulebook: a hash of its files' names and texts, so that instances with the same files name the same version.</summary>
internal static class RulebookVersion
{
    private const int ShownBytes = 6;

    public static string Of(IEnumerable<KeyValuePair<string, string>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            Add(hash, name);
            Add(hash, text.ReplaceLineEndings("\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, ShownBytes));
    }

    /// <summary>The files of a folder that belong to its rulebook, under their version.</summary>
    public static RulebookText OfFolder(string folder)
    {
        var files = (
            from path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            let name = Path.GetRelativePath(folder, path).Replace('\\', '/')
            where RulebookFiles.Concerns(name)
            select KeyValuePair.Create(name, File.ReadAllText(path))).ToDictionary(StringComparer.Ordinal);
        return new(Of(files), files);
    }

    // With its length before it, so that no two lists of texts run together to the same bytes.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
