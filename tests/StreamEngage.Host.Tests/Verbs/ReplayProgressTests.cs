using StreamEngage.Host.Replaying;
using StreamEngage.Host.Tests.Demo;
using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>How far <c>replay</c> is, where nobody sees a bar.</summary>
public sealed class ReplayProgressTests
{
    [Fact]
    public void ALine_ComesEveryTenSecondsAndNotBefore()
    {
        var (clock, errors) = (new HandClock(), new StringWriter { NewLine = "\n" });
        var moved = ReplayProgress.Lines(errors, clock);
        foreach (var (second, records) in (ReadOnlySpan<(double, long)>)[(0, 0), (9.9, 1_000), (0.1, 1_234_567), (9.9, 2_000_000), (0.2, 3_000_000)])
        {
            clock.Move(TimeSpan.FromSeconds(second));
            moved(new((1, 4), (records, 4_000_000), 0));
        }
        Assert.Equal("replay: lane 2 of 4: 1,234,567 of 4,000,000 records\nreplay: lane 2 of 4: 3,000,000 of 4,000,000 records\n", errors.ToString());
    }

    [Fact]
    public void APlace_SaysWhatIsDoneAndWhatShareItIs()
    {
        (ReplayPlace Place, double Share, string Text)[] places =
        [
            (new((0, 2), default, 0), 0, "lane 1 of 2: its journal"),
            (new((0, 2), (50, 100), 0), 0.25, "lane 1 of 2: 50 of 100 records"),
            (new((1, 2), (100, 100), 0), 1, "lane 2 of 2: 100 of 100 records"),
            (new((2, 2), default, 3_000), 1, "lane 2 of 2: done; 3,000 prompts of the channel topics"),
        ];
        Assert.All(places, one => Assert.Equal((one.Share, one.Text), (one.Place.Share, one.Place.ToString())));
    }
}
