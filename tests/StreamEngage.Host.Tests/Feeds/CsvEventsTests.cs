using System.Text;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Tests.Feeds;

public sealed class CsvEventsTests
{
    private const string Mapping = """
        id: "r-{row}"
        user: user
        type: {constant: view}
        at: {column: at, format: unix_ms}
        props: {text: text}
        """;

    [Fact]
    public void QuotedField_KeepsDelimitersDoubledQuotesAndLineBreaks()
    {
        var feed = Feed.OfText(Mapping, "user,at,text\r\nu1,1,\"a, \"\"b\"\"\r\nc\"\r\nu2,2,\"\"\r\nu3,3,plain \"q\"\r\n");
        Assert.Equal(["a, \"b\"\r\nc", null, "plain \"q\""], Texts(feed));
        Assert.Equal([2, 4, 5], feed.Lines);
    }

    [Fact]
    public void LastRow_NeedsNoLineEnd() => Assert.Equal(["x"], Texts(Feed.OfText(Mapping, "user,at,text\nu1,1,x")));

    [Fact]
    public void QuotedLastField_NeedsNoLineEnd() => Assert.Equal(["x"], Texts(Feed.OfText(Mapping, "user,at,text\nu1,1,\"x\"")));

    [Fact]
    public void ByteOrderMark_IsNoPartOfTheFirstColumn() =>
        Assert.Single(Feed.OfText(Mapping, "\uFEFFuser,at,text\nu1,1,x\n").Events);

    [Fact]
    public void BlankLines_AreNoRows() => Assert.Equal([2, 5], Feed.OfText(Mapping, "user,at,text\nu1,1,x\n\r\n\nu2,1,y\n").Lines);

    [Fact]
    public void EmptyFile_HasNoEvents()
    {
        var mapping = Mapping + "\nformat: {header: false}\ncolumns: [user, at, text]";
        Assert.Empty(Feed.OfText(mapping, "").Events);
    }

    [Fact]
    public void StrayQuote_CostsItsOwnLineOnly()
    {
        var feed = Feed.OfText(Mapping, "user,at,text\nu1,1,\"open\nu2,2,b\nu3,3,\"c\" d\nu4,4,e\n");
        Assert.Equal(["b", "e"], Texts(feed));
        Assert.Equal(["2 text-after-quote text between a closing quote and the delimiter", "4 text-after-quote text between a closing quote and the delimiter"],
            feed.Faults);
    }

    [Fact]
    public void UnclosedQuote_CostsItsOwnLineOnly()
    {
        var feed = Feed.OfText(Mapping, "user,at,text\nu1,1,\"open\nu2,2,b\n");
        Assert.Equal(["2 unclosed-quote a quoted field is never closed"], feed.Faults);
        Assert.Equal(["u1,1,\"open"], feed.RawFaults);
        Assert.Equal(["b"], Texts(feed));
        Assert.Equal([3], feed.Lines);
    }

    [Theory]
    [InlineData("u1,1", "2 cut-row 2 of 3 columns")]
    [InlineData("u1,1,x,y", "2 too-many-columns 4 columns where 3 are expected")]
    [InlineData(",1,x", "2 missing-user the row has no user")]
    [InlineData("u1,,x", "2 missing-at the row has no at")]
    [InlineData("u1,soon,x", "2 bad-time at is 'soon', which is not a whole number of milliseconds since 1970")]
    [InlineData("u1,99999999999999999,x", "2 bad-time at is '99999999999999999', which is not a whole number of milliseconds since 1970")]
    public void BadRow_SaysWhatIsWrongAndWhere(string row, string fault)
    {
        var feed = Feed.OfText(Mapping, $"user,at,text\n{row}\nu2,2,good\n");
        Assert.Equal([fault], feed.Faults);
        Assert.Equal([row], feed.RawFaults);
        Assert.Equal(["good"], Texts(feed));
    }

    [Fact]
    public void InvalidUtf8_IsAFaultAndNotAnException()
    {
        var csv = Encoding.Latin1.GetBytes("user,at,text\nu1,1,caf\u00E9\nu2,2,b\n");
        var feed = Feed.OfBytes(Mapping, csv);
        Assert.Equal(["2 not-utf-8 the row is not valid UTF-8"], feed.Faults);
        Assert.Equal(["caf\u00E9", "b"], Texts(Feed.OfBytes(Mapping + "\nformat: {encoding: latin1}", csv)));
    }

    [Theory]
    [InlineData(900_000, true)]
    [InlineData(1_100_000, false)]
    [InlineData(5_000_000, false)]
    public void RowPastTheBound_IsGivenUpAndTheNextIsRead(int length, bool passes)
    {
        var feed = Feed.OfText(Mapping, $"user,at,text\nu1,1,{new string('x', length)}\nu2,2,b\nu3,3,c\n");
        Assert.Equal(passes ? 3 : 2, feed.Events.Count);
        Assert.Equal(passes ? [] : ["2 row-too-long longer than 1048576 bytes"], feed.Faults);
        Assert.Equal([3, 4], feed.Lines.TakeLast(2));
    }

