namespace StreamEngage.State;

/// <summary>
/// Where the entries of one window stand among a user's words: a run inside <see cref="Capacity"/> places that slides to the right as old entries
/// leave, so that reading is a scan and appending is amortised O(1). Two words large, and stands among the words itself.
/// </summary>
internal struct WindowCell
{
    /// <summary>Index of the window's slot.</summary>
    public int Slot;

    /// <summary>The first word of its places.</summary>
    public int Start;

    /// <summary>Entries it has room for.</summary>
    public ushort Capacity;

    /// <summary>Places left empty before the first entry.</summary>
    public ushort Head;

    public ushort Count;

    /// <summary>Words of one entry.</summary>
    public ushort Stride;
}
