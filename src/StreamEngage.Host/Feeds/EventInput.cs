using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace StreamEngage.Host.Feeds;

/// <summary>An input as it is named on the command line: opened by what its name says of its form, with how far it is read.</summary>
internal sealed class EventInput : IDisposable
{
    private readonly EventFeed _feed;
    private readonly FileStream? _file;
    private long _line;

    private EventInput(string path, Stream bytes, EventFeed feed)
    {
        (Path, _feed) = (path, feed);
        _file = (bytes is GZipStream compressed ? compressed.BaseStream : bytes) as FileStream;
    }

    public string Path { get; }

    /// <summary>Share of the file that is read, 0 to 1; null where its length is not known.</summary>
    public double? Done => _file is { CanSeek: true, Length: > 0 } ? (double)_file.Position / _file.Length : null;

    /// <summary>Opens JSON lines, a container file (<c>.avro</c>), or with a mapping file a file of rows.</summary>
    /// <param name="error">What is wrong and what to do, one line; null on success.</param>
    /// <param name="stop">Ends the wait for a pipe on which nothing comes: the input is then broken off.</param>
    public static bool TryOpen(
        string path, string? map, [NotNullWhen(true)] out EventInput? input, [NotNullWhen(false)] out string? error, CancellationToken stop = default)
    {
        input = null;
        CsvMapping? mapping = null;
        if (map is not null && !MappingFile.TryLoad(map, out mapping, out var problems))
        {
            error = string.Join("; ", problems);
            return false;
        }
        if (!EventFiles.TryOpen(path, out var bytes, out error)) return false;
        if (path == "-" || bytes is FileStream { CanSeek: false }) bytes = new PipedBytes(bytes, stop);
        if (Form(path, bytes, mapping, out error) is not { } feed)
        {
            bytes.Dispose();
            error ??= $"{path}: cannot be read";
            return false;
        }
        error = null;
        input = new(path, bytes, feed);
        return true;
    }

    /// <summary>False at the end, and where the rest cannot be read: then <paramref name="broken"/> says why in one line.</summary>
    public bool TryReadNext(out FeedRow row, out string? broken)
    {
        broken = null;
        try
        {
            if (_feed.TryReadNext(out row))
            {
                _line = row.Line;
                return true;
            }
            if (_feed.Problem is { } problem) broken = $"{Path}: {problem}";
            return false;
        }
        catch (OperationCanceledException)
        {
            row = default;
            broken = $"{Path}: stopped after line {_line}";
            return false;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            row = default;
            broken = $"{Path}: cannot be read after line {_line}: {e.Message}";
            return false;
        }
    }

    public void Dispose() => _feed.Dispose();

    private static EventFeed? Form(string path, Stream bytes, CsvMapping? mapping, out string? error)
    {
        error = null;
        try
        {
            if (mapping is null) return path.EndsWith(".avro", StringComparison.OrdinalIgnoreCase) ? new AvroEvents(bytes) : new EventLines(bytes);
            if (CsvEvents.TryOpen(bytes, mapping, out var rows, out var missing)) return rows;
            error = $"{path}: {string.Join("; ", missing)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException)
        {
            error = $"{path}: cannot be read: {e.Message}";
        }
        return null;
    }
}
