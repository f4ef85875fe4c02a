using System.IO.Compression;
using StreamEngage.Events;

namespace StreamEngage.Steps.Reigns;

/// <summary>A rulebook as its author wrote it: what is sent to the lanes and kept by them, so that whoever takes a lane over can compile it again.</summary>
/// <param name="version">Names it in heads and journals: a hash of the files.</param>
/// <param name="files">Texts by name.</param>
internal sealed class RulebookText(string version, IReadOnlyDictionary<string, string> files)
{
    /// <summary>Bytes of all files together: more is not taken, whoever wrote it.</summary>
    public const int BytesMax = 8 << 20;

    /// <summary>Bytes when compressed: a topic takes records of 1,000,000 by default, and a lane's step writes two of these.</summary>
    public const int EncodedBytesMax = 900_000;

    private const byte Form = 1;
    private const int Quality = 5, WindowBits = 20;

    // Compressing takes as long as compiling, and each lane writes it.
    private readonly Lazy<byte[]?> _encoded = new(() => Encode(version, files));

    public string Version { get; } = version;

    public IReadOnlyDictionary<string, string> Files { get; } = files;

    /// <summary>Of a rulebook of which only the version is known.</summary>
    public static RulebookText Named(string version) => new(version, new Dictionary<string, string>());

    /// <summary>The same array each time: not to be written to.</summary>
    /// <returns>Null when it is too big.</returns>
    public byte[]? Encode() => _encoded.Value;

    private static byte[]? Encode(string version, IReadOnlyDictionary<string, string> files)
    {
        var text = new RecordWriter();
        text.Text(new(version));
        text.Count(files.Count);
        foreach (var (name, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            text.Text(new(name));
            text.Text(new(content));
        }
        if (text.Length > BytesMax) return null;
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(text.Length)];
        if (!BrotliEncoder.TryCompress(text.Written, packed, out var length, Quality, WindowBits) || length > EncodedBytesMax) return null;
        var to = new RecordWriter();
        to.Byte(Form);
        to.Count(text.Length);
        to.Bytes(packed.AsSpan(0, length));
        return to.Written.ToArray();
    }

    /// <returns>Null when the bytes are broken, too many, or of a newer version.</returns>
    public static RulebookText? Decode(ReadOnlySpan<byte> bytes)
    {
        var from = new RecordReader(bytes);
        if (from.Byte() != Form) return null;
        var (length, packed) = (from.Count(), from.Text());
        if (from.IsBroken || !from.IsAtEnd || length > BytesMax) return null;
        var text = new byte[length];
        return BrotliDecoder.TryDecompress(packed.Span, text, out var written) && written == text.Length ? Read(text) : null;
    }

    private static RulebookText? Read(ReadOnlySpan<byte> text)
    {
        var from = new RecordReader(text);
        var version = from.Text().ToString();
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) files[from.Text().ToString()] = from.Text().ToString();
        return from.IsBroken || !from.IsAtEnd || version.Length == 0 ? null : new(version, files);
    }
}
