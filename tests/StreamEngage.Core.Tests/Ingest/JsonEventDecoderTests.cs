using System.Text;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

public sealed class JsonEventDecoderTests
{
    private const string Good = """{"id":"e1","user":"u1","type":"view","at":1000,"props":{"price":2.5}}""";

    [Fact]
    public void GoodLine_KeepsWhatTheRulesRead() => Assert.Equal("e1 u1 view 1000 price=2.5", Decoding.Json(Good));

    [Theory]
    [InlineData("""{"user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":"","user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":null,"user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":1.5,"user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":true,"user":"u1","type":"view","at":1}""", "BadId")]
    [InlineData("""{"id":"e1","type":"view","at":1}""", "BadUser")]
    [InlineData("""{"id":"e1","user":["u1"],"type":"view","at":1}""", "BadUser")]
    [InlineData("""{"id":"e1","user":"u1","at":1}""", "BadType")]
    [InlineData("""{"id":"e1","user":"u1","type":"view"}""", "BadTime")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1,"props":[]}""", "BadProps")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1,"props":3}""", "BadProps")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1,"props":null}""", "e1 u1 view 1")]
    [InlineData("""{"id":7,"user":-42,"type":"view","at":1}""", "7 -42 view 1")]
    [InlineData("", "NotJson")]
    [InlineData("  ", "NotJson")]
    [InlineData("[]", "NotJson")]
    [InlineData("\"e1\"", "NotJson")]
    [InlineData("null", "NotJson")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1} {}""", "NotJson")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1},""", "NotJson")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1,}""", "NotJson")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":1}/**/""", "NotJson")]
    [InlineData("""{"id":"e1","user":"u1","type":"view","at":01}""", "NotJson")]
    public void MissingOrMisshapenField_IsRefusedByName(string line, string outcome) => Assert.Equal(outcome, Decoding.Json(line));

    [Theory]
    [InlineData("0", true)]
    [InlineData("-1", false)]
    [InlineData("8796093022207", true)]
    [InlineData("8796093022208", false)]
    [InlineData("1e3", false)]
    [InlineData("1.0", false)]
    [InlineData("\"1970-01-01T00:00:00Z\"", true)]
    [InlineData("\"1969-12-31T23:59:59Z\"", false)]
    [InlineData("\"1970-01-01T00:00:00\"", false)]
    [InlineData("\"1970-01-01\"", false)]
    [InlineData("\"2024-02-30T00:00:00Z\"", false)]
    [InlineData("\"2024-01-01T24:00:00Z\"", false)]
    [InlineData("\"9999-01-01T00:00:00Z\"", false)]
    [InlineData("\"1000\"", false)]
    [InlineData("null", false)]
    public void Time_IsMillisecondsOrRfc3339WithinTheBounds(string at, bool isGood) =>
        Assert.Equal(isGood, Decoding.Json($$"""{"id":"e1","user":"u1","type":"view","at":{{at}}}""") != "BadTime");

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 1_767_225_600_000)]
    [InlineData("2026-01-01T00:00:00.5Z", 1_767_225_600_500)]
    [InlineData("2026-01-01T00:00:00.9999999Z", 1_767_225_600_999)]
    [InlineData("2026-01-01T09:00:00+09:00", 1_767_225_600_000)]
    [InlineData("2025-12-31T20:30:00-03:30", 1_767_225_600_000)]
    [InlineData("2026-01-01t00:00:00z", 1_767_225_600_000)]
    [InlineData("2026-01-01t09:00:00.25+09:00", 1_767_225_600_250)]
    public void Rfc3339_IsReadToTheMillisecond(string at, long milliseconds) =>
        Assert.Equal($"e1 u1 view {milliseconds}", Decoding.Json($$"""{"id":"e1","user":"u1","type":"view","at":"{{at}}"}"""));

    [Theory]
    [InlineData("id", Limits.IdBytesMax, "BadId")]
    [InlineData("user", Limits.IdBytesMax, "BadUser")]
    [InlineData("type", Limits.TypeBytesMax, "BadType")]
    public void TextOfAField_MayHaveItsLimitAndNoByteMore(string field, int bytesMax, string refusal)
    {
        var good = field switch { "type" => "view", "id" => "e1", _ => "u1" };
        string Line(int bytes) => Good.Replace($"\"{field}\":\"{good}\"", $"\"{field}\":\"{new string('x', bytes)}\"");
        Assert.Contains(new string('x', bytesMax), Decoding.Json(Line(bytesMax)), StringComparison.Ordinal);
        Assert.Equal(refusal, Decoding.Json(Line(bytesMax + 1)));
    }

    [Fact]
    public void Line_MayHaveItsLimitAndNoByteMore()
    {
        var line = Good.PadRight(Limits.EventBytesMax);
        Assert.StartsWith("e1 u1", Decoding.Json(line), StringComparison.Ordinal);
        Assert.Equal("TooLarge", Decoding.Json(line + " "));
    }

    [Fact]
    public void Properties_MayBeAsManyAsTheLimitNestedOnesIncluded()
    {
        string Line(int count)
        {
            var properties = Enumerable.Range(1, count - 1).Select(i => $"\"p{i}\":1");
            return """{"id":"e1","user":"u1","type":"view","at":1,"props":{"o":{""" + string.Join(',', properties) + "}}}";
        }
        Assert.Equal("e1 u1 view 1", Decoding.Json(Line(Limits.EventPropertiesMax)));
        Assert.Equal("TooLarge", Decoding.Json(Line(Limits.EventPropertiesMax + 1)));
    }

    [Fact]
    public void Nesting_MayBeAsDeepAsTheLimit()
    {
        // The line's own object and props are two levels.
        string Line(int depth) =>
            """{"id":"e1","user":"u1","type":"view","at":1,"props":{"x":""" + new string('[', depth - 2) + new string(']', depth - 2) + "}}";
        Assert.Equal("e1 u1 view 1", Decoding.Json(Line(Limits.JsonDepthMax)));
        Assert.Equal("NotJson", Decoding.Json(Line(Limits.JsonDepthMax + 1)));
        Assert.Equal("NotJson", Decoding.Json(Line(100_000)));
    }

    [Fact]
    public void List_KeepsItsFirstElementsUpToTheLimit()
    {
        var items = string.Join(',', Enumerable.Range(0, Limits.ListItemsMax + 1));
        var kept = string.Join(',', Enumerable.Range(0, Limits.ListItemsMax));
        Assert.Equal($"e1 u1 view 1 tags=[{kept}]", Decoding.Json($$$"""{"id":"e1","user":"u1","type":"view","at":1,"props":{"tags":[{{{items}}}]}}"""));
    }

    [Theory]
    [InlineData("""{"cart":{"total":5}}""", "cart.total=5")]
    [InlineData("""{"cart.total":5}""", "cart.total=5")]
    [InlineData("""{"deep":{"a":{"b":"x","c":1}}}""", "deep.a.b='x'")]
    [InlineData("""{"price":1,"price":2}""", "price=2")]
    [InlineData("""{"price":null}""", "")]
    [InlineData("""{"price":1e999}""", "")]
    [InlineData("""{"price":{}}""", "")]
    [InlineData("""{"member":true,"name":"a"}""", "name='a' member=true")]
    [InlineData("""{"tags":["a",1,null,false,["x"],{"y":1}]}""", "tags=['a',1,null,false]")]
    [InlineData("""{"n\u0061me":"\u00e9\n\"\\"}""", "name='é\n\"\\'")]
    [InlineData("""{"name":"\ud83d\ude00"}""", "name='😀'")]
    public void Properties_AreFlattenedAndTyped(string props, string kept) =>
        Assert.Equal(
            "e1 u1 view 1" + (kept.Length == 0 ? "" : " " + kept),
            Decoding.Json($$"""{"id":"e1","user":"u1","type":"view","at":1,"props":{{props}}}"""));

    [Fact]
    public void MemberThatStandsTwice_CountsAsWrittenLast() => Assert.Equal(
        "e2 u1 view 2 price=9",
        Decoding.Json("""{"props":{"price":1},"id":"e1","at":1,"user":"u1","type":"view","id":"e2","at":2,"props":{"price":9}}"""));

    [Fact]
    public void TypeNoRuleNames_IsAnEventWithoutProperties() =>
        Assert.Equal("e1 u1 other 1", Decoding.Json("""{"id":"e1","user":"u1","type":"other","at":1,"props":{"price":3}}"""));

    [Theory]
    [InlineData("id")]
    [InlineData("user")]
    [InlineData("type")]
    [InlineData("session")]
    public void HalfOfASurrogatePair_IsNoText(string field) =>
        Assert.Equal("NotJson", Decoding.Json($$"""{"id":"e1","user":"u1","type":"view","at":1,"{{field}}":"\ud800"}"""));

    [Theory]
    [InlineData("""{"name":"\udc00"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"tags":["\ud800x"]}""")]
    public void HalfOfASurrogatePairInProps_IsNoText(string props) =>
        Assert.Equal("NotJson", Decoding.Json($$"""{"id":"e1","user":"u1","type":"view","at":1,"props":{{props}}}"""));

    [Fact]
    public void InvalidUtf8_IsNotJson()
    {
        foreach (var broken in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82] })
        {
            byte[] line = [.. "{\"id\":\"e"u8, .. broken, .. "\",\"user\":\"u1\",\"type\":\"view\",\"at\":1}"u8];
            Assert.Equal("NotJson", Decoding.Json(line));
        }
    }

    [Fact]
    public void EveryTruncation_IsRefused()
    {
        var line = Encoding.UTF8.GetBytes(Good);
        for (var length = 0; length < line.Length; length++) Assert.Equal("NotJson", Decoding.Json(line[..length]));
    }

    [Fact]
    public void OptionalTextTooLong_IsLeftOut()
    {
        var batch = new EventBatch();
        var line = Good.Replace("\"at\"", $"\"session\":\"{new string('s', Limits.IdBytesMax + 1)}\",\"at\"");
        Assert.Equal(Decoded.Event, new JsonEventDecoder(Decoding.Schema()).TryDecode(Encoding.UTF8.GetBytes(line), batch, out var e, out _));
        Assert.True(e.Session.IsEmpty);
    }

    [Fact]
    public void ContentHash_IsOfTypeTimeAndPropertiesInAnyOrder()
    {
        var same = Hash("""{"id":"e1","user":"u1","type":"view","at":1,"props":{"a":1,"b":2}}""");
        Assert.Equal(same, Hash("""{"props":{"b":2,"a":1},"at":1,"type":"view","user":"u1","id":"e1"}"""));
        Assert.NotEqual(same, Hash("""{"id":"e1","user":"u1","type":"view","at":1,"props":{"a":2,"b":1}}"""));
        Assert.NotEqual(same, Hash("""{"id":"e1","user":"u1","type":"view","at":2,"props":{"a":1,"b":2}}"""));
        Assert.NotEqual(same, Hash("""{"id":"e1","user":"u1","type":"vieW","at":1,"props":{"a":1,"b":2}}"""));
    }

    [Fact]
    public void GoodLines_TakeNoMemory()
    {
        var decoder = new JsonEventDecoder(Decoding.Schema());
        var batch = new EventBatch();
        var line = """
            {"id":"e1","user":"u1","type":"view","at":"2026-01-01T00:00:00Z","props":{"price":2.5,"name":"a\nb","tags":["x",1],"cart":{"total":3}}}
            """u8.ToArray();
        for (var i = 0; i < 200; i++) Decode(decoder, batch, line, 10);
        Assert.Equal(0, Allocated.BytesBy(() => Decode(decoder, batch, line, 10_000)));
    }

    private static void Decode(JsonEventDecoder decoder, EventBatch batch, byte[] line, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (i % 64 == 0) batch.Clear();
            if (decoder.TryDecode(line, batch, out _, out _) != Decoded.Event) throw new InvalidOperationException();
        }
    }

    private static ulong Hash(string line)
    {
        Assert.Equal(Decoded.Event, new JsonEventDecoder(Decoding.Schema()).TryDecode(Encoding.UTF8.GetBytes(line), new(), out var e, out _));
        return e.ContentHash;
    }
}
