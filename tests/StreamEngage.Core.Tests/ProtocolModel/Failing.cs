namespace StreamEngage.Tests.ProtocolModel;

/// <summary>What may go wrong at any moment while the budget lasts.</summary>
internal static class Failing
{
    public static void AddMoves(Turn turn)
    {
        var world = turn.World;
        var faults = world.Faults;
        if (faults.Crashes > 0 && turn.Engine.Phase != Phase.Out)
            turn.AddFault("crashes", turn.Gone(world) with { Faults = faults with { Crashes = (byte)(faults.Crashes - 1) } });
        if (faults.Timeouts > 0 && turn.Own.Decision == Decision.Open && turn.Engine.IsPublishing)
            turn.AddFault(
                "has its transaction timed out by the coordinator",
                Coordination.Aborted(world, turn.Who) with { Faults = faults with { Timeouts = (byte)(faults.Timeouts - 1) } });
    }

    public static void AddMoves(World world, List<Move<World>> moves)
    {
        if (world.Faults.Rebalances > 0) moves.Add(new("the group gives the lane to the other engine", -1, true, Rebalanced(world)));
        if (world.Faults.Losses == 0) return;
        AddLoss("Redis loses its last write", world.OneWriteAgo);
        AddLoss("Redis loses its last two writes", world.TwoWritesAgo);
        AddLoss("Redis loses everything", default);

        void AddLoss(string what, Store left)
        {
            if (left != world.Redis) moves.Add(new(what, -1, true, Lost(world, left)));
        }
    }

    private static World Rebalanced(World world) => world with
    {
        Left = world.Left with { IsMember = false },
        Right = world.Right with { IsMember = false },
        Kafka = world.Kafka with { Owner = (byte)(1 - world.Kafka.Owner) },
        Faults = world.Faults with { Rebalances = (byte)(world.Faults.Rebalances - 1) }
    };

    private static World Lost(World world, Store left)
    {
        var losses = (byte)(world.Faults.Losses - 1);
        // A past that cannot come back is forgotten, so that states which differ only in it are one.
        var after = losses > 0 ? world : world with { OneWriteAgo = default, TwoWritesAgo = default };
        return after with { Redis = left, Faults = world.Faults with { Losses = losses } };
    }
}
