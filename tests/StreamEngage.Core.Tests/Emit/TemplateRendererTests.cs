using System.Text;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Emit;

public sealed class TemplateRendererTests
{
    [Fact]
    public void Values_AreFilledIn() =>
        Assert.Equal("Hi Ann, 2 items", Push("Hi {{name}}, {{items}} items", ("name", Value.Of("Ann")), ("items", Value.Of(2))).Text);

    [Theory]
    [InlineData(3, "3")]
    [InlineData(0.1, "0.1")]
    [InlineData(1234567.25, "1234567.25")]
    [InlineData(-0.3333333333333333, "-0.3333333333333333")]
    public void Numbers_AreInvariantAndShortest(double number, string text) =>
        Assert.Equal(text, Push("{{n}}", ("n", Value.Of(number))).Text);

    [Fact]
    public void MissingValue_WithDefault_IsTheDefault()
    {
        Assert.Equal("Hi you", Push("Hi {{name|you}}").Text);
        Assert.Equal("Hi you", Push("Hi {{name|you}}", ("name", Value.Null)).Text);
        Assert.Equal("Hi ", Push("Hi {{name|}}").Text);
        Assert.Equal("Hi ", Push("Hi {{name|you}}", ("name", Value.Of(""))).Text);
    }

    [Fact]
    public void MissingValue_WithoutDefault_IsReported_AndNothingIsRendered()
    {
        Assert.Equal(new RenderedText(RenderStatus.MissingValue, "", "name"), Push("Hi {{name}}", ("other", Value.Of(1))));
        Assert.Equal(new RenderedText(RenderStatus.MissingValue, "", "name"), Push("Hi {{name}}", ("name", Value.Null)));
    }

    [Fact]
    public void MissingValue_BehindTheCap_IsReportedAllTheSame()
    {
        var rendered = Push(new string('x', 300) + "{{name}}");
        Assert.Equal((RenderStatus.MissingValue, "name"), (rendered.Status, rendered.Missing));
        Assert.False(rendered.IsSendable);
    }

    [Fact]
    public void EventText_ThatLooksLikeAPlaceholder_IsNeverReadAgain()
    {
        var rendered = Push("{{a}}{{b}} {{c}}",
            ("a", Value.Of("{")), ("b", Value.Of("{c}}")), ("c", Value.Of("{{a}} {{secret|x}} {{{b}}}")), ("secret", Value.Of("leaked")));
        Assert.Equal("{{c}} {{a}} {{secret|x}} {{{b}}}", rendered.Text);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("' onfocus='alert(1)")]
    [InlineData("` & &lt; </a>")]
    public void InEmail_ValuesStayText(string hostile)
    {
        var rendered = Email("<p title=\"{{v}}\">{{v}}</p>", ("v", Value.Of(hostile)));
        var inside = rendered.Text["<p title=\"".Length..^"</p>".Length].Split("\">");
        Assert.Equal(2, inside.Length);
        foreach (var text in inside)
        {
            Assert.DoesNotContain(text, c => c is '<' or '>' or '"' or '\'' or '`');
            Assert.Equal(hostile, System.Net.WebUtility.HtmlDecode(text));
        }
    }

    [Fact]
    public void InEmail_TheTemplateItselfIsHtml_AndDefaultsAreWords() =>
        Assert.Equal("<b>Tom &amp; Jerry</b>", Email("<b>{{name|Tom & Jerry}}</b>").Text);

    [Fact]
    public void InEmail_LettersOfAnyScriptStayReadable() => Assert.Equal("장바구니 é", Email("{{v}}", ("v", Value.Of("장바구니 é"))).Text);

    [Fact]
    public void ControlCharacters_AreStripped_AndLineBreaksKept()
    {
        var hostile = "a\u001b[2J\u0007b\r\nc\rd\ne\0f\tg\u2028h\u0085i\u009b31mj";
        Assert.Equal("a[2Jb\nc\nd\nef g\nh\ni31mj", Push("{{v}}", ("v", Value.Of(hostile))).Text);
        Assert.DoesNotContain(Email("{{v}}", ("v", Value.Of(hostile))).Text, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void TextThatTurnsTheDirection_DoesNot() =>
        Assert.Equal("cod.exe!", Push("{{v}}!", ("v", Value.Of("\u202Ecod\u2066.exe\u2069"))).Text);

    [Fact]
    public void BytesThatAreNoText_AreReplaced() =>
        Assert.Equal("a\uFFFDb", Push("{{v}}", ("v", Value.Of(new Utf8Text([(byte)'a', 0xFF, (byte)'b'], 0, 3)))).Text);

    [Theory]
    [InlineData("push", 240)]
    [InlineData("sms", 480)]
    [InlineData("in_app", 1000)]
    public void PlainText_IsCutToWhatTheChannelShows(string channel, int cap)
    {
        var fits = Render(channel, "{{v|}}" + new string('x', cap));
        Assert.Equal((RenderStatus.Rendered, cap), (fits.Status, fits.Text.Length));
        var cut = Render(channel, "x" + new string('x', cap));
        Assert.Equal((RenderStatus.Cut, cap), (cut.Status, cut.Text.Length));
        Assert.EndsWith("x…", cut.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cutting_NeverCutsALetterApart()
    {
        for (var before = 230; before <= 240; before++)
        {
            var text = Push("{{v}}", ("v", Value.Of(new string('x', before) + "👩‍👩‍👧👩‍👩‍👧e\u0301e\u0301"))).Text;
            Assert.True(text.Length <= 240);
            Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
            Assert.DoesNotContain("\u200D…", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void HugeValue_IsCutBeforeItIsEncoded_SoThatNoEntityIsHalf()
    {
        var rendered = Email("<p>{{v}}</p>", ("v", Value.Of(new string('<', 1_000_000))));
        Assert.Equal(RenderStatus.Rendered, rendered.Status);
        Assert.Equal("<p>" + string.Concat(Enumerable.Repeat("&lt;", 999)) + "…</p>", rendered.Text);
    }

    [Fact]
    public void Page_OverTheBound_IsNoMessage()
    {
        Assert.Equal(RenderStatus.Rendered, Email(new string('x', 102_400)).Status);
        Assert.Equal(new RenderedText(RenderStatus.TooLong, "", null), Email(new string('x', 102_401)));
    }

    [Fact]
    public void RandomBytes_NeverEscapeTheirPlace()
    {
        const int seed = 20260105;
        var state = (uint)seed;
        for (var round = 0; round < 500; round++)
        {
            var bytes = new byte[round % 90];
            for (var i = 0; i < bytes.Length; i++)
            {
                state = unchecked(state * 1664525 + 1013904223);
                bytes[i] = (byte)(state >> 24);
            }
            var value = Value.Of(new Utf8Text(bytes, 0, bytes.Length));
            var page = Email("{{v}}", ("v", value)).Text;
            Assert.False(page.AsSpan().ContainsAny("<>\"'"), $"seed {seed}, round {round}: {page}");
            var plain = Push("{{v}}", ("v", value)).Text;
            Assert.False(plain.Any(c => char.IsControl(c) && c != '\n'), $"seed {seed}, round {round}: {plain}");
        }
    }

    private static RenderedText Push(string template, params (string Name, Value Value)[] data) => Render("push", template, data);

    private static RenderedText Email(string template, params (string Name, Value Value)[] data) => Render("email", template, data);

    private static RenderedText Render(string channel, string template, params (string Name, Value Value)[] data) =>
        TemplateRenderer.Render(TemplateText.Parse(template), [.. data.Select(field => KeyValuePair.Create(field.Name, field.Value))], TextForm.Of(channel));
}
