using System.Text;
using Xunit.Abstractions;

namespace StreamEngage.Ingest.Avro;

// A decoder of events as the engine's own will be: a ref struct that keeps spans of the message and takes no memory.
internal ref struct EventSink : IAvroSink
{
    private const int _id = 0, _user = 1, _type = 2, _at = 3, _props = 8;

    private int _field;
    private int _depth;
    private bool _isValue;

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> User { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public long At { get; private set; }

    public double Value { get; private set; }

    public int Entries { get; private set; }

    public readonly void BeginRecord(AvroRecordSchema schema)
    {
    }

    public bool EnterField(int field)
    {
        _field = field;
        return field is _id or _user or _type or _at or _props;
    }

    public readonly void EndRecord()
    {
    }

    public void BeginArray() => _depth++;

    public void EndArray() => _depth--;

    public readonly void BeginMap()
    {
    }

    public bool EnterEntry(ReadOnlySpan<byte> key)
    {
        Entries++;
        return _isValue = key.SequenceEqual("value"u8);
    }

    public readonly void EndMap()
    {
    }

    public readonly void Branch(int branch)
    {
    }

    public readonly void Null()
    {
    }

    public readonly void Boolean(bool value)
    {
    }

    public readonly void Int(int value)
    {
    }

    public void Long(long value)
    {
        if (_field == _at) At = value;
    }

    public readonly void Float(float value)
    {
    }

    public void Double(double value)
    {
        if (_field == _props && _isValue && _depth == 0) Value = value;
    }

    public readonly void Bytes(ReadOnlySpan<byte> value)
    {
    }

    public void String(ReadOnlySpan<byte> value)
    {
        switch (_field)
        {
            case _id: Id = value; break;
            case _user: User = value; break;
            case _type: Type = value; break;
        }
    }

    public readonly void Fixed(ReadOnlySpan<byte> value)
    {
    }

    public readonly void Enum(int symbol)
    {
    }
}

public sealed class AvroSinkTests(ITestOutputHelper output)
{
    private static readonly AvroReader _reader = Avro.Reader(AvroSchemas.BehaviorEvent, AvroSchemas.BehaviorEvent);

    [Fact]
    public void Sink_TakesFieldsAsSpansOfTheMessage()
    {
        var bytes = Avro.Encode(AvroSchemas.BehaviorEvent, AvroExamplesTests.Event());
        var sink = new EventSink();
        Assert.Equal(new AvroRead(AvroStatus.Ok, bytes.Length), _reader.Read(bytes, ref sink));
        Assert.Equal("cart_add", Encoding.UTF8.GetString(sink.Type));
        Assert.True(bytes.AsSpan().Overlaps(sink.User));
        Assert.Equal((1_700_000_000_123, 39.9, 5), (sink.At, sink.Value, sink.Entries));
    }

    [Fact]
    public void ReadingIntoASink_TakesNoMemory()
    {
        var bytes = Avro.Encode(AvroSchemas.BehaviorEvent, AvroExamplesTests.Event());
        var malformed = bytes[..^1];
        for (var i = 0; i < 100; i++) ReadMany(bytes, malformed, 10);
        Assert.Equal(0, Allocated.BytesBy(() => ReadMany(bytes, malformed, 10_000)));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        ReadMany(bytes, malformed, 10_000);
        var nanoseconds = clock.Elapsed.TotalNanoseconds / 20_000;
        output.WriteLine($"{nanoseconds:0} ns for {bytes.Length} bytes");
    }

    private static void ReadMany(byte[] bytes, byte[] malformed, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var sink = new EventSink();
            if (!_reader.Read(bytes, ref sink).IsOk) throw new InvalidOperationException();
            var other = new EventSink();
            if (_reader.Read(malformed, ref other).Status != AvroStatus.Truncated) throw new InvalidOperationException();
        }
    }
}
