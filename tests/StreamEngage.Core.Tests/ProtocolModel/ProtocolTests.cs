using System.Diagnostics;
using Xunit.Abstractions;

namespace StreamEngage.Tests.ProtocolModel;

/// <summary>Every order of everything, within the faults named: no duplicate, no phantom, no lost prompt, the state that the journal tells.</summary>
public sealed class ProtocolTests(ITestOutputHelper output)
{
    /// <summary>Small configurations, where it is also shown that every run ends, and ends well, as soon as nothing fails any more.</summary>
    public static TheoryData<string, int, int, int, int, int> Ending => new()
    {
        { "race", 0, 0, 0, 0, 0 },
        { "race", 2, 0, 1, 0, 0 },
        { "race", 1, 1, 0, 0, 0 },
        { "race", 0, 1, 1, 0, 0 },
        { "race", 0, 2, 0, 0, 0 },
        { "race", 1, 0, 2, 0, 1 },
        { "race", 0, 1, 0, 1, 0 },
        { "race", 0, 1, 0, 0, 1 },
        { "apart", 0, 1, 1, 0, 0 },
        { "three", 1, 0, 1, 1, 1 }
    };

    public static TheoryData<string, int, int, int, int, int> Larger => new()
    {
        { "race", 1, 1, 1, 0, 0 },
        { "race", 0, 1, 1, 0, 1 },
        { "race", 0, 2, 1, 0, 0 },
        { "race", 1, 1, 0, 1, 1 },
        { "apart", 1, 1, 0, 0, 1 }
    };

    [Theory]
    [MemberData(nameof(Ending))]
    public void Protocol_HoldsAndEveryRunEndsWell(string input, int crashes, int rebalances, int losses, int timeouts, int lostReplies)
    {
        var found = Explore(input, new((byte)crashes, (byte)rebalances, (byte)losses, (byte)timeouts, (byte)lostReplies), withProgress: true);
        Assert.Equal(0, found.Endless);
    }

    [Theory]
    [MemberData(nameof(Larger))]
    public void Protocol_Holds(string input, int crashes, int rebalances, int losses, int timeouts, int lostReplies) =>
        Explore(input, new((byte)crashes, (byte)rebalances, (byte)losses, (byte)timeouts, (byte)lostReplies), withProgress: false);

    private Exploration Explore(string name, Faults faults, bool withProgress)
    {
        var input = name switch { "race" => Input.Race, "apart" => Input.Apart, _ => Input.Three };
        var watch = Stopwatch.StartNew();
        var found = new Explorer<World>(new Protocol(input, faults)).Explore(withProgress);
        output.WriteLine($"{input}; {faults}; {watch.ElapsedMilliseconds} ms: {found}");
        Assert.Equal(Violation.None, found.Violation);
        return found;
    }
}
