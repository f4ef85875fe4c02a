namespace StreamEngage.Host.Feeds;

/// <summary>
/// The bytes of a pipe. A read of a pipe on which nothing comes cannot be given up, so a thread of its own waits in it, and whoever wants the
/// bytes waits for that thread or for the stop.
/// </summary>
internal sealed class PipedBytes(Stream pipe, CancellationToken stop) : Stream
{
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _come = new(0);

    // The reading thread writes them between the two signals, and nobody else does then.
    private readonly byte[] _block = new byte[FeedLimits.LineReadBytes];
    private int _end;
    private Exception? _broken;

    private Thread? _reading;
    private int _at;
    private bool _isOver;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Throws <see cref="OperationCanceledException"/> at the stop.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_at == _end && !_isOver) Await();
        var read = Math.Min(count, _end - _at);
        _block.AsSpan(_at, read).CopyTo(buffer.AsSpan(offset));
        _at += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A pipe that is still being read is left to the end of the process: closing it would wait for what comes.
    protected override void Dispose(bool disposing)
    {
        if (disposing && _isOver) pipe.Dispose();
        base.Dispose(disposing);
    }

    private void Await()
    {
        if (_reading is null)
        {
            _reading = new(ReadOn) { IsBackground = true, Name = "input" };
            _reading.Start();
        }
        _wanted.Release();
        _come.Wait(stop);
        if (_broken is { } broken) throw new IOException(broken.Message, broken);
        (_at, _isOver) = (0, _end == 0);
    }

    private void ReadOn()
    {
        do
        {
            _wanted.Wait(CancellationToken.None);
            try
            {
                _end = pipe.Read(_block);
            }
            catch (Exception e)
            {
                // Whoever wants the bytes is told, whatever it is; thrown on this thread it would end the process, also where nobody wants them any more.
                (_broken, _end) = (e, 0);
            }
            _come.Release();
        }
        while (_end > 0);
    }
}
