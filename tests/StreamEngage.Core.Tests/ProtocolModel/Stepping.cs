namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The lane worker: it decides a step and prepares it in Redis.</summary>
internal sealed class Stepping(Input input, Guard guards)
{
    public void AddMoves(Turn turn)
    {
        var engine = turn.Engine;
        if (engine.Unanswered != Step.Unknown)
        {
            AddRetry(turn, engine.Unanswered);
            return;
        }
        if (engine.Ledger != 0 && !engine.IsReplaying) AddTrim(turn);
        var recorded = engine.Journal[engine.View.Step];
        var isBound = engine.IsReplaying && recorded != Step.Unknown && guards.HasFlag(Guard.JournalClock);
        foreach (var step in (ReadOnlySpan<Step>)[Step.Event, Step.Tick])
            if ((!isBound || step == recorded) && input.IsPossible(engine.View.Users, engine.View.Applied, step) && engine.View.Step < StepLog.Capacity)
                AddPrepare(turn, step);
    }

    private void AddPrepare(Turn turn, Step step)
    {
        var world = turn.World;
        var engine = turn.Engine;
        if (!IsAccepted(world.Redis, engine))
        {
            turn.Add(Words(step).Refused, Acquiring.Fenced(turn, guards));
            return;
        }
        var written = world.Written(Prepared(turn, engine, step));
        turn.Add(Words(step).Done, written.With(turn.Who, Advanced(engine, engine, step)));
        if (world.Faults.LostReplies == 0) return;
        var unanswered = engine with { Unanswered = step, SentEnd = engine.JournalEnd, SentLedger = engine.Ledger };
        turn.AddFault(Words(step).Unanswered, written.With(turn.Who, unanswered) with { Faults = Fewer(world.Faults) });
    }

    // The trim of an idle lane, which would else keep prompts for longer than the journal keeps their ids.
    // It is no step, so that only the journal position tells whether Redis has lost it.
    private void AddTrim(Turn turn)
    {
        var engine = turn.Engine;
        var store = turn.World.Redis;
        if (!IsAccepted(store, engine))
        {
            turn.Add("trims: refused", Acquiring.Fenced(turn, guards));
            return;
        }
        var trimmed = store with
        {
            Lane = store.Lane with
            {
                Outbox = (byte)(store.Lane.Outbox & ~engine.Ledger),
                Unjournaled = store.Lane.Unjournaled.From(engine.JournalEnd),
                Journaled = engine.JournalEnd,
                Known = (byte)(engine.View.Known | engine.Ledger)
            }
        };
        var view = engine.View with { Journaled = trimmed.Lane.Journaled, Known = trimmed.Lane.Known };
        turn.Add("trims", turn.World.Written(trimmed).With(turn.Who, engine with { View = view, Ledger = 0 }));
    }

    // The step id holds the token, so that a store which has another token knows no step of this engine.
    private void AddRetry(Turn turn, Step step)
    {
        var world = turn.World;
        var engine = turn.Engine;
        var sent = guards.HasFlag(Guard.RetryIsWhatWasSent) ? engine.AsSent : engine;
        var isThere = world.Redis.Token == engine.Token && world.Redis.Lane.Step == engine.View.Step + 1;
        if (isThere && guards.HasFlag(Guard.StepIdAnswersAlready))
            turn.Add(Words(step).Already, Advanced(engine, sent, step));
        else if (IsAccepted(world.Redis, engine))
            turn.Add(Words(step).Again, world.Written(Prepared(turn, sent, step)).With(turn.Who, Advanced(engine, sent, step)));
        else
            turn.Add(Words(step).RefusedAgain, Acquiring.Fenced(turn, guards));
    }

    private bool IsAccepted(in Store store, in Engine engine) =>
        (!guards.HasFlag(Guard.TokenInPrepare) || store.Token == engine.Token)
        && (!guards.HasFlag(Guard.StepInPrepare) || store.Lane.Step == engine.View.Step)
        && (!guards.HasFlag(Guard.PositionInPrepare) || store.Lane.HasPositionOf(engine.View));

    /// <summary>The script: one user's record, the outbox by id, the rest as the engine says.</summary>
    private Store Prepared(Turn turn, in Engine sent, Step step)
    {
        var store = turn.World.Redis;
        var outcome = Decided(sent, step);
        var told = Told(sent, step);
        return store with
        {
            Lane = told with
            {
                Users = store.Lane.Users.Overwritten(outcome.Touched, outcome.Users),
                Unjournaled = store.Lane.Unjournaled.With(sent.View.Step, step).From(told.Journaled),
                Outbox = (byte)((store.Lane.Outbox | outcome.Prompts) & ~Trimmed(turn, sent))
            }
        };
    }

    /// <summary>The engine after the reply. It may have published more since it sent the step: only what that step trimmed is forgotten.</summary>
    private Engine Advanced(in Engine engine, in Engine sent, Step step)
    {
        var told = Told(sent, step);
        var after = engine with
        {
            View = told with { Unjournaled = told.Unjournaled.From(engine.JournalEnd) },
            Unanswered = Step.Unknown,
            SentEnd = 0,
            SentLedger = 0
        };
        if (after.IsReplaying) return after with { Journal = after.Journal.From(after.View.Step) };
        return after with { Journal = default, Ledger = (byte)(engine.Ledger & ~sent.Ledger) };
    }

    private Lane Told(in Engine sent, Step step)
    {
        var view = sent.View;
        var outcome = Decided(sent, step);
        var next = view with
        {
            Step = (byte)(view.Step + 1),
            Applied = outcome.Applied,
            Users = outcome.Users,
            Unjournaled = view.Unjournaled.With(view.Step, step).From(sent.JournalEnd),
            Outbox = (byte)((view.Outbox | outcome.Prompts) & ~sent.Ledger)
        };
        var mayMove = next.Step >= sent.JournalEnd || !guards.HasFlag(Guard.JournalPositionWaitsForReplay);
        return mayMove ? next with { Journaled = sent.JournalEnd, Known = (byte)(view.Known | sent.Ledger) } : next;
    }

    private Outcome Decided(in Engine engine, Step step) => input.Apply(engine.View.Users, engine.View.Applied, step);

    private int Trimmed(Turn turn, in Engine sent) =>
        guards.HasFlag(Guard.TrimAfterCommit) || !sent.IsPublishing ? sent.Ledger : sent.Ledger | turn.Own.Prompts;

    private static Telling Words(Step step) => step == Step.Tick ? Telling.OfTick : Telling.OfEvent;

    private static Faults Fewer(Faults faults) => faults with { LostReplies = (byte)(faults.LostReplies - 1) };
}

/// <summary>The moves of a prepare in words, made once: they are asked for in every state.</summary>
internal sealed record Telling(string Done)
{
    public static Telling OfTick { get; } = new("prepares a tick: the timer fires");

    public static Telling OfEvent { get; } = new("prepares the next event");

    public string Refused { get; } = $"{Done}: refused";

    public string Unanswered { get; } = $"{Done}: the reply is lost";

    public string Again { get; } = $"{Done} again";

    public string RefusedAgain { get; } = $"{Done} again: refused";

    public string Already { get; } = $"{Done} again: already there";
}
