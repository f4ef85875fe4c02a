namespace StreamEngage.Tests.ProtocolModel;

/// <summary>One thing that can happen next.</summary>
/// <param name="What">What it is, in words for a trace.</param>
/// <param name="Who">The engine that does it, or -1.</param>
/// <param name="IsFault">It need not happen: a run may end without it.</param>
/// <param name="Next">The world after it.</param>
internal readonly record struct Move<TWorld>(string What, int Who, bool IsFault, TWorld Next)
{
    public override string ToString() => Who < 0 ? What : $"{(Who == 0 ? "left" : "right")} {What}";
}

/// <summary>A model: where it starts, what can happen, and what must not.</summary>
internal abstract class Model<TWorld> where TWorld : struct, IEquatable<TWorld>
{
    public abstract TWorld Start { get; }

    public abstract void AddMoves(in TWorld world, List<Move<TWorld>> moves);

    /// <summary>What is wrong with a world. At rest nothing but a fault can happen any more.</summary>
    public abstract Violation Judge(in TWorld world, bool isAtRest);
}

/// <summary>Breadth-first over every order of moves, so that a counterexample is a shortest one.</summary>
internal sealed class Explorer<TWorld>(Model<TWorld> model) where TWorld : struct, IEquatable<TWorld>
{
    // Above this a configuration is too big for a unit test.
    private const int StatesMax = 6_000_000;

    private readonly VisitedWorlds<TWorld> _worlds = new(StatesMax);
    private readonly List<int> _parents = [];
    private readonly Progress _progress = new();

    /// <summary>Explores until a violation or the end.</summary>
    /// <param name="withProgress">Also find out from which states a run without further faults may fail to end; costs memory.</param>
    public Exploration Explore(bool withProgress = false)
    {
        List<Move<TWorld>> moves = [];
        Visit(model.Start, -1);
        for (var at = 0; at < _worlds.Count; at++)
        {
            moves.Clear();
            var world = _worlds[at];
            model.AddMoves(in world, moves);
            var isAtRest = moves.TrueForAll(move => move.IsFault);
            var violation = model.Judge(in world, isAtRest);
            if (violation != Violation.None) return new(_worlds.Count, violation, Trace(at), 0);
            foreach (var move in moves)
            {
                var next = Visit(move.Next, at);
                if (withProgress && !move.IsFault) _progress.Add(at, next);
            }
        }
        return new(_worlds.Count, Violation.None, [], withProgress ? _progress.Endless(_worlds.Count) : 0);
    }

    private int Visit(in TWorld world, int parent)
    {
        var number = _worlds.Add(in world, out var isNew);
        if (isNew) _parents.Add(parent);
        return number;
    }

    private List<string> Trace(int at)
    {
        List<string> trace = [];
        List<Move<TWorld>> moves = [];
        for (; _parents[at] >= 0; at = _parents[at])
        {
            moves.Clear();
            model.AddMoves(_worlds[_parents[at]], moves);
            trace.Add(moves.First(move => move.Next.Equals(_worlds[at])).ToString());
        }
        trace.Reverse();
        return trace;
    }
}

/// <summary>What an exploration found.</summary>
/// <param name="States">The states it visited.</param>
/// <param name="Violation">The first violation, or none.</param>
/// <param name="Trace">A shortest way there.</param>
/// <param name="Endless">The states from which a run without further faults may go on for ever.</param>
internal sealed record Exploration(int States, Violation Violation, IReadOnlyList<string> Trace, int Endless)
{
    public override string ToString() => string.Join(
        '\n',
        [$"{States} states, {(Violation == Violation.None ? "no violation" : Violation)}", .. Trace.Select((step, index) => $"{index + 1,3}. {step}")]);
}
