namespace StreamEngage.Tests.ProtocolModel;

/// <summary>Taking a lane over, and letting it go.</summary>
internal sealed class Acquiring(Guard guards)
{
    public void AddMoves(Turn turn)
    {
        var engine = turn.Engine;
        if (engine.Phase is Phase.Out or Phase.Assigned) AddAbortOfLeftover(turn);
        switch (engine.Phase)
        {
            case Phase.Out:
                if (turn.World.Kafka.Owner == turn.Who)
                    turn.Add("is assigned the lane", new Engine { Phase = Phase.Assigned, IsMember = true });
                break;
            case Phase.Assigned:
                if (turn.Own.Decision == Decision.None) AddToken(turn);
                break;
            case Phase.TokenWritten:
                if (!guards.HasFlag(Guard.StableOffset) || !turn.Other.HoldsOffsets)
                    turn.Add("has a stable committed offset", engine with { Phase = Phase.OffsetStable });
                break;
            case Phase.OffsetStable:
                var seen = guards.HasFlag(Guard.EndReadAfterStableOffset) ? EndSeen(turn) : engine;
                turn.Add("reads where the journal ends", seen with { Phase = Phase.AtBarrier });
                break;
            case Phase.AtBarrier:
                if (engine.Awaited == 0) AddStart(turn);
                break;
        }
        AddLeaving(turn);
    }

    // InitTransactions of the same transactional id, or the coordinator's timeout: the dead producer's transaction ends.
    private static void AddAbortOfLeftover(Turn turn)
    {
        if (turn.Own.Decision == Decision.Open)
            turn.Add("ends its left-over transaction", Coordination.Aborted(turn.World, turn.Who));
    }

    private void AddToken(Turn turn)
    {
        var world = turn.World;
        var token = guards.HasFlag(Guard.RandomToken) ? Unused(world) : (byte)(world.Redis.Token + 1);
        var store = world.Redis with { Token = token };
        var view = guards.HasFlag(Guard.UnjournaledStepsInRedis) ? store.Lane : store.Lane with { Unjournaled = default };
        var engine = (guards.HasFlag(Guard.EndReadAfterStableOffset) ? turn.Engine : EndSeen(turn)) with
        {
            Phase = Phase.TokenWritten,
            Token = token,
            View = view
        };
        turn.Add("writes its token and reads the lane", world.Written(store).With(turn.Who, engine));
    }

    // A random token equals no other: the lowest number that nothing holds stands for it, which keeps equal states equal.
    private static byte Unused(in World world)
    {
        byte token = 1;
        while (token == world.Redis.Token || token == world.OneWriteAgo.Token || token == world.TwoWritesAgo.Token
               || token == world.Left.Token || token == world.Right.Token)
            token++;
        return token;
    }

    // Beyond the end that was seen nothing is read: what commits later and stood before it is added when it does.
    private Engine EndSeen(Turn turn)
    {
        var awaited = guards.HasFlag(Guard.JournalBarrier) && turn.Other.HoldsRecords ? 1 << (1 - turn.Who) : 0;
        return turn.Engine with { Awaited = (byte)awaited, Journal = turn.World.Kafka.Journal, Ledger = turn.World.Kafka.Listed };
    }

    // Equal step numbers do not make equal steps: a zombie whose old token came back with Redis may have written its own.
    private void AddStart(Turn turn)
    {
        var engine = turn.Engine;
        if (!guards.HasFlag(Guard.HistoriesCompared) || !engine.View.Unjournaled.Contradicts(engine.Journal))
            turn.Add("reads the journal up to there and runs", Started(turn.World, engine));
        else if (turn.World.Redis.Token == engine.Token)
            turn.Add("finds another history in the journal and empties the lane", Emptied(turn));
        else
            turn.Add("finds another history in the journal, but has lost the token", Fenced(turn, guards));
    }

    private static World Emptied(Turn turn) =>
        turn.World.Written(turn.World.Redis with { Lane = default }).With(turn.Who, turn.Engine with { View = default });

    /// <summary>What the journal lists from the lane's journal position on is published; the rest of the outbox is not.</summary>
    private Engine Started(in World world, Engine engine)
    {
        var view = engine.View;
        var journal = engine.Journal.From(view.Journaled);
        var end = Math.Max(view.Journaled, journal.End);
        var listed = guards.HasFlag(Guard.JournalLedger) ? (byte)(engine.Ledger & ~view.Known) : (byte)0;
        return engine with
        {
            Phase = Phase.Running,
            View = view with
            {
                Applied = guards.HasFlag(Guard.SeekToApplied) ? view.Applied : world.Kafka.Committed,
                Unjournaled = view.Unjournaled.From(end),
                Outbox = (byte)(view.Outbox & ~listed)
            },
            Journal = journal.From(view.Step),
            JournalEnd = end,
            Ledger = listed
        };
    }

    private void AddLeaving(Turn turn)
    {
        var engine = turn.Engine;
        if (engine.Phase != Phase.Out && !engine.IsMember)
            turn.Add("learns that its assignment is lost", turn.Gone(turn.World));
        if (engine.Phase == Phase.Running && guards.HasFlag(Guard.Heartbeat) && engine.Unanswered == Step.Unknown && IsElsewhere(turn.World.Redis, engine))
            turn.Add("finds another token, step or position at its heartbeat", Fenced(turn, guards));
    }

    private bool IsElsewhere(in Store store, in Engine engine) =>
        store.Token != engine.Token
        || store.Lane.Step != engine.View.Step
        || (guards.HasFlag(Guard.PositionInPrepare) && !store.Lane.HasPositionOf(engine.View));

    /// <summary>After a lost fence: ask the group who owns the lane. Without the guard, acquire again on its own belief.</summary>
    public static World Fenced(Turn turn, Guard guards) => guards.HasFlag(Guard.AskGroupAfterLostFence)
        ? turn.Gone(turn.World)
        : turn.World.With(turn.Who, new Engine { Phase = Phase.Assigned, IsMember = turn.Engine.IsMember });
}
