namespace StreamEngage.State;

/// <summary>How two entries of a window become one when they must, and what an entry carries.</summary>
internal enum WindowContent : byte
{
    /// <summary>Times only.</summary>
    Times,

    /// <summary>Numbers whose total is kept.</summary>
    Sum,

    /// <summary>Numbers whose least is kept.</summary>
    Least,

    /// <summary>Numbers whose greatest is kept.</summary>
    Greatest,

    /// <summary>Identities of values.</summary>
    Identities,

    /// <summary>The values themselves; merged, the earlier stays.</summary>
    FirstValue,

    /// <summary>The values themselves; merged, the later stays.</summary>
    LastValue,
}

/// <summary>
/// The layout of one window that triggers share: compiled once, the same for every user. A user who never had such an event stores nothing.
/// </summary>
internal sealed class WindowSlot(WindowContent content, bool isKeyed)
{
    private const int ManyWindows = 8;

    public required int Index { get; init; }

    /// <summary>How many windows a user can have, this one among them.</summary>
    public int Among { get; set; } = 1;

    /// <summary>A user can have so many windows that moving them for each one that is opened costs more than room for all.</summary>
    public bool IsAmongMany => Among >= ManyWindows;

    /// <summary>Entries that a window gets room for when it is opened.</summary>
    public int EntriesAtFirst => IsAmongMany ? 4 : 1;

    /// <summary>Stable across rulebook versions: hash of the canonical expression the slot serves.</summary>
    public required uint Identity { get; init; }

    public WindowContent Content { get; } = content;

    /// <summary>Entries carry the identity of a property, to be counted by.</summary>
    public bool IsKeyed { get; } = isKeyed;

    /// <summary>One entry a UTC day (and key).</summary>
    public required bool IsDaily { get; init; }

    /// <summary>Milliseconds that the longest reader looks back; long.MaxValue / 4 where one looks back for ever.</summary>
    public long RetentionMilliseconds { get; set; }

    /// <summary>How many of the newest entries the readers need: a threshold <c>count >= n</c> needs n.</summary>
    public int EntriesNeeded { get; set; }

    public bool HoldsValues { get; } = IsOfValues(content);

    public bool HoldsWord { get; } = IsOfWords(content);

    /// <summary>Every sample is an entry of words alone.</summary>
    public bool IsPlain => !IsDaily && !HoldsValues;

    /// <summary>Words of one entry: time and weight, then the number or identity, then the key.</summary>
    public int Stride { get; } = 1 + (IsOfWords(content) ? 1 : 0) + (isKeyed ? 1 : 0);

    public int KeyWord { get; } = IsOfWords(content) ? 2 : 1;

    private static bool IsOfValues(WindowContent content) => content is WindowContent.FirstValue or WindowContent.LastValue;

    private static bool IsOfWords(WindowContent content) => content != WindowContent.Times && !IsOfValues(content);
}

/// <summary>What one event adds to a window.</summary>
internal readonly record struct WindowSample(long At, long Word, ulong Key, Events.Value Value);

/// <summary>The instants between which events are forgotten by a window.</summary>
/// <param name="Clock">Where the clock stands.</param>
/// <param name="Lateness">How far back a late event may still read.</param>
internal readonly record struct WindowHorizon(long Clock, long Lateness);
