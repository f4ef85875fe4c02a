using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <content>What the next step is made of.</content>
internal sealed partial class LaneWorker
{
    /// <summary>The records of the next journaled step, in the order they had: all of them, or the first part of many.</summary>
    private LaneStep? NextToReplay()
    {
        var told = _replay.Peek();
        var step = new LaneStep(_head!) { UserRate = told.UserRate, Unfit = told.Unfit };
        Take(step, told.Applied);
        // A topic may end before the place that the journal names: its newest records were removed.
        var isWhole = Inbox.IsBehind(step.Applied, told.Applied);
        if (!isWhole && step.Records.Count == 0 && GetsNoMore) Inbox.Forgo(told.Applied);
        if (!isWhole) return step.Records.Count == 0 ? null : step;
        step.Applied = told.Applied;
        step.Told = told;
        step.Number = told.Number;
        return step;
    }

    private LaneStep? NextToTake(DateTimeOffset now)
    {
        if (_parts.Settings.Ticks && now - _lastTick >= _parts.Settings.Tick)
        {
            _lastTick = now;
            if (NextTick(now) is { } tick) return Ticking(tick);
        }
        if (Inbox.Count == 0 && now - _lastStep >= _parts.Settings.Heartbeat && Outbox.Settled().Keys.Count > 0) return new(_head!);
        if (Inbox.Count == 0) return null;
        // Ticks that found nothing to do were not written; an event that comes after them must find the clock where they left it.
        if (_idleTick > _engine!.Clock) return Ticking(_idleTick);
        var step = new LaneStep(_head!) { Number = _head!.Number + 1 };
        Take(step, until: null);
        if (step.Records.Count == 0) return null;
        step.Unfit = _faults.UnfitOf(step.Records);
        step.UserRate = _parts.Topics.IsExchange(step.Records[0].Topic) ? null : _parts.Settings.UserRate;
        return step;
    }

    /// <summary>
    /// The wall clock where all that arrived is applied, else the broker's time of the newest record: nothing fires before what may cancel it is read.
    /// </summary>
    /// <returns>Null: nothing is due by then.</returns>
    private EventTime? NextTick(DateTimeOffset now)
    {
        var wall = now.ToUnixTimeMilliseconds();
        // A record stamped in the future is no reason to fire early.
        var progress = Inbox.IsCaughtUp ? wall : Math.Min(_newestTimestamp, wall);
        var tick = new EventTime(progress) - _engine!.Time.DisorderMilliseconds;
        if (progress == 0 || tick <= _engine.Clock) return null;
        if (_engine.HasDue(tick) || tick.UnixMilliseconds > _dueHorizon) return tick;
        if (Inbox.IsCaughtUp) _idleTick = tick;
        return null;
    }

    private LaneStep Ticking(EventTime towards) => new(_head!) { Number = _head!.Number + 1, Towards = towards };

    /// <summary>What changes how others are decided is taken in steps of its own: a step's events are all decided under the same, also part by part.</summary>
    private void Take(LaneStep step, InputPosition? until)
    {
        // A step that is made again has the order that it had, for which all of it has to be there.
        var isForced = until is null && GetsNoMore;
        var bytes = 0L;
        // What overflows costs next to nothing, and others' events wait behind it.
        var most = _parts.Settings.BatchRecords + Math.Min(_overflowed, OverflowedMax * _parts.Settings.BatchRecords);
        most = _faults.Most(most);
        while (step.Records.Count < most && bytes < _parts.Settings.BatchBytes
            && Next(step, until, isForced) is { } topic)
        {
            if (step.Records.Count > 0 && SortOf(Inbox.Peek(topic)) != SortOf(step.Records[0])) break;
            // Another rulebook is in force between two steps, so nothing else is in the step that brings it.
            var bringsRulebook = BringsRulebook(topic);
            if (bringsRulebook && step.Records.Count > 0) break;
            var record = Inbox.Take(topic);
            bytes += record.Value.Length;
            // Read again from an earlier place, it may come with what is applied already.
            if (record.Offset < step.Applied[record.Topic]) continue;
            step.Applied = step.Applied.With(record.Topic, record.Offset + 1);
            _newestTimestamp = Math.Max(_newestTimestamp, record.Timestamp);
            step.Records.Add(record);
            if (bringsRulebook) break;
        }
    }

    private (bool IsTold, bool IsOfUser) SortOf(in InputRecord record) =>
        _parts.Topics.IsExchange(record.Topic) ? (true, LaneMessage.IsOfUser(record.Value)) : (false, true);

    private bool BringsRulebook(int topic) => _parts.Topics.IsExchange(topic) && LaneMessage.IsOf(Inbox.Peek(topic).Value, MessageKind.Rulebook);

    /// <summary>The lane goes on with its events while a rulebook is prepared: where it takes the message is told by what is applied, as always.</summary>
    private int? Next(LaneStep step, InputPosition? until, bool isForced)
    {
        var topic = Inbox.Next(step.Applied, until, isForced);
        return topic is not { } exchange || until is not null || !BringsRulebook(exchange) || _succession.IsReady(Inbox.Peek(exchange), _engine!)
            ? topic : Inbox.Next(step.Applied, until, isForced, without: exchange);
    }
}