    [Theory]
    [InlineData("3.50", "3.5")]
    [InlineData("007", "7")]
    [InlineData(" 1e3 ", "1000")]
    [InlineData("-0.25", "-0.25")]
    public void Number_IsWrittenAsJsonSpellsIt(string written, string json) =>
        Assert.Equal(json, Of("number", written).Events[0].GetProperty("props").GetProperty("v").GetRawText());

    [Theory]
    [InlineData("number", "1,5", "not-a-number")]
    [InlineData("number", "NaN", "not-a-number")]
    [InlineData("integer", "1.5", "not-a-number")]
    [InlineData("boolean", "maybe", "not-a-boolean")]
    public void ValueOfAnotherKind_IsAFault(string kind, string written, string reason) =>
        Assert.StartsWith($"2 {reason} v is '{written}'", Of(kind, written).Faults[0], StringComparison.Ordinal);

    [Fact]
    public void Product_KeepsTheCents() => Assert.Equal("15.30", Feed.OfText("""
        id: "{row}"
        user: a
        type: {constant: t}
        at: {constant: "2020-01-01T00:00:00Z"}
        props: {v: {product: [a, b]}}
        """, "a,b\n6,2.55\n").Events[0].GetProperty("props").GetProperty("v").GetRawText());

    [Fact]
    public void SortedRows_OfOneInstantKeepTheOrderOfTheFile()
    {
        var feed = Feed.OfText(Mapping + "\nsort: true", "user,at,text\nu1,5,a\nu2,x,b\nu3,1,c\nu4,5,d\n");
        Assert.Equal(["c", "a", "d"], Texts(feed));
        Assert.Equal([4, 2, 5], feed.Lines);
        Assert.Single(feed.Faults);
    }

    [Fact]
    public void Offset_MovesAClockWithoutZoneToUtc()
    {
        var mapping = Mapping.Replace("format: unix_ms", "format: yyyy-MM-dd HH:mm, utc_offset: \"+09:00\"", StringComparison.Ordinal);
        var feed = Feed.OfText(mapping, "user,at,text\nu1,1970-01-01 09:01,x\n");
        Assert.Equal(60_000, feed.Events[0].GetProperty("at").GetInt64());
    }

    [Fact]
    public void Values_MatchWholeThenPrefixThenDefault()
    {
        var mapping = Mapping.Replace("type: {constant: view}", "type: {column: text, values: {buy: purchase, b*: browse}, default: other}",
            StringComparison.Ordinal);
        var feed = Feed.OfText(mapping, "user,at,text\nu,1,buy\nu,2,bu\nu,3,\nu,4,x\n");
        Assert.Equal(["purchase", "browse", "other", "other"], feed.Events.Select(e => e.GetProperty("type").GetString()));
    }

    [Fact]
    public void Where_LeavesOutAndCounts()
    {
        var feed = Feed.OfText(Mapping + "\nwhere: {text: [x, y], user: present}", "user,at,text\nu,1,x\n,1,y\nu,1,z\nu,1,y\n");
        Assert.Equal(["x", "y"], Texts(feed));
        Assert.Equal(2, feed.LeftOut);
    }

    [Fact]
    public void Row_CostsNoMemoryOfItsOwn()
    {
        // The least of some: now and then a shared pool has let go of a buffer, which costs one reader 32 kB.
        var (few, many) = (LeastAllocatedBy(1_000), LeastAllocatedBy(21_000));
        Assert.True(many - few < 20_000, $"{(many - few) / 20_000.0} bytes a row");
    }

    private static long LeastAllocatedBy(int rows) => Enumerable.Range(0, 5).Min(_ => AllocatedBy(rows));

    private static long AllocatedBy(int rows)
    {
        var csv = "user,at,text\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"u{i},{i},\"some \"\"text\"\"\"\n"));
        Assert.True(MappingFile.TryParse(Mapping, "m.yaml", out var mapping, out _));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(CsvEvents.TryOpen(stream, mapping, out var events, out _));
        using (events)
            while (events.TryReadNext(out _))
            {
            }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Feed Of(string kind, string written) =>
        Feed.OfText(Mapping.Replace("{text: text}", $"{{v: {{column: text, as: {kind}}}}}", StringComparison.Ordinal),
            $"user,at,text\nu1,1,\"{written}\"\n");

    private static IEnumerable<string?> Texts(Feed feed) =>
        feed.Events.Select(e => e.GetProperty("props").TryGetProperty("text", out var text) ? text.GetString() : null);
}
