using StreamEngage.Host.Feeds;
using StreamEngage.Ingest;

namespace StreamEngage.Host.Runs;

/// <summary>Between the decoder's refusals and the faults of a row.</summary>
internal static class Refusal
{
    public static RowFault Of(Decoded refused)
    {
        var (code, detail) = RefusalCodes.Of(refused);
        return new(code, detail);
    }

    /// <summary>Which of the engine's counters a fault of the file's form moves.</summary>
    public static Decoded CountedAs(RowFault fault) => fault.Reason switch
    {
        "too-large" => Decoded.TooLarge,
        "not-avro" => Decoded.NotAvro,
        _ => Decoded.BadRow,
    };
}
