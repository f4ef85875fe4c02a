using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace StreamEngage.Host.Feeds;

/// <summary>Files by the way they are written: plain, <c>.gz</c>, <c>.zip</c> of one entry, or <c>-</c> for standard input and output.</summary>
internal static class EventFiles
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>The decompressed bytes of a file.</summary>
    /// <param name="error">What is wrong and what to do, one line; null on success.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out Stream? bytes, [NotNullWhen(false)] out string? error)
    {
        (bytes, error) = (null, null);
        try
        {
            bytes = Open(path, out error);
            return error is null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error = $"{path}: cannot be read: {e.Message}";
            return false;
        }
    }

    /// <summary>A new file, compressed when its name ends in <c>.gz</c>; what stood there is replaced.</summary>
    /// <param name="error">What is wrong and what to do, one line; null on success.</param>
    public static bool TryCreate(string path, [NotNullWhen(true)] out Stream? bytes, [NotNullWhen(false)] out string? error)
    {
        (bytes, error) = (null, null);
        try
        {
            bytes = path == "-" ? Console.OpenStandardOutput()
                : Ends(path, ".gz") ? new GZipStream(Create(path), CompressionLevel.Fastest)
                : Create(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path}: cannot be written: {e.Message}";
            return false;
        }
    }

    // Shared, because devices such as /dev/null have other writers.
    private static FileStream Create(string path) =>
        new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, BufferBytes);

    // Null with an error where it is nothing that this build can read.
    private static Stream? Open(string path, out string? error)
    {
        error = null;
        if (path == "-") return Console.OpenStandardInput();
        if (Directory.Exists(path))
        {
            error = $"{path}: is a folder; name a file";
            return null;
        }
        if (Ends(path, ".zst"))
        {
            error = $"{path}: this build has no zstd library; decompress it first, e.g. zstd -dc '{path}' | streamengage ... -";
            return null;
        }
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        if (Ends(path, ".gz")) return new GZipStream(file, CompressionMode.Decompress);
        return Ends(path, ".zip") ? OpenOnlyEntry(path, file, out error) : file;
    }

    private static Stream? OpenOnlyEntry(string path, FileStream file, out string? error)
    {
        var archive = new ZipArchive(file, ZipArchiveMode.Read);
        var entries = archive.Entries.Where(entry => entry.Name.Length > 0).ToList();
        error = entries.Count == 1 ? null : $"{path}: has {entries.Count} entries where exactly one is expected; extract the one you mean";
        if (error is null) return entries[0].Open();
        archive.Dispose();
        return null;
    }

    private static bool Ends(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
