using System.Text;

namespace StreamEngage.Redis;

public sealed class KeySlotTests
{
    [Theory]
    // The check value of CRC-16/XMODEM, and slots that a server gave (CLUSTER KEYSLOT).
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("user1000", 3443)]
    public void TheSlot_IsTheServers(string tag, int slot) => Assert.Equal(slot, KeySlot.Of(Encoding.UTF8.GetBytes(tag)));

    [Fact]
    public void ALane_HasTheSameTagInEveryRun() =>
        Assert.Equal(["se:3:0:c", "se:3:1:3", "se:3:2:3"], Enumerable.Range(0, 3).Select(lane => LaneKeys.Of("se", lane, 3).Tag));

    [Fact]
    public void LanesOfAnyNumberUpTo1000_EachLieInTheirOwnShareOfTheSlots()
    {
        // Every number to 1,000 holds, but takes a minute: the small ones, then every 37th, and the last.
        foreach (var lanes in Enumerable.Range(1, 1_000).Where(lanes => lanes <= 64 || lanes % 37 == 0 || lanes == 1_000))
        {
            var slots = SlotsOf(lanes);
            for (var lane = 0; lane < lanes; lane++)
                Assert.True(slots[lane] * lanes / KeySlot.Slots == lane, $"lane {lane} of {lanes} is in slot {slots[lane]}");
        }
    }

    [Fact]
    public void NodesOfACluster_HaveTheSameNumberOfLanesGiveOrTakeTwo()
    {
        foreach (var lanes in (int[])[1, 3, 12, 48, 100, 333, 1_000])
            for (var nodes = 1; nodes <= 12; nodes++)
            {
                var counts = new int[nodes];
                foreach (var slot in SlotsOf(lanes)) counts[slot * nodes / KeySlot.Slots]++;
                Assert.True(counts.Max() - counts.Min() <= 2, $"{lanes} lanes on {nodes} nodes: {string.Join(", ", counts)}");
            }
    }

    [Fact]
    public void MoreLanesThanAnyoneHas_StillFindTags() => Assert.Equal(16_383, KeySlot.Of(Encoding.UTF8.GetBytes(LaneKeys.Of("se", 16_383, 16_384).Tag)));

    private static List<int> SlotsOf(int lanes) =>
        [.. Enumerable.Range(0, lanes).Select(lane => KeySlot.Of(Encoding.UTF8.GetBytes(LaneKeys.Of("se", lane, lanes).Tag)))];
}
