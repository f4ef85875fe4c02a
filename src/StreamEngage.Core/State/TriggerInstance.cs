using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What one trigger knows of one user and one value of its key: what is under way, and what was sent. Given back as soon as it knows nothing.
/// </summary>
internal sealed class TriggerInstance
{
    private const long Never = long.MinValue;
    // So that an instance given to one key after another rarely needs new bytes.
    private const int KeyBytesMin = 16;

    private byte[] _keyBytes = [];
    private double _keyNumber;
    private int _keyLength;
    private ValueKind _keyKind;
    private long _lastSent = Never;
    private long _latest = Never;

    public UserState User { get; private set; } = null!;

    /// <summary>Index of the trigger in the compiled rulebook.</summary>
    public int Trigger { get; private set; }

    /// <summary>The value of the trigger's <c>per</c>, with bytes of its own; null for the missing key and for triggers without one.</summary>
    public Value Key => _keyKind switch
    {
        ValueKind.Text => Value.Of(new Utf8Text(_keyBytes, 0, _keyLength)),
        ValueKind.Number => Value.Of(_keyNumber),
        ValueKind.Boolean => Value.Of(_keyNumber != 0),
        _ => Value.Null,
    };

    /// <summary>It has had a text as its key, and has room for another one.</summary>
    public bool HasKeyBytes => _keyBytes.Length > 0;

    /// <summary>Absences armed or fired, oldest first; for a pattern its partial matches. Fields, so that they are changed in place.</summary>
    public Handful<ArmedAbsence> Absences;

    public Handful<PartialMatch> Partials;

    /// <summary>When the trigger last sent here, or null.</summary>
    public EventTime? LastSent
    {
        get => _lastSent == Never ? null : new(_lastSent);
        set => _lastSent = value is { } at ? at.UnixMilliseconds : Never;
    }

    /// <summary>Of <c>reentry: once | after_exit</c>: a prompt was sent and nothing has lifted the block.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Of a silence: the latest event of its set, armed or not.</summary>
    public EventTime? Latest
    {
        get => _latest == Never ? null : new(_latest);
        set => _latest = value is { } at ? at.UnixMilliseconds : Never;
    }

    /// <summary>Candidates of it that are held.</summary>
    public int HeldCount { get; set; }

    /// <summary>A journey of it is under way: one of <see cref="UserState.Journeys"/>.</summary>
    public bool IsInJourney { get; set; }

    public bool KnowsNothing =>
        HeldCount == 0 && !IsInJourney && Absences.Count == 0 && Partials.Count == 0 && LastSent is null && !IsBlocked && Latest is null;

    /// <summary>Makes an instance that knows nothing the one of another user, trigger and key.</summary>
    public void Become(UserState user, int trigger, in Value key)
    {
        (User, Trigger) = (user, trigger);
        _keyKind = key.Kind == ValueKind.List ? ValueKind.Null : key.Kind;
        _keyNumber = key.Number;
        var text = key.Text.Span;
        if (_keyBytes.Length < text.Length) _keyBytes = new byte[Math.Max(KeyBytesMin, text.Length)];
        text.CopyTo(_keyBytes);
        _keyLength = text.Length;
    }
}

/// <summary>Something of a trigger that waits: it holds what it captured and is, armed, its own timer.</summary>
internal abstract class Progress(TimerPurpose purpose = TimerPurpose.Trigger) : LaneTimer(purpose)
{
    /// <summary>A field, not a property, so that it is changed in place.</summary>
    public Capture Captured;

    public TriggerInstance Instance { get; set; } = null!;

    public override UserState User => Instance.User;
}

/// <summary>One arming event and its deadline.</summary>
internal sealed class ArmedAbsence : Progress
{
    public EventTime ArmedAt { get; set; }

    /// <summary>The last instant, included, at which a cancelling event counts.</summary>
    public EventTime Deadline { get; set; }

    /// <summary>Until when, included, the prompt that went out when it fired may be taken back; null when none did.</summary>
    public EventTime? SentUntil { get; set; }
}

/// <summary>The events a pattern has taken so far, and the continuations that are still open.</summary>
internal sealed class PartialMatch : Progress
{
    /// <summary>Index of the step that took the last event.</summary>
    public int Step { get; set; }

    /// <summary>How many events that step has taken.</summary>
    public int TakenByStep { get; set; }

    /// <summary>Bit k: continuation k of the step is open. Bit 0 is its loop, bit k the k-th step that may follow.</summary>
    public ulong Open { get; set; }

    /// <summary>A finished match waiting for the end of the time in which its last <c>not</c> may still come.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>True until one more event has been seen: strict continuations and nots look at that one only.</summary>
    public bool IsFresh { get; set; }

    public EventTime FirstAt { get; set; }

    public EventTime LastAt { get; set; }

    /// <summary>When the last event before the current step's was taken.</summary>
    public EventTime StepFrom { get; set; }

    /// <summary>Place of the first event among those the user's lane applied to this user.</summary>
    public long FirstSequence { get; set; }

    public long LastSequence { get; set; }

    /// <summary>Place of the first and the last event of the step that a skip strategy names; -1 while it took none.</summary>
    public long SkipFirstSequence { get; set; } = -1;

    public long SkipLastSequence { get; set; } = -1;
}
