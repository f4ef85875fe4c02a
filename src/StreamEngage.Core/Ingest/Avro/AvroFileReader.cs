using System.Globalization;
using System.IO.Compression;

namespace StreamEngage.Ingest.Avro;

/// <summary>Reads the rows of an Avro object container file from a stream, one block in memory at a time.</summary>
/// <remarks>
/// Damage is never thrown: reading stops, <see cref="Status"/> says why and <see cref="Position"/> where. A block is delivered
/// only after its sync marker was seen, so the rows before the damage are those of all blocks before, and those of the damaged
/// block up to the row refused. What the stream itself throws passes through. Not for two threads at once.
/// </remarks>
public sealed class AvroFileReader
{
    private const string _nullCodec = "null", _deflateCodec = "deflate";

    private readonly AvroFileSource _source;
    private readonly AvroFileHeader _header;
    private readonly AvroBlock _stored = new();
    private readonly AvroBlock _inflated = new();
    private readonly AvroReader? _reader;

    // The block being delivered.
    private AvroBlock _block;
    private long _blockPosition;
    private long _rowsLeft;
    private int _next;

    private AvroFileReader(Stream stream, AvroSchema? wanted)
    {
        _source = new(stream);
        _header = new(_source);
        _block = _stored;
        Status = _header.Read();
        Codec = _header.Text(AvroFileHeader.CodecKey) ?? _nullCodec;
        Position = _source.Position;
        if (Status == AvroFileStatus.Reading) _reader = Compile(wanted);
        else Problem = $"the header is refused: {Status}";
        if (Status == AvroFileStatus.Reading && Codec is not (_nullCodec or _deflateCodec))
            Stop(AvroFileStatus.CodecUnknown, Position, $"codec '{Shown(Codec)}' is not supported, only null and deflate are");
    }

    /// <summary>Whether there may be more rows, and if not, why.</summary>
    public AvroFileStatus Status { get; private set; }

    /// <summary>What is wrong, for people; empty without error.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Offset in the file: of the damage, or of the block that holds it if that is compressed; else of the next block.</summary>
    public long Position { get; private set; }

    /// <summary>Rows delivered so far.</summary>
    public long Rows { get; private set; }

    /// <summary>The schema that the rows were written with; null if the header has none that is valid.</summary>
    public AvroSchema? Writer { get; private set; }

    /// <summary>The schema that rows are delivered in; null if the header was refused.</summary>
    public AvroSchema? Schema => _reader?.Schema;

    /// <summary>How blocks are compressed: "null" and "deflate" can be read.</summary>
    public string Codec { get; }

    /// <summary>What the header says, also entries that mean nothing here.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata => _header.Metadata;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">Read forward only, from where it stands; stays open, and is the caller's to dispose.</param>
    /// <param name="wanted">The schema to deliver rows in; by default the one they were written with.</param>
    /// <returns>A reader, also for what is not a container file: see its status.</returns>
    public static AvroFileReader Open(Stream stream, AvroSchema? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(stream, wanted);
    }

