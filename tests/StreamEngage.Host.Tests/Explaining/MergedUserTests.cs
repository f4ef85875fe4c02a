using System.Text;
using StreamEngage.Decide;
using StreamEngage.Events;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>What is explained of a user who was known by other names.</summary>
public sealed class MergedUserTests
{
    private static readonly string[] _lines =
    [
        """{"id":"e1","user":"a","type":"view","at":1767225600000}""",
        """{"id":"e2","user":"other","type":"view","at":1767225601000}""",
        """{"id":"e3","user":"b","anonymous":"a","type":"identify","at":1767225602000}""",
        """{"id":"e4","user":"ann","type":"identify","at":1767225603000,"props":{"anonymous":"b"}}""",
        """{"id":"e5","user":"a","type":"view","at":1767225604000}""",
    ];

    [Fact]
    public void EventsUnderAllIds_AreKept()
    {
        var rules = ExplainedStream.Read(("t.yaml", "trigger: t\non: {event: view}\nif: count(view) over 1h >= 2\n"));
        var names = new NameReading(rules);
        foreach (var line in _lines) names.Offer(Row(line));
        Assert.Equal(["a", "ann", "b"], names.NamesOf("ann").Order(StringComparer.Ordinal));
        var reading = new HistoryReading("ann", rules, names.NamesOf("ann"));
        foreach (var line in _lines) reading.Offer(Row(line), new EventTime(Limits.EventTimeMax));
        var outcome = Assert.Single(Course.Of(new Premise("ann", rules, reading.End())).Outcomes);
        Assert.Equal(Verdict.Sent, outcome.Last.Verdict);
    }

    private static FeedRow Row(string line) => new(0, Encoding.UTF8.GetBytes(line), default, null);
}
