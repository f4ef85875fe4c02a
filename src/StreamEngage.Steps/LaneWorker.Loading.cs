using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <content>Whom a step needs in memory, and how far it can tick with those.</content>
internal sealed partial class LaneWorker
{
    /// <summary>Brings into memory whom the step's records and instants concern. False when the lane cannot go on.</summary>
    private async Task<bool> LoadAsync(LaneStep step, LaneEngine engine, CancellationToken stop)
    {
        if (step is { Towards: { } towards, Tick: null } && !await ReachAsync(step, engine, towards, stop)) return false;
        var target = EventTime.Max(engine.Clock, step.Tick ?? EventTime.Beginning).UnixMilliseconds;
        // Records cannot be given back, so whoever is due among them is needed, however many they are.
        for (var dueMax = _parts.Settings.DueUsers; ; dueMax *= 2)
        {
            var missing = engine.Missing();
            var wantsDue = target > _dueHorizon && step.PendingTick is null;
            if (missing.Count == 0 && !wantsDue) return true;
            var loaded = await _parts.Store.LoadAsync(Lane, missing, wantsDue ? target + LookAheadMilliseconds : null, dueMax, stop);
            if (!Bring(step, engine, missing, loaded)) return false;
            if (wantsDue) _dueHorizon = loaded.Due.Count == dueMax ? loaded.Due[^1].Due - 1 : target + LookAheadMilliseconds;
        }
    }

    /// <summary>
    /// Ticks as far as the users allow who can be loaded at once: to the last one's due time, since each is decided at its own. Where the first is a
    /// misfire all are decided at the tick itself, so the step goes there at once and the next one again, for the others.
    /// </summary>
    private async Task<bool> ReachAsync(LaneStep step, LaneEngine engine, EventTime towards, CancellationToken stop)
    {
        var reach = towards;
        if (towards.UnixMilliseconds > _dueHorizon)
        {
            var through = towards.UnixMilliseconds + LookAheadMilliseconds;
            var loaded = await _parts.Store.LoadAsync(Lane, [], through, _parts.Settings.DueUsers, stop);
            if (!Bring(step, engine, [], loaded)) return false;
            var isFull = loaded.Due.Count == _parts.Settings.DueUsers;
            _dueHorizon = isFull ? loaded.Due[^1].Due - 1 : through;
            if (_dueHorizon < towards.UnixMilliseconds)
            {
                step.PendingTick = towards;
                var isMisfire = towards.UnixMilliseconds - loaded.Due[0].Due > engine.Time.MisfireAfterMilliseconds;
                if (!isMisfire) reach = EventTime.Max(engine.Clock, new(loaded.Due[^1].Due));
            }
        }
        step.Tick = engine.Pass(reach + engine.Time.DisorderMilliseconds);
        return true;
    }

    private bool Bring(LaneStep step, LaneEngine engine, List<Utf8Text> missing, LoadedUsers loaded)
    {
        if (loaded.Mark != new LaneMark(_token, _storeStep))
        {
            Lose("another owner has the lane, or the store lost its last steps");
            return false;
        }
        for (var i = 0; i < missing.Count; i++)
            if (!Bring(engine, missing[i], loaded.Records[i])) return false;
        foreach (var due in loaded.Due)
        {
            if (!Bring(engine, due.User, due.Record)) return false;
            if (!LaneEngine.IsOwn(due.Record.Span, _head!.Epoch)) step.Strangers.Add(due.User);
        }
        return true;
    }

    private bool Bring(LaneEngine engine, Utf8Text user, ReadOnlyMemory<byte> record)
    {
        if (engine.TryBring(user, record.Span, _head!.Epoch)) return true;
        Park("a user's record is broken, or was written by a newer version of the engine");
        return false;
    }
}
