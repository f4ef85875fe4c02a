namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The exactly-once step protocol: two engines, one lane, Redis, Kafka, and all that can go wrong.</summary>
/// <param name="input">What the lane reads.</param>
/// <param name="faults">What may go wrong, and how often.</param>
/// <param name="guards">The guards that stand.</param>
/// <param name="toleratesGaps">Judge a journal with a gap by what comes of it later.</param>
internal sealed class Protocol(Input input, Faults faults, Guard guards = Guard.Protocol, bool toleratesGaps = false) : Model<World>
{
    private readonly Acquiring _acquiring = new(guards);
    private readonly Stepping _stepping = new(input, guards);
    private readonly Publishing _publishing = new(guards);

    public override World Start => new() { Faults = faults };

    public override void AddMoves(in World world, List<Move<World>> moves)
    {
        for (var who = 0; who < 2; who++)
        {
            var turn = new Turn(world, who, moves);
            _acquiring.AddMoves(turn);
            if (turn.Engine.Phase == Phase.Running)
            {
                _stepping.AddMoves(turn);
                _publishing.AddMoves(turn);
            }
            Coordination.AddMoves(turn);
            Failing.AddMoves(turn);
        }
        Failing.AddMoves(world, moves);
    }

    public override Violation Judge(in World world, bool isAtRest)
    {
        for (var prompt = 0; prompt <= Input.TimerPrompt; prompt++)
            if (world.Kafka.TimesVisible(prompt) > 1)
                return Violation.Duplicate;
        if (world.Kafka.IsForked) return Violation.Fork;
        return isAtRest ? JudgeAtRest(world) : Violation.None;
    }

    private Violation JudgeAtRest(in World world)
    {
        var lane = world.Redis.Lane;
        var published = JudgePublished(world.Kafka, input.PromptsImpliedBy(lane.Users));
        if (published != Violation.None) return published;
        if (world.Kafka.Decided.HasGap || world.Kafka.Decided.End < lane.Step) return toleratesGaps ? Violation.None : Violation.Gap;
        if (input.Fold(world.Kafka.Decided)?.Users != lane.Users) return Violation.WrongState;
        var isWorkedOff = lane.Applied == input.Length && lane.Users.Alarm != Alarm.Armed && world.Kafka.Committed == input.Length;
        return isWorkedOff ? Violation.None : Violation.Stuck;
    }

    private static Violation JudgePublished(Broker kafka, byte implied)
    {
        for (var prompt = 0; prompt <= Input.TimerPrompt; prompt++)
        {
            var isImplied = (implied >> prompt & 1) == 1;
            if (isImplied && kafka.TimesVisible(prompt) == 0) return Violation.Lost;
            if (!isImplied && kafka.TimesVisible(prompt) > 0) return Violation.Phantom;
        }
        return Violation.None;
    }
}

/// <summary>One engine in one world, and where its moves go.</summary>
internal sealed class Turn(World world, int who, List<Move<World>> moves)
{
    public int Who => who;

    public World World => world;

    public Engine Engine => world[who];

    public Transaction Own => world.TransactionOf(who);

    public Transaction Other => world.TransactionOf(1 - who);

    public void Add(string what, World next) => moves.Add(new(what, who, false, next));

    public void Add(string what, Engine engine) => Add(what, world.With(who, engine));

    public void AddFault(string what, World next) => moves.Add(new(what, who, true, next));

    /// <summary>The engine lets go of the lane and forgets it. An open transaction is aborted by whoever comes first.</summary>
    public World Gone(World from) => from.With(who, default(Engine));
}
