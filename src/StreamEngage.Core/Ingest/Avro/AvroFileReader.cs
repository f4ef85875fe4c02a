using System.Globalization;
using System.IO.Compression;

namespace StreamEngage.Ingest.Avro;

/// <summary>Reads the rows of an Avro object container file from a stream, one block in memory at a time.</summary>
/// <remarks>
/// Damage is never thrown: reading stops, <see cref="Status"/> says why and <see cref="Position"/> where, and <see cref="TryGoOn"/>
/// goes on behind it where that can be. A block is delivered only after its sync marker was seen, so the rows before the damage are
/// those of all blocks before, and those of the damaged block up to the row refused. What the stream itself throws passes through.
/// Not for two threads at once.
/// </remarks>
public sealed class AvroFileReader
{
    private const string _nullCodec = "null", _deflateCodec = "deflate";

    private readonly AvroFileSource _source;
    private readonly AvroFileHeader _header;
    private readonly AvroBlock _inflated = new();

    // The block being delivered, and whether its end is passed: behind a block whose frame is broken the next one must be searched.
    private ReadOnlyMemory<byte> _block;
    private long _blockPosition;
    private long _rowsLeft;
    private int _next;
    private bool _isFramed = true;

    private AvroFileReader(Stream stream, AvroSchema? wanted)
    {
        _source = new(stream);
        _header = new(_source);
        Status = _header.Read();
        Codec = _header.Text(AvroFileHeader.CodecKey) ?? _nullCodec;
        Position = _source.Position;
        if (Status == AvroFileStatus.Reading) Reader = Compile(wanted);
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

    /// <summary>Rows passed so far: those delivered, and those that were lost in blocks which said how many they have.</summary>
    public long Rows { get; private set; }

    /// <summary>The schema that the rows were written with; null if the header has none that is valid.</summary>
    public AvroSchema? Writer { get; private set; }

    /// <summary>The schema that rows are delivered in; null if the header was refused.</summary>
    public AvroSchema? Schema => Reader?.Schema;

    /// <summary>How blocks are compressed: "null" and "deflate" can be read.</summary>
    public string Codec { get; }

    /// <summary>What the header says, also entries that mean nothing here.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata => _header.Metadata;

    /// <summary>From the writer's schema to the one wanted; null if the header was refused.</summary>
    internal AvroReader? Reader { get; }

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
        return Take(Reader!.Read(_block.Span[_next..], ref sink));
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

    /// <summary>Goes on behind damage: behind its block where that has its end, else behind the next sync marker.</summary>
    /// <returns>False where there is neither, or where the header is what was refused; the status stays then.</returns>
    public bool TryGoOn()
    {
        if (Reader is null || Status is AvroFileStatus.Reading or AvroFileStatus.End or AvroFileStatus.CodecUnknown) return false;
        if (!_isFramed && !_source.TryPassBehind(_header.Sync)) return false;
        (Status, Position, Problem) = (AvroFileStatus.Reading, _source.Position, "");
        Rows += _rowsLeft;
        (_block, _rowsLeft, _next, _isFramed) = (default, 0, 0, true);
        return true;
    }

    /// <summary>Takes the next row as it is encoded, looking at no more of it than its end takes; <see cref="Reader"/> reads it.</summary>
    /// <param name="row">Valid until the next call.</param>
    internal bool TryTake(out ReadOnlyMemory<byte> row)
    {
        row = default;
        if (!HasRow()) return false;
        var read = Reader!.Skip(_block.Span[_next..]);
        if (read.IsOk) row = _block.Slice(_next, read.Position);
        return Take(read);
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
            var at = Codec == _nullCodec ? _blockPosition + _next + read.Position : _blockPosition;
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
            if (_source.Has(1)) NextBlock();
            else Status = AvroFileStatus.End;
        }

        return Status == AvroFileStatus.Reading;
    }

    private bool NextBlock()
    {
        // Two counts may be fewer bytes than this.
        _source.Has(2 * AvroLimits.LongBytesMax);
        var head = new AvroInput(_source.Ahead.Span);
        _isFramed = false;
        if (!head.TryLong(out var rows) || !head.TryLong(out var bytes))
            return head.Status == AvroStatus.Truncated ? StopTruncated() : StopAtCounts();
        if (rows is < 0 or > AvroLimits.FileBlockBytesMax || bytes is < 0 or > AvroLimits.FileBlockBytesMax) return StopAtCounts();
        var (begin, length) = (head.Position, (int)bytes);
        _blockPosition = Position + begin;
        if (!_source.Has(begin + length + AvroLimits.SyncBytes)) return StopTruncated();
        if (!_source.Ahead.Span.Slice(begin + length, AvroLimits.SyncBytes).SequenceEqual(_header.Sync))
            return Stop(AvroFileStatus.SyncLost, _blockPosition + length, "the sync marker after the block is another");
        (_isFramed, _rowsLeft, _next) = (true, rows, 0);
        var isWhole = Codec == _nullCodec || TryInflate(_source.ToStream(begin, length));
        _block = Codec == _nullCodec ? _source.Ahead.Slice(begin, length) : _inflated.Bytes;
        _source.Pass(begin + length + AvroLimits.SyncBytes);
        if (!isWhole) return Stop(AvroFileStatus.BlockDamaged, _blockPosition, "the block cannot be inflated, or to too many bytes");
        return rows <= Math.Max(_block.Length, AvroLimits.FileBlockEmptyRowsMax)
            || Stop(AvroFileStatus.BlockDamaged, Position, "the block has fewer bytes than rows");
    }

    private bool TryInflate(Stream stored)
    {
        const int piece = 64 * 1024;
        _inflated.Clear();
        try
        {
            using var inflating = new DeflateStream(stored, CompressionMode.Decompress);
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

    private bool StopAtCounts() => Stop(AvroFileStatus.BlockDamaged, Position, "the block's counts are impossible or past the bounds");

    private bool StopTruncated() => Stop(AvroFileStatus.Truncated, Position,
        $"the file ends in the block that begins here, at {_source.Position + _source.Ahead.Length}");

    private bool Stop(AvroFileStatus status, long position, string problem)
    {
        (Status, Position, Problem) = (status, position, problem);
        return false;
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
