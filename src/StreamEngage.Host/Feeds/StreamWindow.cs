namespace StreamEngage.Host.Feeds;

/// <summary>A buffer over a stream, of which [start, end) is read and not yet consumed.</summary>
internal static class StreamWindow
{
    /// <summary>Reads on behind what is unread, which moves to the front; a full buffer grows. False at the end of the stream.</summary>
    public static bool Fill(Stream stream, ref byte[] buffer, ref int start, ref int end)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }
}
