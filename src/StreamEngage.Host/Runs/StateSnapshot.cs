using System.Buffers.Binary;
using System.Security.Cryptography;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Host.Runs;

/// <summary>
/// The folder of <c>--state</c>: one file with every user's record and where the source stands, its SHA-256 last. Written whole beside
/// the old one and put in its place, so that a crash leaves one of the two.
/// </summary>
internal static class StateSnapshot
{
    private const string FileName = "state.bin";
    private const int HashBytes = 32;
    private const int PieceBytes = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "StreamEngage state 1\n"u8;

    /// <summary>Loads the run from the folder; a folder without a snapshot changes nothing.</summary>
    /// <returns>Null, or why the snapshot cannot be used.</returns>
    public static string? Load(string folder, PipelineRun run)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, PieceBytes);
        if (!IsState(file)) return $"{path} is no state of this engine; name another folder, or remove the file to begin anew";
        if (!IsWhole(file)) return $"{path} is damaged: its checksum does not fit; restore it from a copy, or remove it to begin anew";
        return Read(file, run) is { } problem ? $"{path}: {problem}" : null;
    }

    /// <summary>Makes the folder where it is not there, so that a run does not find out at its end that it cannot be.</summary>
    /// <returns>Null, or why it cannot be one.</returns>
    public static string? Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"--state '{folder}' cannot be a folder: {e.Message}";
        }
    }

    /// <summary>Saves the run into the folder.</summary>
    public static void Save(string folder, PipelineRun run)
    {
        var store = new InMemoryStateStore();
        var source = new RecordWriter();
        run.Save(store, source);
        var path = Path.Combine(folder, FileName);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Write(new(file, hash), store, source);
            file.Write(hash.GetHashAndReset());
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void Write(HashedFile file, InMemoryStateStore store, RecordWriter source)
    {
        file.Write(Magic);
        file.WriteSized(source.Written);
        foreach (var user in store.Users.Order())
        {
            file.WriteSized(user.Span);
            file.WriteSized(store.Load(user).Span);
        }
    }

    private static bool IsState(FileStream file)
    {
        if (file.Length < Magic.Length + HashBytes) return false;
        Span<byte> begin = stackalloc byte[Magic.Length];
        file.ReadExactly(begin);
        return begin.SequenceEqual(Magic);
    }

    // In pieces, here and in what follows: millions of users are more bytes than one array holds.
    private static bool IsWhole(FileStream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        file.Position = 0;
        for (var left = file.Length - HashBytes; left > 0;)
        {
            var part = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
            file.ReadExactly(part);
            hash.AppendData(part);
            left -= part.Length;
        }
        Span<byte> written = stackalloc byte[HashBytes];
        file.ReadExactly(written);
        return written.SequenceEqual(hash.GetHashAndReset());
    }

    private static string? Read(FileStream file, PipelineRun run)
    {
        var store = new InMemoryStateStore();
        file.Position = Magic.Length;
        if (!TryTake(file, out var source)) return "it ends too early";
        while (file.Position < file.Length - HashBytes)
        {
            if (!TryTake(file, out var user) || !TryTake(file, out var record)) return "it ends too early";
            store.Save(new Utf8Text(user, 0, user.Length), record);
        }
        return run.Load(store, source);
    }

    private static bool TryTake(FileStream file, out byte[] taken)
    {
        taken = [];
        var left = file.Length - HashBytes - file.Position - sizeof(int);
        if (left < 0) return false;
        Span<byte> size = stackalloc byte[sizeof(int)];
        file.ReadExactly(size);
        var length = BinaryPrimitives.ReadInt32LittleEndian(size);
        if (length < 0 || length > left) return false;
        taken = new byte[length];
        file.ReadExactly(taken);
        return true;
    }

    /// <summary>A file whose bytes are hashed as they are written.</summary>
    private readonly struct HashedFile(FileStream file, IncrementalHash hash)
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            file.Write(bytes);
        }

        public void WriteSized(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            Write(length);
            Write(bytes);
        }
    }
}
