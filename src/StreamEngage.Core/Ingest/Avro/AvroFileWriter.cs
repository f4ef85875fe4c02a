using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace StreamEngage.Ingest.Avro;

/// <summary>How the blocks of a container file are compressed.</summary>
public enum AvroCodec
{
    /// <summary>Not at all.</summary>
    Null,

    /// <summary>Raw deflate, as RFC 1951.</summary>
    Deflate,
}

/// <summary>Writes an Avro object container file. The same rows make the same file. Not for two threads at once.</summary>
public sealed class AvroFileWriter : IDisposable
{
    private const int _blockBytes = 16_000;

    private readonly Stream _stream;
    private readonly AvroSchema _schema;
    private readonly AvroCodec _codec;
    private readonly byte[] _sync;
    private readonly AvroOutput _block = new();
    private readonly AvroOutput _frame = new();
    private int _rows;

    /// <summary>Writes the header.</summary>
    /// <param name="stream">Written forward only; stays open, and is the caller's to dispose.</param>
    /// <param name="schema">The schema of every row.</param>
    /// <param name="codec">How to compress blocks.</param>
    public AvroFileWriter(Stream stream, AvroSchema schema, AvroCodec codec = AvroCodec.Null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(schema);
        (_stream, _schema, _codec) = (stream, schema, codec);
        var text = schema.Source ?? schema.ToCanonicalForm();

        // The specification draws the marker by lot. Core has no lots: a hash of the schema is as unlikely to stand in the data.
        _sync = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..AvroLimits.SyncBytes];
        _frame.WriteRaw(AvroFileHeader.Magic);
        _frame.WriteLong(2);
        _frame.WriteString(AvroFileHeader.CodecKey);
        _frame.WriteString(codec == AvroCodec.Deflate ? "deflate" : "null");
        _frame.WriteString(AvroFileHeader.SchemaKey);
        _frame.WriteString(text);
        _frame.WriteLong(0);
        _frame.WriteRaw(_sync);
        _stream.Write(_frame.Written);
    }

    /// <summary>Adds a row; blocks of about 16,000 bytes are written as they fill.</summary>
    /// <param name="row">A value of exactly the schema.</param>
    /// <exception cref="ArgumentException">The value is not one of the schema; the file can no longer be used.</exception>
    public void Append(AvroValue row)
    {
        AvroWriter.Write(_schema, row, _block);
        _rows++;
        FlushIfFull();
    }

    /// <summary>Adds a row that is encoded already.</summary>
    /// <param name="row">One datum of the schema, which the caller vouches for.</param>
    public void Append(ReadOnlySpan<byte> row)
    {
        _block.WriteRaw(row);
        _rows++;
        FlushIfFull();
    }

    /// <summary>Ends the block, if it has rows.</summary>
    public void Flush()
    {
        if (_rows == 0) return;
        var content = _codec == AvroCodec.Deflate ? Deflated(_block.Written) : _block.Written;
        _frame.Clear();
        _frame.WriteLong(_rows);
        _frame.WriteBytes(content);
        _frame.WriteRaw(_sync);
        _stream.Write(_frame.Written);
        _block.Clear();
        _rows = 0;
    }

    /// <summary>Ends the last block. A file that was not disposed of lacks its last rows, but is a valid file.</summary>
    public void Dispose() => Flush();

    private void FlushIfFull()
    {
        // Rows may take no bytes; a reader accepts only so many of those in one block.
        if (_block.Written.Length >= _blockBytes || _rows == AvroLimits.FileBlockEmptyRowsMax) Flush();
    }

    private static ReadOnlySpan<byte> Deflated(ReadOnlySpan<byte> bytes)
    {
        using var deflated = new MemoryStream();
        using (var deflating = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
            deflating.Write(bytes);
        return deflated.ToArray();
    }
}
