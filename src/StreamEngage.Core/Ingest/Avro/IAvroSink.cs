namespace StreamEngage.Ingest.Avro;

/// <summary>Takes the parts of a datum as they are read, in the order in which they were written.</summary>
/// <remarks>
/// Meant for structs, also ref structs, so that calls are inlined and nothing is allocated. Spans point into the datum (or into a
/// default) and stay valid as long as it does. Values come already resolved to the reader's schema. Before a datum is known to be
/// whole its first parts have been delivered: what a sink has collected counts only when the read ends in
/// <see cref="AvroStatus.Ok"/>. Two entries of a map may have the same key; the later one counts.
/// </remarks>
public interface IAvroSink
{
    /// <summary>A record of the reader's schema begins.</summary>
    /// <param name="schema">The reader's record.</param>
    void BeginRecord(AvroRecordSchema schema);

    /// <summary>The value of a field is next: in the writer's order, then fields filled in from defaults.</summary>
    /// <param name="field">Index of the field in the reader's record.</param>
    /// <returns>False to have the value skipped, in which case its strings are not checked to be UTF-8.</returns>
    bool EnterField(int field);

    /// <summary>All fields have been delivered.</summary>
    void EndRecord();

    /// <summary>Items follow, without further call between them.</summary>
    void BeginArray();

    /// <summary>All items have been delivered.</summary>
    void EndArray();

    /// <summary>Entries follow.</summary>
    void BeginMap();

    /// <summary>The value of an entry is next.</summary>
    /// <param name="key">UTF-8, checked.</param>
    /// <returns>False to have the value skipped, in which case its strings are not checked to be UTF-8.</returns>
    bool EnterEntry(ReadOnlySpan<byte> key);

    /// <summary>All entries have been delivered.</summary>
    void EndMap();

    /// <summary>The next value is one of a union of the reader's schema.</summary>
    /// <param name="branch">Index in the reader's union.</param>
    void Branch(int branch);

    /// <summary>A null.</summary>
    void Null();

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    void Boolean(bool value);

    /// <summary>An int.</summary>
    /// <param name="value">The value.</param>
    void Int(int value);

    /// <summary>A long.</summary>
    /// <param name="value">The value.</param>
    void Long(long value);

    /// <summary>A float.</summary>
    /// <param name="value">The value, also NaN or infinite.</param>
    void Float(float value);

    /// <summary>A double.</summary>
    /// <param name="value">The value, also NaN or infinite.</param>
    void Double(double value);

    /// <summary>Bytes.</summary>
    /// <param name="value">The value.</param>
    void Bytes(ReadOnlySpan<byte> value);

    /// <summary>A string.</summary>
    /// <param name="value">UTF-8, checked.</param>
    void String(ReadOnlySpan<byte> value);

    /// <summary>A fixed.</summary>
    /// <param name="value">As many bytes as its schema says.</param>
    void Fixed(ReadOnlySpan<byte> value);

    /// <summary>A symbol.</summary>
    /// <param name="symbol">Index in the reader's enum.</param>
    void Enum(int symbol);
}
