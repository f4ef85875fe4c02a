using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>The stored form of where a run stands: its source, and since when each part of its rulebook has been fed.</summary>
internal static class PipelineRunCodec
{
    private const byte Version = 2;

    public static void Write(CompiledRulebook rulebook, EventIntake intake, Tenure tenure, RecordWriter to)
    {
        var source = new RecordWriter();
        new SourceCodec(rulebook.Schema).Write(intake, source);
        to.Byte(Version);
        to.Bytes(source.Written);
        tenure.Write(to);
    }

    /// <summary>
    /// False when the record is broken or of a newer version. One of the first version is the source alone: all of its rulebook is taken to have been
    /// there from the beginning.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> record, CompiledRulebook rulebook, EventIntake intake, out Tenure? tenure)
    {
        tenure = null;
        var codec = new SourceCodec(rulebook.Schema);
        if (record is not [Version, ..]) return codec.TryRead(record, intake);
        var from = new RecordReader(record[1..]);
        var source = from.Text();
        tenure = Tenure.Read(ref from);
        return !from.IsBroken && from.IsAtEnd && codec.TryRead(source.Span, intake);
    }
}
