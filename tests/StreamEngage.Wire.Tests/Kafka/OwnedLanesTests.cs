using Confluent.Kafka;

namespace StreamEngage.Kafka;

public sealed class OwnedLanesTests
{
    private readonly OwnedLanes _owned = new(["clicks", "outcomes"]);

    [Fact]
    public void ALane_IsThereWhenEveryTopicsPartitionIs()
    {
        Assert.Empty(_owned.Add([Clicks(0), Clicks(1)]));
        Assert.False(_owned.OwnsAll([0]));
        Assert.Equal([1], _owned.Add([Outcomes(1)]));
        Assert.Equal([0], _owned.Add([Outcomes(0)]));
        Assert.True(_owned.OwnsAll([0, 1]));
        Assert.False(_owned.OwnsAll([0, 2]));
    }

    [Fact]
    public void TheFirstPartitionToGo_TakesTheLaneWithIt()
    {
        _owned.Add([Clicks(0), Outcomes(0)]);
        Assert.Equal([0], _owned.WholeAmong([Outcomes(0)]));
        _owned.Remove([Outcomes(0)]);
        Assert.False(_owned.OwnsAll([0]));
        Assert.Empty(_owned.WholeAmong([Clicks(0)]));
        Assert.Equal([0], _owned.Add([Outcomes(0)]));
    }

    [Fact]
    public void ALaneThatCameBack_StandsStill()
    {
        _owned.Add([Clicks(0), Outcomes(0)]);
        Sought(0).TryPass(0, 5);
        _owned.Remove([Clicks(0), Outcomes(0)]);
        _owned.Add([Clicks(0), Outcomes(0)]);
        Assert.False(_owned.Find(0)!.TryPass(0, 6));
    }

    [Fact]
    public void OnlyRecordsFromThePlaceOn_Pass()
    {
        _owned.Add([Clicks(0), Outcomes(0)]);
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
        _owned.Add([Clicks(0), Outcomes(0)]);
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
        var lane = _owned.Find(number)!;
        lane.Seek(new([5, 0]));
        lane.Sought();
        return lane;
    }

    private static TopicPartition Clicks(int partition) => new("clicks", partition);

    private static TopicPartition Outcomes(int partition) => new("outcomes", partition);
}
