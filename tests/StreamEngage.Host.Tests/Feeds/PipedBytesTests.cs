using System.IO.Pipes;
using System.Text;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Tests.Feeds;

public sealed class PipedBytesTests
{
    [Fact]
    public async Task APipeOnWhichNothingComes_IsLeftAtTheStop()
    {
        using var source = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pipe = new AnonymousPipeClientStream(PipeDirection.In, source.ClientSafePipeHandle);
        using var stop = new CancellationTokenSource();
        using var bytes = new PipedBytes(pipe, stop.Token);
        var buffer = new byte[100];
        source.Write("abc"u8);
        Assert.Equal("abc", Encoding.UTF8.GetString(buffer, 0, bytes.Read(buffer, 0, buffer.Length)));

        var waiting = Task.Run(() => bytes.Read(buffer, 0, buffer.Length));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1)));
        source.Close();
    }

    [Fact]
    public void APipeThatIsClosedWhileItIsRead_IsToldToTheReader_AndEndsNothingElse()
    {
        var pipe = new MemoryStream("abc"u8.ToArray());
        pipe.Dispose();
        using var bytes = new PipedBytes(pipe, CancellationToken.None);
        Assert.IsType<ObjectDisposedException>(Assert.Throws<IOException>(() => bytes.Read(new byte[1], 0, 1)).InnerException);
    }

    [Fact]
    public void WhatComes_IsReadToItsEnd_InPiecesOfAnySize()
    {
        var all = Enumerable.Range(0, 1_000_000).Select(i => (byte)(i % 251)).ToArray();
        using var bytes = new PipedBytes(new MemoryStream(all), CancellationToken.None);
        using var read = new MemoryStream();
        bytes.CopyTo(read, bufferSize: 1_999);
        Assert.Equal(all, read.ToArray());
        Assert.Equal(0, bytes.Read(new byte[1], 0, 1));
    }
}
