namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The transaction coordinator and the partitions that its markers travel to, each in its own time.</summary>
internal static class Coordination
{
    public static void AddMoves(Turn turn)
    {
        var own = turn.Own;
        if (own.Decision != Decision.Committed) return;
        if (own.HoldsOffsets) turn.Add("has its commit marker written to the offsets", OffsetsMarked(turn.World, turn.Who));
        if (own.HoldsRecords) turn.Add("has its commit marker written to the journal", JournalMarked(turn.World, turn.Who));
    }

    /// <summary>From here on the transaction is committed, whoever knows of it.</summary>
    public static World Decided(World world, int who)
    {
        var own = world.TransactionOf(who);
        var kafka = world.Kafka;
        return world.With(who, own with { Decision = Decision.Committed }) with
        {
            Kafka = kafka with
            {
                Decided = kafka.Decided.Or(own.Steps),
                IsForked = kafka.IsForked || kafka.Decided.Contradicts(own.Steps),
                Visible = Counted(kafka, own.Prompts)
            }
        };
    }

    /// <summary>The open transaction of one engine, if there is one, never was.</summary>
    public static World Aborted(World world, int who) => world.TransactionOf(who).Decision == Decision.Open
        ? Passed(world, who, engine => engine).With(who, default(Transaction))
        : world;

    private static World OffsetsMarked(World world, int who)
    {
        var own = world.TransactionOf(who);
        // An offset written earlier never replaces one written later, whichever marker comes first.
        var committed = Math.Max(world.Kafka.Committed, own.Applied);
        return world.With(who, (own with { HoldsOffsets = false }).Settled()) with { Kafka = world.Kafka with { Committed = committed } };
    }

    private static World JournalMarked(World world, int who)
    {
        var own = world.TransactionOf(who);
        var read = Passed(world, who, engine => engine with { Journal = engine.Journal.Or(own.Steps), Ledger = (byte)(engine.Ledger | own.Prompts) });
        return read.With(who, (own with { HoldsRecords = false }).Settled()) with
        {
            Kafka = world.Kafka with
            {
                Journal = world.Kafka.Journal.Or(own.Steps),
                Listed = (byte)(world.Kafka.Listed | own.Prompts)
            }
        };
    }

    // Whoever waits at the barrier for this transaction goes on, with its records if they are committed.
    private static World Passed(World world, int who, Func<Engine, Engine> read)
    {
        var waiting = world[1 - who];
        return waiting.Awaited == 0 ? world : world.With(1 - who, read(waiting) with { Awaited = 0 });
    }

    private static byte Counted(Broker kafka, byte prompts)
    {
        int visible = kafka.Visible;
        for (var prompt = 0; prompt <= Input.TimerPrompt; prompt++)
            if ((prompts >> prompt & 1) == 1 && kafka.TimesVisible(prompt) < 2)
                visible += 1 << (2 * prompt);
        return (byte)visible;
    }
}
