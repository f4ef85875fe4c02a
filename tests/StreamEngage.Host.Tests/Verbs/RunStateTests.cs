namespace StreamEngage.Host.Tests.Verbs;

/// <summary>A run that is stopped and resumed through its state folder.</summary>
public sealed class RunStateTests : IDisposable
{
    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    [Fact]
    public void StoppedAndResumed_TheLinesAreThoseOfOneRun()
    {
        var events = File.ReadAllLines(_folder.Generate(events: 4_000, users: 60));
        var whole = Part(events, "whole");
        foreach (var stop in (int[])[0, 1, 777, 2_000, 3_999, 4_000])
        {
            var state = _folder[$"state-{stop}"];
            var parts = Part(events[..stop], "first", "--state", state, "--no-drain") + Part(events[stop..], "second", "--state", state);
            Assert.Equal(Sorted(whole), Sorted(parts));
        }
    }

    [Fact]
    public void DamagedState_IsRefusedWithItsFileAndTheRemedy()
    {
        _folder.Write("state/state.bin", "StreamEngage state 1\n" + new string('x', 100)).Write("events.ndjson", "");
        var run = Run("first", "--state", _folder["state"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains("state.bin is damaged", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void StateThatIsNoFolder_IsRefusedBeforeAnythingIsRead()
    {
        _folder.Write("state", "a file").Write("events.ndjson", "");
        var run = Run("first", "--state", _folder["state"]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("--state", run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["first.ndjson"]));
    }

    public void Dispose() => _folder.Dispose();

    private string Part(IEnumerable<string> events, string name, params string[] more)
    {
        _folder.Write("events.ndjson", string.Join('\n', events));
        Assert.Equal(0, Run(name, more).Exit);
        return File.ReadAllText(_folder[$"{name}.ndjson"]);
    }

    private CommandRun Run(string name, params string[] more) => CommandRun.Of(["run", "--rules", _folder.Rules, "--events",
        _folder["events.ndjson"], "--prompts", _folder[$"{name}.ndjson"], "--ingest-time", "none", .. more]);

    /// <summary>A deadline that a late event armed behind the clock may decide before the first part's last line.</summary>
    private static IEnumerable<string> Sorted(string lines) => lines.Split('\n').Order(StringComparer.Ordinal);
}
