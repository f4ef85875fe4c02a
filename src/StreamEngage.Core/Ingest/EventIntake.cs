using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Ingest;

/// <summary>
/// Places decoded events in time: judges them, holds them for <c>disorder</c>, and adds them to a batch in the order they are applied, each
/// stamped with the clock it is applied at. One a source; not thread-safe.
/// </summary>
internal sealed class EventIntake(EventSchema schema, TimePolicy policy)
{
    private readonly PriorityQueue<HeldEvent, (long At, long Arrival)> _held = new();
    // A user's word on being prompted counts however late it comes: it is ordered by its own time, and nothing but itself reads it. Who somebody is, and
    // that somebody is to be forgotten, is true from where it stands in the stream, whatever its time.
    private readonly int[] _words =
    [
        schema.TypeOf(EventTypes.ConsentUpdate), schema.TypeOf(EventTypes.ChannelUpdate), schema.TypeOf(EventTypes.PromptOutcome),
        schema.TypeOf(EventTypes.Identify), schema.TypeOf(EventTypes.Erase),
    ];

    private long _arrivals;

    public StreamClock Clock { get; } = new(policy);

    /// <summary>Held events in the order of their release.</summary>
    public IEnumerable<HeldEvent> Held => _held.UnorderedItems
        .OrderBy(item => item.Priority.At).ThenBy(item => item.Priority.Arrival).Select(item => item.Element);

    /// <summary>The earliest held event; null: none is held.</summary>
    public EventTime? EarliestHeld => _held.TryPeek(out var next, out _) ? next.At : null;

    /// <summary>Offers one event; what the clock has passed by it is added to <paramref name="batch"/>.</summary>
    /// <param name="decoded">The event, whose bytes live in <paramref name="batch"/>.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="ingested">When its record was taken in; bounds how far ahead it may be.</param>
    /// <param name="batch">Receives what is to be applied.</param>
    public Admission Offer(
        in DecodedEvent decoded, in PropertyRun properties, EventTime ingested, EventBatch batch)
    {
        var verdict = Clock.Judge(decoded.At, ingested);
        if (verdict == Admission.TooLate && _words.AsSpan().Contains(decoded.Type)) batch.Add(decoded, properties, Clock.Now);
        if (verdict != Admission.Admitted) return verdict;
        var target = Clock.After(decoded.At);
        Release(target, batch);
        Clock.MoveTo(target);
        if (decoded.At <= target) batch.Add(decoded, properties, target);
        else Hold(new(decoded, properties, schema.SlotCount(decoded.Type)));
        return verdict;
    }

    /// <summary>Holds an event again that was held when the engine stopped.</summary>
    public void Hold(HeldEvent held) => _held.Enqueue(held, (held.At.UnixMilliseconds, _arrivals++));

    /// <summary>A tick: the clock moves to <paramref name="clock"/>.</summary>
    public void Pass(EventTime clock, EventBatch batch)
    {
        Release(clock, batch);
        Clock.MoveTo(clock);
    }

    /// <summary>End of input: nothing earlier can come, so everything held is applied.</summary>
    public void ReleaseAll(EventBatch batch) => Release(new(long.MaxValue), batch);

    private void Release(EventTime target, EventBatch batch)
    {
        while (_held.TryPeek(out var next, out _) && next.At <= target)
        {
            _held.Dequeue();
            Clock.MoveTo(next.At);
            batch.Add(next.Released(Clock.Now));
        }
    }
}
