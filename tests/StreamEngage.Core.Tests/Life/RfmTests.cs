using StreamEngage.Testing;

namespace StreamEngage.Core.Tests.Life;

/// <summary>Recency, frequency and monetary value.</summary>
public sealed class RfmTests
{
    private const string Show =
        "trigger: t\non: {event: click}\nprompt: {data: {r: user.recency / 1h, f: user.frequency, m: user.monetary}}\n";

    [Theory]
    [InlineData("90d 11:59:59.999", "2 8")]
    [InlineData("90d 12:00", "1 5")]
    public void FrequencyAndMonetary_AreOfTheLastNinetyDays(string click, string shown)
    {
        var data = Data(With("").At("12:00").Does("purchase", ("value", 3)).At("1d 12:00").Does("purchase", ("value", 5)), click);
        Assert.Equal(shown, $"{data["f"]} {data["m"]}");
    }

    [Fact]
    public void Recency_IsTheTimeSinceTheLastPurchase()
    {
        var engine = With("");
        Assert.Equal("", Data(engine, "12:00")["r"]);
        Assert.Equal("3", Data(engine.At("13:00").Does("purchase", ("value", 3)), "16:00")["r"]);
    }

    [Fact]
    public void Policy_SaysOfWhat()
    {
        var engine = With("rfm: {over: 2h, recency: visit, frequency: order, monetary: order.total.net}").At("12:00").Does("order", ("total.net", 7));
        var data = Data(engine.At("12:30").Does("visit"), "13:30");
        Assert.Equal("1 1 7", $"{data["r"]} {data["f"]} {data["m"]}");
        Assert.Equal("0 0", $"{Data(engine, "14:00")["f"]} {Data(engine, "14:01")["m"]}");
    }

    [Fact]
    public void ChangeOfWhatIsCounted_IsANewWindow()
    {
        const string rule = "trigger: t\non: {event: click}\nif: user.frequency = 0\n";
        var files = new Dictionary<string, string> { ["t.yaml"] = rule, ["policy.yaml"] = "rfm: {over: 1h, frequency: order}\n" };
        var engine = EngineHarness.With(files).At("12:00").Does("click");
        files["policy.yaml"] = "rfm: {over: 1h, frequency: visit}\n";
        engine.At("12:30").Change(files).At("13:29:59.999").Does("click").At("13:30").Does("click").Until("14:00");
        Assert.Equal([Decide.Reason.None, Decide.Reason.Backfill, Decide.Reason.None], engine.Decisions.Select(decision => decision.Reason));
    }

    private static EngineHarness With(string policy) =>
        EngineHarness.With(new Dictionary<string, string> { ["t.yaml"] = Show, ["policy.yaml"] = $"lateness: 1h\n{policy}\n" });

    private static Dictionary<string, string> Data(EngineHarness engine, string at) =>
        engine.At(at).Does("click").Commands[^1].Data.ToDictionary(field => field.Key, field => field.Value.ToString());
}
