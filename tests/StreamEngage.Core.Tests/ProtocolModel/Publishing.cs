namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The publisher: one transaction with the prompts, the journal record and the offset.</summary>
internal sealed class Publishing(Guard guards)
{
    public void AddMoves(Turn turn)
    {
        if (!guards.HasFlag(Guard.MetadataNoNewerThanLane) && !turn.Engine.IsMember)
            turn.Add("takes the group metadata of a generation in which the lane is not its own", turn.Engine with { IsMember = true });
        if (!turn.Engine.IsPublishing) AddBegin(turn);
        else if (turn.Own.Decision != Decision.Open) turn.Add("finds its producer fenced", turn.Gone(turn.World));
        else AddRest(turn);
    }

    private void AddBegin(Turn turn)
    {
        var engine = turn.Engine;
        if (turn.Own.Decision != Decision.None || engine.IsReplaying) return;
        if (engine.View.Step <= engine.JournalEnd && engine.Unpublished == 0) return;
        var begun = new Transaction(Decision.Open, false, false, engine.View.Unjournaled, engine.View.Step, engine.Unpublished, engine.View.Applied);
        var world = turn.World.With(turn.Who, engine with { IsPublishing = true });
        AddRecords(turn, world, begun);
        AddOffsets(turn, world, begun);
    }

    private void AddRest(Turn turn)
    {
        var own = turn.Own;
        if (!own.HoldsRecords) AddRecords(turn, turn.World, own);
        if (!own.HoldsOffsets) AddOffsets(turn, turn.World, own);
        if (!own.HoldsRecords || !own.HoldsOffsets) return;
        if (guards.HasFlag(Guard.RedisAskedBeforeCommit) && !turn.Engine.HasAsked) AddQuestion(turn);
        else AddCommit(turn);
    }

    private void AddQuestion(Turn turn)
    {
        var engine = turn.Engine;
        var stands = turn.World.Redis.Token == engine.Token && turn.World.Redis.Lane.Step == engine.View.Step;
        if (stands) turn.Add("asks Redis: its step stands", engine with { HasAsked = true });
        else turn.Add("asks Redis: its step is gone", Acquiring.Fenced(turn, guards));
    }

    private static void AddRecords(Turn turn, World world, Transaction own) =>
        turn.Add("writes prompts and journal record", world.With(turn.Who, own with { HoldsRecords = true }));

    private void AddOffsets(Turn turn, World world, Transaction own)
    {
        if (guards.HasFlag(Guard.FlushBeforeOffsets) && !own.HoldsRecords) return;
        if (turn.Engine.IsMember || !guards.HasFlag(Guard.GenerationFence))
            turn.Add("sends offsets to the transaction", world.With(turn.Who, own with { HoldsOffsets = true }));
        else
            turn.Add("sends offsets of an old generation: refused", turn.Gone(Coordination.Aborted(turn.World, turn.Who)));
    }

    private void AddCommit(Turn turn)
    {
        var decided = Coordination.Decided(turn.World, turn.Who);
        turn.Add("commits", decided.With(turn.Who, Published(turn)));
        if (turn.World.Faults.LostReplies == 0) return;
        var fewer = turn.World.Faults with { LostReplies = (byte)(turn.World.Faults.LostReplies - 1) };
        turn.AddFault("commits: the reply is lost", AfterUnknown(turn, decided) with { Faults = fewer });
        turn.AddFault("commits: the request is lost", AfterUnknown(turn, turn.World) with { Faults = fewer });
    }

    private World AfterUnknown(Turn turn, World world)
    {
        if (!guards.HasFlag(Guard.UnknownIsNotFailure))
            return Coordination.Aborted(world, turn.Who).With(turn.Who, turn.Engine with { IsPublishing = false, HasAsked = false });
        if (!guards.HasFlag(Guard.UnknownIsNotSuccess))
            return Coordination.Aborted(world, turn.Who).With(turn.Who, Published(turn));
        return turn.Gone(world);
    }

    private Engine Published(Turn turn)
    {
        var engine = turn.Engine;
        var own = turn.Own;
        return engine with
        {
            IsPublishing = false,
            HasAsked = false,
            View = engine.View with { Outbox = (byte)(engine.View.Outbox & ~own.Prompts), Unjournaled = engine.View.Unjournaled.From(own.End) },
            JournalEnd = own.End,
            Ledger = (byte)(engine.Ledger | own.Prompts)
        };
    }
}
