using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>
/// The stored form of where a run stands: its source, since when each part of its rulebook has been fed, and what came of prompts, where anything did.
/// </summary>
internal static class PipelineRunCodec
{
    private const byte Version = 2;

    public static void Write(PipelineReign reign, RecordWriter to)
    {
        var source = new RecordWriter();
        new SourceCodec(reign.Rulebook.Schema).Write(reign.Intake, source);
        to.Byte(Version);
        to.Bytes(source.Written);
        reign.Tenure.Write(to);
        source.Clear();
        reign.Statistics.Write(source);
        if (source.Length > 0) to.Bytes(source.Written);
    }

    /// <summary>
    /// False when the record is broken or of a newer version. One of the first version is the source alone: all of its rulebook is taken to have been
    /// there from the beginning.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> record, CompiledRulebook rulebook, EventIntake intake, out RunRecord? run)
    {
        run = null;
        var codec = new SourceCodec(rulebook.Schema);
        if (record is not [Version, ..]) return codec.TryRead(record, intake);
        var from = new RecordReader(record[1..]);
        var source = from.Text();
        run = new(Tenure.Read(ref from), from.IsAtEnd ? default : from.Text());
        return !from.IsBroken && from.IsAtEnd && codec.TryRead(source.Span, intake);
    }
}

/// <summary>What is stored of a run beside its source.</summary>
/// <param name="Tenure">Of its rulebook.</param>
/// <param name="Statistics">What came of prompts, still to be read; empty where nothing did.</param>
internal sealed record RunRecord(Tenure Tenure, Utf8Text Statistics);
