using System.Diagnostics.CodeAnalysis;

namespace StreamEngage.Ingest.Avro;

/// <summary>Reads data of one writer's schema as a reader's schema wants them. Immutable, safe for any number of threads.</summary>
/// <remarks>
/// Compile it once for each pair of schemas. Reading never throws on any bytes, allocates nothing of its own, and is bounded in
/// time and memory by <see cref="AvroLimits"/>. A reader's schema with fewer fields makes a faster reader.
/// </remarks>
public sealed class AvroReader
{
    private readonly PlanNode _plan;

    private AvroReader(AvroSchema schema, PlanNode plan)
    {
        Schema = schema;
        _plan = plan;
    }

    /// <summary>The reader's schema: of what values are delivered in.</summary>
    public AvroSchema Schema { get; }

    /// <summary>Resolves two schemas.</summary>
    /// <param name="writer">The schema the data were written with.</param>
    /// <param name="reader">The schema to deliver; the same object to take the data as they are.</param>
    /// <param name="compiled">The reader, when the answer is true.</param>
    /// <param name="problem">Path in the reader's schema and what is wrong there, when the answer is false.</param>
    /// <returns>Whether the two match. A union may match in part: then data of its other branches are refused.</returns>
    public static bool TryCompile(
        AvroSchema writer,
        AvroSchema reader,
        [NotNullWhen(true)] out AvroReader? compiled,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reader);
        var resolution = new SchemaResolution();
        var plan = resolution.Compile(writer, reader);
        compiled = plan is null ? null : new(reader, plan);
        problem = plan is null ? resolution.Problem ?? "$: the schemas do not match" : null;
        return plan is not null;
    }

    /// <summary>Reads the datum at the start of some bytes into a sink.</summary>
    /// <typeparam name="TSink">A struct, so that its methods are inlined.</typeparam>
    /// <param name="bytes">The datum; anything after it is left alone, and <see cref="AvroRead.Position"/> tells where it starts.</param>
    /// <param name="sink">Takes the parts; what it has got counts only if the outcome is ok.</param>
    /// <returns>How it ended, and where.</returns>
    public AvroRead Read<TSink>(ReadOnlySpan<byte> bytes, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        var isCut = bytes.Length > AvroLimits.DatumBytesMax;
        var input = new AvroInput(isCut ? bytes[..AvroLimits.DatumBytesMax] : bytes);
        PlanRun.Value(_plan, ref input, ref sink, depth: 0);
        var status = isCut && input.Status == AvroStatus.Truncated ? AvroStatus.TooLarge : input.Status;
        return new(status, input.Position);
    }

    /// <summary>Reads the datum at the start of some bytes into a tree, for tools and tests.</summary>
    /// <param name="bytes">The datum; anything after it is left alone.</param>
    /// <param name="value">The value, or null unless the outcome is ok.</param>
    /// <returns>How it ended, and where.</returns>
    public AvroRead Read(ReadOnlySpan<byte> bytes, out AvroValue? value)
    {
        var sink = AvroValueSink.Create();
        var read = Read(bytes, ref sink);
        value = read.IsOk ? sink.Root : null;
        return read;
    }

    /// <summary>Reads over the datum at the start of some bytes and checks no more than where it ends.</summary>
    /// <param name="bytes">The datum; anything after it is left alone.</param>
    /// <returns>How it ended, and where.</returns>
    public AvroRead Skip(ReadOnlySpan<byte> bytes)
    {
        var isCut = bytes.Length > AvroLimits.DatumBytesMax;
        var input = new AvroInput(isCut ? bytes[..AvroLimits.DatumBytesMax] : bytes);
        PlanSkip.Value(_plan, ref input, depth: 0);
        var status = isCut && input.Status == AvroStatus.Truncated ? AvroStatus.TooLarge : input.Status;
        return new(status, input.Position);
    }
}
