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

    private static ReadOnlySpan<byte> Magic => "StreamEngage state 1\n"u8;

    /// <summary>Loads the run from the folder; a folder without a snapshot changes nothing.</summary>
    /// <returns>Null, or why the snapshot cannot be used.</returns>
    public static string? Load(string folder, PipelineRun run)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < Magic.Length + HashBytes || !bytes.AsSpan().StartsWith(Magic))
            return $"{path} is no state of this engine; name another folder, or remove the file to begin anew";
        var body = bytes.AsSpan(..^HashBytes);
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(bytes.AsSpan(^HashBytes..)))
            return $"{path} is damaged: its checksum does not fit; restore it from a copy, or remove it to begin anew";
        return Read(body[Magic.Length..], run) is { } problem ? $"{path}: {problem}" : null;
    }

    /// <summary>Saves the run into the folder, made when it is not there.</summary>
    public static void Save(string folder, PipelineRun run)
    {
        var store = new InMemoryStateStore();
        var source = new RecordWriter();
        run.Save(store, source);
        Directory.CreateDirectory(folder);
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

    private static string? Read(ReadOnlySpan<byte> body, PipelineRun run)
    {
        var store = new InMemoryStateStore();
        if (!TryTake(ref body, out var source)) return "it ends too early";
        while (!body.IsEmpty)
        {
            if (!TryTake(ref body, out var user) || !TryTake(ref body, out var record)) return "it ends too early";
            store.Save(new Utf8Text(user.ToArray(), 0, user.Length), record);
        }
        return run.Load(store, source);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (rest.Length < sizeof(int)) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 0 || length > rest.Length - sizeof(int)) return false;
        taken = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
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
