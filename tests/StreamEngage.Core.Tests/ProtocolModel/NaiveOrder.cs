namespace StreamEngage.Tests.ProtocolModel;

/// <summary>One write of an engine without a step protocol. What one value names is atomic.</summary>
internal enum Write : byte
{
    Prompts,
    State,
    Offset,
    StateWithOffset,
    PromptsAndOffset,
    Everything
}

/// <summary>An engine between two writes, and the two stores. Without a number of its own, where to resume is Kafka's committed offset.</summary>
/// <param name="Users">The state in the store.</param>
/// <param name="Position">Where a restart resumes.</param>
/// <param name="Visible">How often each prompt was published, two bits each.</param>
/// <param name="Decided">What the engine has decided and is writing.</param>
/// <param name="Written">How many of its writes are done.</param>
/// <param name="IsDeciding">Nothing is being written.</param>
/// <param name="Crashes">How often it may still crash.</param>
internal readonly record struct NaiveWorld(
    Users Users, byte Position, byte Visible, Outcome Decided, byte Written, bool IsDeciding, byte Crashes)
{
    public int TimesVisible(int prompt) => (Visible >> (2 * prompt)) & 3;
}

/// <summary>The orders of writing that come to mind first: one engine, crashes, nothing else.</summary>
internal sealed class NaiveOrder(Input input, byte crashes, params Write[] writes) : Model<NaiveWorld>
{
    public override NaiveWorld Start => new() { IsDeciding = true, Crashes = crashes };

    public override void AddMoves(in NaiveWorld world, List<Move<NaiveWorld>> moves)
    {
        if (world.IsDeciding)
        {
            foreach (var step in (ReadOnlySpan<Step>)[Step.Event, Step.Tick])
                if (input.IsPossible(world.Users, world.Position, step))
                    moves.Add(new(
                        step == Step.Tick ? "decides: the timer fires" : "decides the next event", 0, false,
                        world with { IsDeciding = false, Decided = input.Apply(world.Users, world.Position, step) }));
            return;
        }
        var write = writes[world.Written];
        moves.Add(new(Words(write), 0, false, Advanced(Done(world, write))));
        if (world.Crashes > 0) moves.Add(new("crashes", 0, true, Forgotten(world) with { Crashes = (byte)(world.Crashes - 1) }));
    }

    public override Violation Judge(in NaiveWorld world, bool isAtRest)
    {
        var implied = input.PromptsImpliedBy(world.Users);
        for (var prompt = 0; prompt <= Input.TimerPrompt; prompt++)
        {
            var isImplied = (implied >> prompt & 1) == 1;
            if (world.TimesVisible(prompt) > 1) return Violation.Duplicate;
            if (isAtRest && isImplied && world.TimesVisible(prompt) == 0) return Violation.Lost;
            if (isAtRest && !isImplied && world.TimesVisible(prompt) > 0) return Violation.Phantom;
        }
        return isAtRest && !IsOutcomeOfInput(world.Users) ? Violation.WrongState : Violation.None;
    }

    private bool IsOutcomeOfInput(Users users)
    {
        var plain = new StepLog();
        for (var offset = 0; offset < input.Length; offset++) plain = plain.With(offset, Step.Event);
        return Enumerable.Range(1, input.Length).Select(at => Ticked(plain, at)).Prepend(plain)
            .Any(log => input.Fold(log)?.Users is { } folded && folded == users && folded.Alarm != Alarm.Armed);
    }

    private static StepLog Ticked(StepLog log, int at)
    {
        var ticked = log.With(at, Step.Tick);
        for (var number = at; number < log.End; number++) ticked = ticked.With(number + 1, log[number]);
        return ticked;
    }

    private static NaiveWorld Done(in NaiveWorld world, Write write)
    {
        var after = world;
        if (write is Write.Prompts or Write.PromptsAndOffset or Write.Everything)
            for (var prompt = 0; prompt <= Input.TimerPrompt; prompt++)
                if ((world.Decided.Prompts >> prompt & 1) == 1 && world.TimesVisible(prompt) < 2)
                    after = after with { Visible = (byte)(after.Visible + (1 << (2 * prompt))) };
        if (write is Write.State or Write.StateWithOffset or Write.Everything) after = after with { Users = world.Decided.Users };
        if (write is not (Write.State or Write.Prompts)) after = after with { Position = world.Decided.Applied };
        return after;
    }

    private NaiveWorld Advanced(in NaiveWorld world) =>
        world.Written + 1 == writes.Length ? Forgotten(world) : world with { Written = (byte)(world.Written + 1) };

    private static NaiveWorld Forgotten(in NaiveWorld world) => world with { Written = 0, IsDeciding = true, Decided = default };

    private static string Words(Write write) => write switch
    {
        Write.Prompts => "publishes the prompts",
        Write.State => "writes the state",
        Write.Offset => "commits the offset",
        Write.StateWithOffset => "writes the state and the offset it stands for",
        Write.PromptsAndOffset => "commits prompts and offset in one transaction",
        _ => "commits prompts, offset and state in one transaction"
    };
}
