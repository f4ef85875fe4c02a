using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The latest session of a user: open until its timer, which it is itself, fires.</summary>
internal sealed class UserSession(UserState user) : LaneTimer(TimerPurpose.SessionEnd)
{
    private const int IdBytesMin = 16;

    private byte[] _firstId = [];
    private int _firstIdLength;

    public override UserState User => user;

    public bool IsOpen { get; set; }

    public EventTime Start { get; set; }

    /// <summary>Its latest event; once it has ended, the instant of its end.</summary>
    public EventTime Last { get; set; }

    public long Count { get; set; }

    /// <summary>Sum of the numeric property <c>value</c> of its events.</summary>
    public double Value { get; set; }

    /// <summary>Id of its first event, in bytes that the next session of the user writes over.</summary>
    public Utf8Text FirstId
    {
        get => new(_firstId, 0, _firstIdLength);
        set
        {
            if (_firstId.Length < value.Length) _firstId = new byte[Math.Max(IdBytesMin, value.Length)];
            value.Span.CopyTo(_firstId);
            _firstIdLength = value.Length;
        }
    }

    public Utf8Text FirstType { get; set; }

    public Utf8Text LastType { get; set; }

    public long Duration => Last - Start;
}
