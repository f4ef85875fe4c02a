using StreamEngage.Rulebooks;
using StreamEngage.Tests.Naive;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>The table of patterns, letters being events in order, and the rules around it: of the engine and of the naive interpreter.</summary>
public sealed class PatternVectorTests
{
    private const string AnyLoop = "[{event: a}, {event: b, contiguity: any, times: 1..}, {event: c}]";
    private const string AllCombinations = "[{event: a}, {event: b, contiguity: any, times: 1.., loop: any}, {event: c}]";
    private const string LoopThenNext = "[{event: b, as: b, times: 1..}, {event: c, contiguity: next}]";

    [Theory]
    [InlineData("[{event: a}, {event: b, contiguity: next}]", "past_last", "a c b1 b2", "")]
    [InlineData("[{event: a}, {event: b}]", "past_last", "a c b1 b2", "a b1")]
    [InlineData("[{event: a}, {event: b, contiguity: any}]", "none", "a c b1 b2", "a b1|a b2")]
    [InlineData(AnyLoop, "none", "a b1 d1 b2 d2 b3 c", "a b1 c|a b2 c|a b3 c|a b1 b2 c|a b2 b3 c|a b1 b2 b3 c")]
    [InlineData(AllCombinations, "none", "a b1 d1 b2 d2 b3 c", "a b1 c|a b2 c|a b3 c|a b1 b2 c|a b1 b3 c|a b2 b3 c|a b1 b2 b3 c")]
    [InlineData(LoopThenNext, "none", "b1 b2 b3 c", "b1 b2 b3 c|b2 b3 c|b3 c")]
    [InlineData(LoopThenNext, "past_last", "b1 b2 b3 c", "b1 b2 b3 c")]
    [InlineData(LoopThenNext, "to_last(b)", "b1 b2 b3 c", "b1 b2 b3 c|b3 c")]
    [InlineData("[{event: a}, {event: b, times: 1..}]", "none", "a b1 b2 b3", "a b1|a b1 b2|a b1 b2 b3")]
    [InlineData("[{event: a}, {event: b, times: 1..}]", "to_next", "a b1 b2 b3", "a b1")]
    [InlineData("[{event: a, times: 1.., until: 'event.type = \"b\"'}]", "none", "a1 c a2 b a3", "a1|a1 a2|a2|a3")]
    public void TableOfTheContract(string steps, string skip, string input, string matches) => AssertMatches(steps, skip, input, matches);

    [Theory]
    [InlineData("[{event: a}, {not: c}, {event: b}]", "none", "a c b", "")]
    [InlineData("[{event: a}, {not: c, contiguity: next}, {event: b}]", "none", "a d c b", "a b")]
    [InlineData("[{event: a}, {event: b, optional: true}, {event: c}]", "none", "a b c", "a c|a b c")]
    [InlineData("[{event: a, times: 2}]", "past_last", "a1 a2 a3 a4", "a1 a2|a3 a4")]
    [InlineData("[{event: a, times: 1.., greedy: true}, {event: a}, {event: b}]", "none", "a1 a2 b", "")]
    [InlineData("[{event: a}, {not: b, for: 2s}]", "past_last", "a1 c1 c2 c3 a2 b", "a1")]
    public void WhatTheTableLeavesOut(string steps, string skip, string input, string matches) => AssertMatches(steps, skip, input, matches);

    private static void AssertMatches(string steps, string skip, string input, string matches)
    {
        var files = new Dictionary<string, string>
        {
            ["t.yaml"] = $"trigger: t\non:\n  pattern: {steps}\n  skip: {skip}\ndecide: {{purpose: transactional}}\n",
        };
        var reading = RulebookFiles.Read(files);
        var events = input.Split(' ')
            .Select((id, i) => new NaiveEvent(id, "u", id[..1], 1_000L * i, new Dictionary<string, object?>()))
            .ToList();
        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        var naive = NaiveEngine.Run(reading.Definition, events, drain: true).Decisions;
        var engine = EmbeddedRun.Of(reading.Definition, events).Decisions;
        Assert.Equal(matches, string.Join('|', naive.Select(d => string.Join(' ', d.Causes))));
        Assert.Equal(matches, string.Join('|', engine.Select(d => string.Join(' ', d.Causes))));
    }
}
