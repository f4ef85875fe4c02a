using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The latest session of a user: open until its timer fires.</summary>
internal sealed class UserSession
{
    public bool IsOpen { get; set; }

    public EventTime Start { get; set; }

    /// <summary>Its latest event; once it has ended, the instant of its end.</summary>
    public EventTime Last { get; set; }

    public long Count { get; set; }

    /// <summary>Sum of the numeric property <c>value</c> of its events.</summary>
    public double Value { get; set; }

    public Utf8Text FirstId { get; set; }

    public Utf8Text FirstType { get; set; }

    public Utf8Text LastType { get; set; }

    public long Duration => Last - Start;
}
