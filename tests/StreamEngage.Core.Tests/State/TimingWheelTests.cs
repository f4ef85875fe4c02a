using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Core.Tests.State;

public sealed class TimingWheelTests
{
    private static readonly UserState User = new(new Utf8Text("u1"), 1);

    /// <summary>A wheel once fired early one time in a hundred thousand, so it is compared with a sorted list over millions of steps.</summary>
    [Fact]
    public void RandomArmingAndDisarming_FiresAsASortedQueueDoes()
    {
        const int seed = 20_261_121;
        var random = new Random(seed);
        var (wheel, queue) = (new TimingWheel(), new SortedDictionary<long, HashSet<LaneTimer>>());
        var timers = Enumerable.Range(0, 300).Select(_ => new SegmentCheck(User)).ToArray();
        var taken = new List<LaneTimer>();
        var clock = 1_700_000_000_000L;
        for (var step = 0; step < 1_000_000; step++)
        {
            var timer = timers[random.Next(timers.Length)];
            if (timer.IsArmed) Remove(queue, timer);
            if (random.Next(4) == 0) wheel.Disarm(timer);
            else
            {
                var due = clock + Far(random);
                wheel.Arm(timer, due);
                if (!queue.TryGetValue(due, out var same)) queue.Add(due, same = []);
                same.Add(timer);
            }
            if (random.Next(3) > 0) continue;
            clock += Far(random) / 8;
            while (wheel.TryTakeInstant(clock, taken))
            {
                var (due, expected) = queue.First();
                Assert.True(due < clock && expected.SetEquals(taken), $"seed {seed}, step {step}: {taken[0].Due} fired, {due} was next");
                queue.Remove(due);
                taken.Clear();
            }
            Assert.True(queue.Count == 0 || queue.First().Key >= clock, $"seed {seed}, step {step}: {clock} passed a deadline");
        }
    }

    [Fact]
    public void TimerDueAtTheInstant_WaitsForIt()
    {
        var (wheel, timer, taken) = (new TimingWheel(), new SegmentCheck(User), new List<LaneTimer>());
        wheel.Arm(timer, 1_000);
        Assert.False(wheel.TryTakeInstant(1_000, taken));
        Assert.True(wheel.TryTakeInstant(1_001, taken));
        Assert.Equal([timer], taken);
    }

    [Fact]
    public void TimerArmedBehindTheWheel_FiresFirst()
    {
        var wheel = new TimingWheel();
        var (first, late) = (new SegmentCheck(User), new SegmentCheck(User));
        var taken = new List<LaneTimer>();
        wheel.Arm(first, 5_000);
        Assert.True(wheel.TryTakeInstant(6_000, taken));
        taken.Clear();
        wheel.Arm(first, 7_000);
        wheel.Arm(late, 10);
        Assert.True(wheel.TryTakeInstant(8_000, taken));
        Assert.Equal([late], taken);
    }

    /// <summary>From milliseconds to a year: every level of the wheel.</summary>
    private static long Far(Random random) => random.NextInt64(1L << random.Next(1, 35));

    private static void Remove(SortedDictionary<long, HashSet<LaneTimer>> queue, LaneTimer timer)
    {
        var same = queue[timer.Due];
        same.Remove(timer);
        if (same.Count == 0) queue.Remove(timer.Due);
    }
}
