using System.Text.Json;
using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class GenerateVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-").FullName;

    [Fact]
    public void Generate_WritesTheLinesAskedFor_AndTheTruth()
    {
        Assert.Equal(0, Run("--users", "50", "--events", "3000", "--out", In("e.ndjson"), "--truth", In("t.ndjson")));
        Assert.Equal(3000, File.ReadLines(In("e.ndjson")).Count());
        Assert.Contains("\"kind\":\"summary\",\"lines\":3000", File.ReadLines(In("t.ndjson")).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasWritten_IsCountedInOneJsonObject()
    {
        var run = CommandRun.Of("generate", "--users", "50", "--events", "3000", "--malformed", "0.1", "--out", In("e.ndjson"), "--json");
        Assert.Equal(0, run.Exit);
        var counts = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(3000, counts.GetProperty("lines").GetInt64());
        Assert.InRange(counts.GetProperty("malformed").GetInt64(), 1, 1_000);
    }

    [Theory]
    [InlineData("--users", "0")]
    [InlineData("--late", "0.9")]
    [InlineData("--start", "tomorrow")]
    [InlineData("--rate", "-1")]
    public void WrongUsage_IsTwo(string option, string value) => Assert.Equal(2, Run(option, value, "--out", In("e.ndjson")));

    [Fact]
    public void FileThatCannotBeWritten_IsAFailureOfOneLine() =>
        Assert.NotEqual(0, Run("--events", "10", "--out", In("no-such-folder/e.ndjson")));

    [Fact]
    public void Rate_HoldsTheWriterBack()
    {
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, Run("--users", "10", "--events", "100", "--rate", "500", "--out", In("e.ndjson")));
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(150));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string file) => Path.Combine(_folder, file);

    private static int Run(params string[] args) => GenerateVerb.Command().Parse(args).Invoke();
}
