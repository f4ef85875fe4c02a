using System.Buffers.Binary;
using System.Net;
using System.Text;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

public sealed class WireRecordsTests : IDisposable
{
    private const string Writer = """
        {"type":"record","name":"BehaviorEvent","namespace":"streamengage","fields":[{"name":"id","type":"string"},{"name":"user","type":"string"},
        {"name":"type","type":"string"},{"name":"at","type":"long"}]}
        """;

    private readonly RegistryStub _registry = new();
    private readonly HandClock _clock = new();
    private readonly EventBatch _batch = new();
    private readonly EventSchema _schema = new();
    private readonly List<string> _said = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("schemas").FullName;

    public WireRecordsTests()
    {
        _schema.AddType("view");
        _schema.Freeze();
    }

    [Fact]
    public void Json_IsReadAsItIs()
    {
        var decoder = Decoder();
        Assert.Equal("e1 u1 view 1000", Read(decoder, """{"id":"e1","user":"u1","type":"view","at":1000}"""u8.ToArray()));
        Assert.Equal("Quarantine not-json", Read(decoder, "nonsense"u8.ToArray()));
        Assert.Equal("Quarantine bad-user", Read(decoder, """{"id":"e1","type":"view","at":1000}"""u8.ToArray()));
    }

    [Fact]
    public void WhatHasNoFormat_IsQuarantinedWithItsReason()
    {
        var decoder = Decoder();
        Assert.Equal("Quarantine not-json", Read(decoder, []));
        Assert.Equal("Quarantine not-json", Read(decoder, [0, 0, 0]));
        Assert.Equal("Quarantine too-large", Read(decoder, new byte[20 << 20]));
        Assert.Equal("Quarantine not-json", Read(decoder, [0xC3, 0x01, 5]));
        Assert.Equal("Quarantine unknown-schema", Read(decoder, [0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        Assert.Equal("Quarantine not-json", Read(decoder, Encoding.UTF8.GetBytes(new string('[', 100))));
    }

    [Fact]
    public async Task AnIdOfTheRegistry_IsAskedForOnceAndThenKnown()
    {
        _registry.Answer(7, 200, Wrapped(Writer));
        var decoder = Decoder();
        var record = Wire(7, Datum("e1", "u1", "view", 1000));
        await decoder.PrepareAsync([Input(record), Input(record)], default);
        Assert.Equal("e1 u1 view 1000", Read(decoder, record));
        Assert.True(decoder.PrepareAsync([Input(record)], default).AsTask().IsCompletedSuccessfully);
        Assert.Equal("Quarantine not-avro", Read(decoder, Wire(7, [2, 65])));
        Assert.Equal("Quarantine not-avro", Read(decoder, Wire(7, [.. Datum("e1", "u1", "view", 1000), 0])));
        Assert.Equal(["/schemas/ids/7"], _registry.Asked);
    }

    [Fact]
    public async Task AnIdThatTheRegistryDoesNotHave_IsQuarantinedAndAskedForAgainAfterAMinute()
    {
        var decoder = Decoder();
        var record = Wire(8, Datum("e1", "u1", "view", 1000));
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Equal("Quarantine unknown-schema", Read(decoder, record));
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Single(_registry.Asked);

        _registry.Answer(8, 200, Wrapped(Writer));
        _clock.Move(KafkaLimits.UnknownSchemaMilliseconds);
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Equal("e1 u1 view 1000", Read(decoder, record));
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(302, "{}")]
    [InlineData(401, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{}")]
    public async Task ARegistryThatFails_IsAReasonToWait(int status, string body)
    {
        _registry.Answer(9, status, body);
        var decoder = Decoder();
        var record = Wire(9, Datum("e1", "u1", "view", 1000));
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<LogFailedException>(() => decoder.PrepareAsync([Input(record)], default).AsTask());
        // Asked once more at once, then not for a while.
        Assert.Equal(2, _registry.Asked.Count);
        Assert.Single(_said);

        _registry.Answer(9, 200, Wrapped(Writer));
        _clock.Move(KafkaLimits.RegistryRetryMilliseconds);
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Equal("e1 u1 view 1000", Read(decoder, record));
    }

    [Fact]
    public async Task ARegistryThatIsNotThere_IsAReasonToWait()
    {
        _registry.Dispose();
        var decoder = Decoder();
        var record = Wire(9, Datum("e1", "u1", "view", 1000));
        await Assert.ThrowsAsync<LogFailedException>(() => decoder.PrepareAsync([Input(record)], default).AsTask());
    }

    [Theory]
    [InlineData("""{"schemaType":"PROTOBUF","schema":"message A {}"}""")]
    [InlineData("""{"schema":"\"string\"","references":[{"name":"a","subject":"b","version":1}]}""")]
    [InlineData("""{"schema":"{"}""")]
    [InlineData("""{"schema":"\"string\""}""")]
    public async Task ASchemaThatIsNoEvents_IsQuarantined(string body)
    {
        _registry.Answer(10, 200, body);
        var decoder = Decoder();
        var record = Wire(10, [2, 65]);
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Equal("Quarantine unknown-schema", Read(decoder, record));
    }

    [Fact]
    public async Task JsonInTheWireFormat_IsReadAsJson()
    {
        _registry.Answer(11, 200, """{"schemaType":"JSON","schema":"{}"}""");
        var decoder = Decoder();
        var record = Wire(11, """{"id":"e1","user":"u1","type":"view","at":1000}"""u8.ToArray());
        await decoder.PrepareAsync([Input(record)], default);
        Assert.Equal("e1 u1 view 1000", Read(decoder, record));
    }

    [Fact]
    public void WithoutARegistry_ItsFormatIsQuarantined() =>
        Assert.Equal("Quarantine unknown-schema", Read(Decoder(hasRegistry: false), Wire(7, Datum("e1", "u1", "view", 1000))));

    [Fact]
    public void ASingleObject_FindsItsSchemaByFingerprint()
    {
        File.WriteAllText(Path.Combine(_folder, "event.avsc"), Writer);
        File.WriteAllText(Path.Combine(_folder, "broken.avsc"), "{");
        Assert.True(AvroSchema.TryParse(Writer, out var writer, out _));
        byte[] record = [0xC3, 0x01, .. new byte[8], .. Datum("e1", "u1", "view", 1000)];
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(2), writer.Fingerprint());
        using var catalog = Catalog(true);
        Assert.Equal("e1 u1 view 1000", Read(new WireRecords(_schema, catalog), record));
        Assert.Contains("broken.avsc", Assert.Single(catalog.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverAThousandUnknownIds_TheOldestIsForgotten()
    {
        var decoder = Decoder();
        for (var id = 0; id <= KafkaLimits.SchemasMax; id++) await decoder.PrepareAsync([Input(Wire(id, [0]))], default);
        var asked = _registry.Asked.Count;
        await decoder.PrepareAsync([Input(Wire(1, [0]))], default);
        Assert.Equal(asked, _registry.Asked.Count);
        await decoder.PrepareAsync([Input(Wire(0, [0]))], default);
        Assert.Equal(asked + 1, _registry.Asked.Count);
    }

    public void Dispose()
    {
        _registry.Dispose();
        Directory.Delete(_folder, true);
    }

    private WireRecords Decoder(bool hasRegistry = true) => new(_schema, Catalog(hasRegistry));

    private SchemaCatalog Catalog(bool hasRegistry) => SchemaCatalog.Open(new(
        KafkaSettingsTests.Good with { SchemaRegistry = hasRegistry ? new() { Url = _registry.Url } : null, SchemaFolder = _folder }, _clock, _said.Add));

    private string Read(WireRecords decoder, byte[] value)
    {
        var decoded = decoder.TryDecode(value, _batch, out var e, out _);
        return decoded == Decoded.Event ? $"{e.Id} {e.User} {e.TypeName} {e.At.UnixMilliseconds}" : $"Quarantine {RefusalCodes.Of(decoded).Code}";
    }

    private static InputRecord Input(byte[] value) => new(0, 0, 0, 0, value);

    private static byte[] Wire(int id, byte[] datum)
    {
        byte[] record = [0, 0, 0, 0, 0, .. datum];
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(1), id);
        return record;
    }

    private static byte[] Datum(string id, string user, string type, long at) =>
        [.. Text(id), .. Text(user), .. Text(type), .. Long(at)];

    private static byte[] Text(string text) => [.. Long(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static IEnumerable<byte> Long(long value)
    {
        for (value <<= 1; value > 127; value >>= 7) yield return (byte)(value & 127 | 128);
        yield return (byte)value;
    }

    private static string Wrapped(string schema) => System.Text.Json.JsonSerializer.Serialize(new { schema });
}

/// <summary>A registry on this machine that answers what it was told to, and 404 to the rest.</summary>
internal sealed class RegistryStub : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (int Status, string Body)> _answers = [];

    public RegistryStub()
    {
        for (var port = 38_000 + Environment.ProcessId % 1_000; ; port++)
        {
            _listener = new();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            Url = new($"http://127.0.0.1:{port}");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // Taken: the next one.
            }
        }
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public List<string> Asked { get; } = [];

    public void Answer(int id, int status, string body)
    {
        lock (_answers) _answers[$"/schemas/ids/{id}"] = (status, body);
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true) Serve(await _listener.GetContextAsync());
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private void Serve(HttpListenerContext asked)
    {
        var path = asked.Request.Url!.AbsolutePath;
        (int Status, string Body) answer;
        lock (_answers)
        {
            Asked.Add(path);
            if (!_answers.TryGetValue(path, out answer)) answer = (404, """{"error_code":40403}""");
        }
        asked.Response.StatusCode = answer.Status;
        if (answer.Status == 302) asked.Response.RedirectLocation = new Uri(Url, "/elsewhere").AbsoluteUri;
        asked.Response.Close(Encoding.UTF8.GetBytes(answer.Body), false);
    }
}

/// <summary>A clock that moves when told.</summary>
internal sealed class HandClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Move(int milliseconds) => _now = _now.AddMilliseconds(milliseconds);
}
