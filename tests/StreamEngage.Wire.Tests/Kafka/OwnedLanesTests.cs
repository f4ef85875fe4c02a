namespace StreamEngage.Kafka;

public sealed class OwnedLanesTests
{
    private readonly OwnedLanes _owned = new(topics: 1);

    [Fact]
    public void Lanes_AreOwnedUntilTheyGo()
    {
        _owned.Add(0);
        _owned.Add(1);
        var claim = _owned.Claim([0, 1])!;
        Assert.True(_owned.Holds(claim));
        Assert.Null(_owned.Claim([0, 2]));
        _owned.Remove(0);
        Assert.False(_owned.Holds(claim));
    }

    [Fact]
    public void ALaneThatCameBack_IsNotTheOneThatWasClaimed()
    {
        _owned.Add(0);
        var claim = _owned.Claim([0])!;
        _owned.Remove(0);
        _owned.Add(0);
        Assert.False(_owned.Holds(claim));
        Assert.True(_owned.Holds(_owned.Claim([0])!));
    }

    [Fact]
    public void ALaneThatCameBack_StandsStill()
    {
        Sought(0).TryPass(0, 5);
        _owned.Remove(0);
        _owned.Add(0);
        Assert.False(_owned.Find(0)!.TryPass(0, 6));
    }

    [Fact]
    public void OnlyRecordsFromThePlaceOn_Pass()
    {
        var lane = Sought(0);
        Assert.False(lane.TryPass(0, 4));
        Assert.True(lane.TryPass(0, 5));
        Assert.False(lane.TryPass(0, 5));
        Assert.True(lane.TryPass(0, 9));
        Assert.False(lane.IsEnd(0, 9));
        Assert.True(lane.IsEnd(0, 10));
    }

    [Fact]
    public void APausedLane_PassesNothingAndIsSoughtAgainAfterwards()
    {
        var lane = Sought(0);
        lane.TryPass(0, 5);
        lane.Pause();
        Assert.False(lane.TryPass(0, 6));
        lane.Resume();
        Assert.True(lane.IsSeekDue);
        Assert.Equal(6, lane.Next(0));
        Assert.Equal(0, lane.Next(1));
    }

    private LaneReading Sought(int number)
    {
        _owned.Add(number);
        var lane = _owned.Find(number)!;
        lane.Seek(new([5, 0]));
        lane.Sought();
        return lane;
    }
}
