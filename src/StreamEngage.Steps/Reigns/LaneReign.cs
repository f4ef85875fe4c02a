using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Steps.Reigns;

/// <summary>One rulebook in force in one lane, from a change to the next.</summary>
internal sealed class LaneReign
{
    private const byte Version = 1;

    private readonly Func<CompiledRulebook> _compile;
    private CompiledRulebook? _rulebook;

    /// <param name="number">Counts the lane's reigns from 0.</param>
    /// <param name="since">Where the lane's clock stood when it began.</param>
    /// <param name="text">What its author wrote.</param>
    /// <param name="tenure">Since when its parts have been fed.</param>
    /// <param name="compile">Compiles it when it is needed: of a former reign that may be never.</param>
    public LaneReign(int number, EventTime since, RulebookText text, Tenure tenure, Func<CompiledRulebook> compile) =>
        (Number, Since, Text, Tenure, _compile) = (number, since, text, tenure, compile);

    public int Number { get; }

    public EventTime Since { get; }

    public RulebookText Text { get; }

    public Tenure Tenure { get; }

    public CompiledRulebook Rulebook => _rulebook ??= _compile();

    /// <summary>
    /// The name under which a lane's store keeps the reign, among the users: longer than any user's id may be, so that it is nobody's.
    /// </summary>
    public static Utf8Text NameOf(int number) => new($"rulebook/{number}/".PadRight(Limits.IdBytesMax + 1, '.'));

    /// <summary>As the store keeps it. Null when the text is too big.</summary>
    public byte[]? Encode()
    {
        if (Text.Encode() is not { } text) return null;
        var to = new RecordWriter();
        to.Byte(Version);
        to.Time(Since);
        to.Bytes(text);
        Tenure.Write(to);
        return to.Written.ToArray();
    }

    /// <returns>Null when the bytes are broken or of a newer version.</returns>
    public static StoredReign? Decode(ReadOnlySpan<byte> record)
    {
        var from = new RecordReader(record);
        if (from.Byte() != Version) return null;
        var (since, text) = (from.TimeOrBeginning(), RulebookText.Decode(from.Text().Span));
        var tenure = Tenure.Read(ref from);
        return from.IsBroken || !from.IsAtEnd || text is null ? null : new(since, text, tenure);
    }
}

/// <summary>What a lane's store says of a reign.</summary>
internal sealed record StoredReign(EventTime Since, RulebookText Text, Tenure Tenure);
