using System.Text;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>Users are where the producers of the input put them. The vectors of murmur2 are those of Kafka's own tests.</summary>
public sealed class PartitionerTests
{
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_IsThatOfKafkasClients(string key, int hash) => Assert.Equal(hash, Partitioner.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("", 0U)]
    [InlineData("123456789", 0xCBF4_3926U)]
    public void Crc32_IsThatOfZlib(string key, uint hash) => Assert.Equal(hash, Partitioner.Crc32(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void ALane_IsTheHashWithoutItsSign_OfTheNumberOfLanes()
    {
        Assert.Equal((-973932308 & int.MaxValue) % 7, new Partitioner(KeyHash.Murmur2, 7).LaneOf("21"u8));
        Assert.Equal((int)(0xCBF4_3926U % 7), new Partitioner(KeyHash.Crc32, 7).LaneOf("123456789"u8));
    }
}
