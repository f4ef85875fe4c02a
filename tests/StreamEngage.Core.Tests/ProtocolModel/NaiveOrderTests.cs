using Xunit.Abstractions;

namespace StreamEngage.Tests.ProtocolModel;

/// <summary>What a single crash does to an engine that writes in the order that comes to mind first.</summary>
public sealed class NaiveOrderTests(ITestOutputHelper output)
{
    [Fact]
    public void PublishThenState_PublishesTwice() => MustBreak(Violation.Duplicate, Write.Prompts, Write.State, Write.Offset);

    [Fact]
    public void StateThenPublish_CountsAnEventTwiceAndLosesItsPrompt() => MustBreak(Violation.Lost, Write.State, Write.Prompts, Write.Offset);

    [Fact]
    public void StateWithItsOffsetThenPublish_LosesAPrompt() => MustBreak(Violation.Lost, Write.StateWithOffset, Write.Prompts);

    [Fact]
    public void TransactionThenState_LosesAnEventFromTheState() => MustBreak(Violation.WrongState, Write.PromptsAndOffset, Write.State);

    [Fact]
    public void EverythingInOneTransaction_HoldsAndNeedsTheStateInKafka()
    {
        foreach (var input in (Input[])[Input.Race, Input.Apart, Input.Three])
            Assert.Equal(Violation.None, Explore(input, crashes: 3, Write.Everything).Violation);
    }

    [Fact]
    public void NoOrder_BreaksWithoutACrash()
    {
        foreach (var order in (Write[][])
            [
                [Write.Prompts, Write.State, Write.Offset], [Write.State, Write.Prompts, Write.Offset], [Write.StateWithOffset, Write.Prompts],
                [Write.PromptsAndOffset, Write.State]
            ])
            Assert.Equal(Violation.None, Explore(Input.Race, crashes: 0, order).Violation);
    }

    private void MustBreak(Violation expected, params Write[] order) =>
        Assert.Equal(expected, Explore(Input.Race, crashes: 1, order).Violation);

    private Exploration Explore(Input input, byte crashes, params Write[] order)
    {
        var found = new Explorer<NaiveWorld>(new NaiveOrder(input, crashes, order)).Explore();
        output.WriteLine($"{string.Join(", ", order)}; {input}; {crashes} crashes: {found}");
        return found;
    }
}
