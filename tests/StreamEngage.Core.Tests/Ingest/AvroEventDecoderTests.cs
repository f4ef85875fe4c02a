using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest.Avro;
using StreamEngage.Rulebooks;
using Xunit.Abstractions;

namespace StreamEngage.Ingest;

public sealed class AvroEventDecoderTests(ITestOutputHelper output)
{
    private static readonly AvroRecordSchema _event = (AvroRecordSchema)AvroSchemas.BehaviorEvent;
    private static readonly AvroReader _asWritten = Avro.Avro.Reader(_event, _event);

    [Fact]
    public void SinkNamesTheFieldsAsTheSchemaDoes() =>
        Assert.Equal(_event.Fields.Select(field => field.Name), Enum.GetNames<AvroEventSink.Field>().Select(JsonNamingPolicy.CamelCase.ConvertName));

    [Fact]
    public void GoodDatum_KeepsWhatTheRulesRead() =>
        Assert.Equal("e1 u1 view 1000 price=2.5 tags=['a',1,null] member=true", Read(Event("""
            {"id":"e1","user":"u1","type":"view","at":1000,"props":{"price":2.5,"tags":["a",1,null],"member":true,"other":"x"}}
            """)));

    [Theory]
    [InlineData("""{"id":"","user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":"e1","user":"","type":"view","at":1}""", "BadUser")]
    [InlineData("""{"id":"e1","user":"u1","type":"","at":1}""", "BadType")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":-1}""", "BadTime")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":8796093022208}""", "BadTime")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":8796093022207}""", "e1 u1 view 8796093022207")]
    [InlineData("""{"id":"e1","user":"u1","type":"other","at":1,"props":{"price":1}}""", "e1 u1 other 1")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1,"props":{"name":""}}""", "e1 u1 view 1 name=''")]
    public void Field_IsRefusedForTheReasonOfJson(string line, string outcome)
    {
        Assert.Equal(outcome, Read(Event(line)));
        Assert.Equal(outcome, Decoding.Json(line));
    }

    [Theory]
    [InlineData("id", Limits.IdBytesMax, "BadId")]
    [InlineData("user", Limits.IdBytesMax, "BadUser")]
    [InlineData("type", Limits.TypeBytesMax, "BadType")]
    public void TextOfAField_MayHaveItsLimitAndNoByteMore(string field, int bytesMax, string refusal)
    {
        string Line(int bytes) => $$"""{"id":"e","user":"u","type":"view","at":1,"{{field}}":"{{new string('x', bytes)}}"}""";
        Assert.Contains(new string('x', bytesMax), Read(Event(Line(bytesMax))), StringComparison.Ordinal);
        Assert.Equal(refusal, Read(Event(Line(bytesMax + 1))));
    }

    [Fact]
    public void Properties_MayBeAsManyAsTheLimit()
    {
        string Line(int count) =>
            """{"id":"e1","user":"u1","type":"view","at":1,"props":{""" + string.Join(',', Enumerable.Range(1, count).Select(i => $"\"p{i}\":1")) + "}}";
        Assert.Equal("e1 u1 view 1", Read(Event(Line(Limits.EventPropertiesMax))));
        Assert.Equal("TooLarge", Read(Event(Line(Limits.EventPropertiesMax + 1))));
    }

    [Fact]
    public void WriterThatPutsTheTypeLast_IsReadTheSame()
    {
        var writer = Avro.Avro.Schema("""
            {"type":"record","name":"BehaviorEvent","namespace":"streamengage","fields":[
              {"name":"props","type":{"type":"map","values":["double","string"]}},
              {"name":"at","type":"int"},{"name":"user","type":"string"},{"name":"id","type":"string"},{"name":"type","type":"string"}]}
            """);
        var datum = Avro.Avro.Encode(writer, AvroValue.Record(
            AvroValue.Map(new() { ["name"] = AvroValue.Union(1, AvroValue.String("a")), ["price"] = AvroValue.Union(0, AvroValue.Double(2)) }),
            AvroValue.Int(5), AvroValue.String("u1"), AvroValue.String("e1"), AvroValue.String("cart_add")));
        Assert.Equal("e1 u1 cart_add 5 price=2", Read(datum, writer));
    }

    [Fact]
    public void SchemaThatIsNoEvent_IsRefusedWithAReason()
    {
        Assert.False(AvroReader.TryCompile(Avro.Avro.Schema("\"string\""), _event, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void ReaderOfSomethingElse_IsABug() =>
        Assert.Throws<ArgumentException>(() => new AvroEventDecoder(Decoding.Schema()).TryDecode(Avro.Avro.Reader("\"string\""), [0], new(), out _, out _));

    [Fact]
    public void DatumWithBytesLeftOver_IsNotAvro() =>
        Assert.Equal("NotAvro", Read([.. Event("""{"id":"e1","user":"u1","type":"view","at":1}"""), 0]));

    [Fact]
    public void RowsOfAFile_AreReadOneByOne()
    {
        using var stream = new MemoryStream();
        using (var file = new AvroFileWriter(stream, _event))
            for (var i = 0; i < 3; i++) file.Append(Event($$"""{"id":"{{(i == 1 ? "" : $"e{i}")}}","user":"u1","type":"view","at":{{i}}}""").AsSpan());
        stream.Position = 0;
        var rows = AvroFileReader.Open(stream, _event);
        var decoder = new AvroEventDecoder(Decoding.Schema());
        var batch = new EventBatch();
        var read = new List<string>();
        while (rows.TryTake(out var datum))
        {
            var verdict = decoder.TryDecode(rows.Reader!, datum.Span, batch, out var e, out _);
            read.Add(verdict == Decoded.Event ? e.Id.ToString() : verdict.ToString());
        }
        Assert.Equal(["e0", "BadId", "e2"], read);
        Assert.Equal(AvroFileStatus.End, rows.Status);
    }

    [Fact]
    public void DamagedData_NeverThrowAndLeaveNothingBehind()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var schema = Decoding.Schema();
        var decoder = new AvroEventDecoder(schema);
        var good = Event("""{"id":"e1","user":"u1","type":"view","at":1000,"props":{"price":2.5,"tags":["a",1,null],"name":"x","cart.total":3}}""");
        var bare = Event("""{"id":"e1","user":"u1","type":"view","at":1000}""");
        var batch = new EventBatch();
        for (var i = 0; i < 50_000; i++)
        {
            var datum = good.ToArray();
            for (var times = random.Next(1, 4); times > 0; times--) datum[random.Next(datum.Length)] = (byte)random.Next(256);
            batch.Clear();
            decoder.TryDecode(_asWritten, datum.AsSpan(0, random.Next(datum.Length + 1)), batch, out _, out _);
            Assert.Equal(Decoded.Event, decoder.TryDecode(_asWritten, bare, batch, out var e, out var properties));
            Assert.Equal("e1 u1 view 1000", Decoding.Words(schema, e, properties));
        }
    }

    [Fact]
    public void EveryTruncation_IsRefused()
    {
        var good = Event("""{"id":"e1","user":"u1","type":"view","at":1000,"props":{"price":2.5}}""");
        for (var length = 0; length < good.Length; length++) Assert.Equal("NotAvro", Read(good[..length]));
    }

    [Fact]
    public void GoodData_TakeNoMemory()
    {
        var decoder = new AvroEventDecoder(Decoding.Schema());
        var batch = new EventBatch();
        var datum = Event("""{"id":"e1","user":"u1","type":"view","at":1000,"props":{"price":2.5,"tags":["a",1,null],"name":"x","cart.total":3}}""");
        for (var i = 0; i < 200; i++) Decode(decoder, batch, datum, 10);
        Assert.Equal(0, Allocated.BytesBy(() => Decode(decoder, batch, datum, 10_000)));
    }

    [Fact]
    public void BothForms_GiveTheSamePrompts()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var lines = new List<string>();
        for (var i = 0; i < 3_000; i++)
        {
            var (id, user, type) = (random.Next(2_500), random.Next(20), random.Next(3) == 0 ? "cart_add" : "view");
            lines.Add(
                $$$"""{"id":"e{{{id}}}","user":"u{{{user}}}","type":"{{{type}}}","at":{{{1_767_225_600_000 + i * 20_000}}},"props":"""
                + $$$"""{"category":"c{{{random.Next(3)}}}","price":{{{random.Next(9)}}}.5,"n":{{{i}}}}}""");
        }
        var json = Prompts((run, line) => run.Offer(Encoding.UTF8.GetBytes(line), new(long.MaxValue / 2)), lines);
        Assert.NotEmpty(json);
        Assert.Equal(json, Prompts((run, line) => run.Offer(_asWritten, Event(line), new(long.MaxValue / 2)), lines));
    }

    private static List<string> Prompts(Action<PipelineRun, string> offer, List<string> lines)
    {
        var rulebook = RulebookCompiler.Compile(RulebookFiles.Read(new Dictionary<string, string>
        {
            ["views.yaml"] = """
                trigger: views
                on: {event: view, where: "count(view by category) over 10m >= 3 and event.price > 1"}
                decide: {channels: [push], cooldown: 1h}
                prompt: {data: {category: event.category, total: "sum(view.price) over 1h"}}
                """,
            ["cart.yaml"] = """
                trigger: cart
                on: {absence: {of: view, after: {event: cart_add, as: cart}, for: 5m}}
                decide: {channels: [push]}
                prompt: {data: {price: cart.price}}
                """,
        }).Definition!);
        var prompts = new List<string>();
        var run = new PipelineRun(rulebook) { Prompt = prompt => prompts.Add($"{prompt.PromptId} {string.Join(',', prompt.Data.Select(d => d.Value))}") };
        foreach (var line in lines) offer(run, line);
        run.End(drain: true);
        return prompts;
    }

    private static void Decode(AvroEventDecoder decoder, EventBatch batch, byte[] datum, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (i % 64 == 0) batch.Clear();
            if (decoder.TryDecode(_asWritten, datum, batch, out _, out _) != Decoded.Event) throw new InvalidOperationException();
        }
    }

    private static string Read(byte[] datum, AvroSchema? writer = null)
    {
        var schema = Decoding.Schema();
        var reader = Avro.Avro.Reader(writer ?? _event, _event);
        var verdict = new AvroEventDecoder(schema).TryDecode(reader, datum, new EventBatch(), out var e, out var properties);
        return verdict == Decoded.Event ? Decoding.Words(schema, e, properties) : verdict.ToString();
    }

    private static byte[] Event(string line) => Avro.Avro.Encode(_event, EventDatum.Of(line));
}
