using System.Diagnostics;

namespace StreamEngage.Host.Tests.Deployment;

/// <summary>The kit as a notification team runs it: a program that tests a program.</summary>
public sealed class ConformanceKitTests
{
    [Fact]
    public async Task ReferenceConsumer_KeepsEveryCase()
    {
        var (exit, output) = await RunAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "reference-consumer.dll"), "--stdio");
        Assert.Equal(0, exit);
        Assert.EndsWith("0 breaches\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("BREACH", output, StringComparison.Ordinal);
    }

    [Theory]
    // What it is told is no answer.
    [InlineData("cat")]
    // It ends without a word.
    [InlineData("true")]
    public async Task WhatAnswersWrongly_BreaksEveryCase(string command)
    {
        var (exit, output) = await RunAsync(command);
        Assert.Equal(1, exit);
        Assert.DoesNotContain("ok  ", output, StringComparison.Ordinal);
        Assert.Contains("expected show p1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProgramThatIsMissing_IsSaidInOneLine()
    {
        var (exit, output) = await RunAsync("no-such-consumer");
        Assert.Equal(2, exit);
        Assert.Matches("^no-such-consumer does not start: .*\n$", output);
    }

    private static async Task<(int Exit, string Output)> RunAsync(params string[] consumer)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "consumer-conformance.dll"), .. consumer])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var kit = Process.Start(start)!;
        var said = await Task.WhenAll(kit.StandardOutput.ReadToEndAsync(), kit.StandardError.ReadToEndAsync());
        await kit.WaitForExitAsync();
        return (kit.ExitCode, string.Concat(said));
    }
}
