namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The explorer on a model small enough to know by heart: a counter that may go up by one or two, and back.</summary>
public sealed class ExplorerTests
{
    [Fact]
    public void EveryState_IsVisitedOnce() => Assert.Equal(11, Explored(new Counter(10)).States);

    [Fact]
    public void Trace_IsAShortestWay()
    {
        var found = Explored(new Counter(10, forbidden: 5));
        Assert.Equal(Violation.Phantom, found.Violation);
        Assert.Equal(3, found.Trace.Count);
        Assert.Equal(["left goes up by 1", "left goes up by 2", "left goes up by 2"], found.Trace);
    }

    [Fact]
    public void RunThatEnds_HasNoEndlessState() => Assert.Equal(0, Explored(new Counter(10)).Endless);

    [Fact]
    public void Circle_AndAllThatReachesIt_AreEndless() => Assert.Equal(8, Explored(new Counter(10, backFrom: 7)).Endless);

    [Fact]
    public void FaultsAlone_LeaveTheWorldAtRest() => Assert.Equal(Violation.Stuck, Explored(new Counter(10, faultsFrom: 4)).Violation);

    [Fact]
    public void StepLog_KeepsStepsByNumber()
    {
        var log = new StepLog().With(0, Step.Event).With(2, Step.Tick);
        Assert.Equal((3, true), (log.End, log.HasGap));
        Assert.Equal((Step.Event, Step.Unknown, Step.Tick), (log[0], log[1], log[2]));
        Assert.True(log.Contradicts(new StepLog().With(2, Step.Event)));
        Assert.False(log.Contradicts(new StepLog().With(1, Step.Event)));
        Assert.Equal(log.From(1), new StepLog().With(2, Step.Tick));
    }

    [Fact]
    public void Fold_TellsWhoWonTheRace()
    {
        var timerFirst = new StepLog().With(0, Step.Event).With(1, Step.Tick).With(2, Step.Event);
        var eventFirst = new StepLog().With(0, Step.Event).With(1, Step.Event);
        Assert.Equal(Alarm.Fired, Input.Race.Fold(timerFirst)!.Value.Users.Alarm);
        Assert.Equal(Alarm.Cancelled, Input.Race.Fold(eventFirst)!.Value.Users.Alarm);
        Assert.Null(Input.Race.Fold(eventFirst.With(2, Step.Tick)));
    }

    private static Exploration Explored(Counter model) => new Explorer<int>(model).Explore(withProgress: true);

    private sealed class Counter(int top, int forbidden = -1, int backFrom = -1, int faultsFrom = int.MaxValue) : Model<int>
    {
        public override int Start => 0;

        public override void AddMoves(in int world, List<Move<int>> moves)
        {
            if (world + 1 <= top) moves.Add(new("goes up by 1", 0, world >= faultsFrom, world + 1));
            if (world + 2 <= top) moves.Add(new("goes up by 2", 0, world >= faultsFrom, world + 2));
            if (world == backFrom) moves.Add(new("goes back", 0, false, world - 1));
        }

        public override Violation Judge(in int world, bool isAtRest) => world == forbidden ? Violation.Phantom
            : isAtRest && world < top ? Violation.Stuck
            : Violation.None;
    }
}
