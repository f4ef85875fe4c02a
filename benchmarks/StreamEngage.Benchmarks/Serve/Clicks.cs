using System.Globalization;
using System.Text;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>The clicks of the two rules as the JSON lines a tracker sends: what the rules read, and as much again that they do not.</summary>
internal static class Clicks
{
    /// <summary>Their type closes a lane: long after its last click, so that everything due has fired.</summary>
    public const string Closing = "closing";

    private static readonly string[] _types = ["view", "cart_add", "purchase"];

    /// <summary>All of a tape, and for each lane an event that brings its clock behind the last deadline.</summary>
    /// <returns>Events in each lane.</returns>
    public static long[] Feed(ClickTape tape, Feeder feeder)
    {
        for (var i = 0; i < tape.Count; i++)
        {
            var user = tape.UserTexts[tape.User[i]].Span;
            feeder.Feed(Site.LaneOf(user), Line(tape, i), tape.At[i]);
        }
        var end = tape.At[^1] + 2 * ClickTape.CartWait;
        for (var (lane, number) = (0, 0); lane < Ground.Lanes; number++)
        {
            var user = $"closer-{number}";
            if (Site.LaneOf(Encoding.UTF8.GetBytes(user)) != lane) continue;
            feeder.Feed(lane++, Text($$"""{"id":"{{user}}","user":"{{user}}","type":"{{Closing}}","at":{{end}}}"""), end);
        }
        feeder.Flush();
        return feeder.Fed;
    }

    private static byte[] Line(ClickTape tape, int i) => Text(
        $$$"""
        {"id":"c{{{i}}}","user":"{{{UserOf(tape, i)}}}","type":"{{{TypeOf(tape, i)}}}","at":{{{tape.At[i]}}},"source":"web","props":{{{Props(tape, i)}}}}
        """);

    private static string UserOf(ClickTape tape, int i) => tape.Names[tape.User[i]];

    private static string TypeOf(ClickTape tape, int i) => _types[(int)tape.Kind[i]];

    private static string Props(ClickTape tape, int i) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"category":"{{{tape.CategoryNames[tape.Category[i]]}}}","page":"/c/{{{tape.Category[i]}}}/p/{{{i % 977}}}","price":{{{i % 89 + 0.5}}}}""");

    private static byte[] Text(FormattableString text) => Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture));
}