    /// <summary>Reads the next row into a sink.</summary>
    /// <typeparam name="TSink">A struct, so that its methods are inlined.</typeparam>
    /// <param name="sink">Takes the row; spans stay valid until the next call. What it has got counts only if this is true.</param>
    /// <returns>False at the end or at an error: <see cref="Status"/> tells which.</returns>
    public bool Read<TSink>(ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!HasRow()) return false;
        var read = _reader!.Read(_block.Bytes[_next..], ref sink);
        return Take(read);
    }

    /// <summary>Reads the next row into a tree.</summary>
    /// <param name="value">The row, or null when the answer is false.</param>
    /// <returns>False at the end or at an error: <see cref="Status"/> tells which.</returns>
    public bool Read(out AvroValue? value)
    {
        var sink = AvroValueSink.Create();
        value = Read(ref sink) ? sink.Root : null;
        return value is not null;
    }

    private AvroReader? Compile(AvroSchema? wanted)
    {
        if (!AvroSchema.TryParse(_header.Text(AvroFileHeader.SchemaKey)!, out var writer, out var problem))
        {
            Stop(AvroFileStatus.SchemaInvalid, Position, problem);
            return null;
        }

        Writer = writer;
        if (!AvroReader.TryCompile(writer, wanted ?? writer, out var reader, out problem))
            Stop(AvroFileStatus.SchemaMismatch, Position, problem);
        return reader;
    }

    private bool Take(AvroRead read)
    {
        if (!read.IsOk)
        {
            var at = _block == _stored ? _blockPosition + _next + read.Position : _blockPosition;
            var where = string.Create(CultureInfo.InvariantCulture, $"byte {_next + read.Position} of the block's content");
            return Stop(AvroFileStatus.RowRefused, at, $"row {Rows} is refused: {read.Status} at {where}");
        }

        _next += read.Position;
        _rowsLeft--;
        Rows++;
        return true;
    }

    // Blocks without rows are legal, and each takes bytes of the file, so the loop ends.
    private bool HasRow()
    {
        while (Status == AvroFileStatus.Reading && _rowsLeft == 0)
        {
            if (_next < _block.Length)
                return Stop(AvroFileStatus.BlockDamaged, _blockPosition, "the block goes on after its last row");
            Position = _source.Position;
            if (_source.HasMore()) NextBlock();
            else Status = AvroFileStatus.End;
        }

        return Status == AvroFileStatus.Reading;
    }

    private bool NextBlock()
    {
        var length = 0L;
        var read = _source.ReadLong(out var rows);
        if (read == AvroStatus.Ok) read = _source.ReadLong(out length);
        if (read == AvroStatus.Truncated) return StopTruncated();
        if (read != AvroStatus.Ok || rows < 0 || length is < 0 or > AvroLimits.FileBlockBytesMax)
            return Stop(AvroFileStatus.BlockDamaged, Position, "the block's counts are impossible or past the bounds");
        _blockPosition = _source.Position;
        Span<byte> sync = stackalloc byte[AvroLimits.SyncBytes];
        if (!_source.TryRead(_stored, (int)length) || !_source.TryRead(sync)) return StopTruncated();
        if (!sync.SequenceEqual(_header.Sync))
            return Stop(AvroFileStatus.SyncLost, _blockPosition + length, "the sync marker after the block is another");
        if (Codec == _deflateCodec && !TryInflate())
            return Stop(AvroFileStatus.BlockDamaged, _blockPosition, "the block cannot be inflated, or to too many bytes");
        _block = Codec == _deflateCodec ? _inflated : _stored;
        if (rows > Math.Max(_block.Length, AvroLimits.FileBlockEmptyRowsMax))
            return Stop(AvroFileStatus.BlockDamaged, Position, "the block has fewer bytes than rows");
        (_rowsLeft, _next) = (rows, 0);
        return true;
    }

    private bool TryInflate()
    {
        const int piece = 64 * 1024;
        _inflated.Clear();
        try
        {
            using var inflating = new DeflateStream(_stored.ToStream(), CompressionMode.Decompress);
            while (_inflated.Length <= AvroLimits.FileBlockBytesMax)
            {
                var read = inflating.Read(_inflated.Append(piece));
                _inflated.Shorten(piece - read);
                if (read == 0) return true;
            }
        }
        catch (InvalidDataException)
        {
            // How the inflater says that the bytes are not its format.
        }

        return false;
    }

    private bool StopTruncated() =>
        Stop(AvroFileStatus.Truncated, Position, $"the file ends in the block that begins here, at {_source.Position}");

    private bool Stop(AvroFileStatus status, long position, string problem)
    {
        (Status, Position, Problem) = (status, position, problem);
        _rowsLeft = 0;
        return false;
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
