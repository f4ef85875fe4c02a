using System.Runtime.InteropServices;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>What one writes in an afternoon: dictionaries by user, a list of times a category, a priority queue of deadlines.</summary>
internal sealed class NaiveDictionaries(ClickTape tape) : Contender(tape)
{
    private readonly Dictionary<string, long> _carts = [];
    private readonly Dictionary<string, long> _sent = [];
    private readonly Dictionary<(string User, string Category), Queue<long>> _views = [];
    private readonly PriorityQueue<(string User, long ArmedAt), long> _deadlines = new();
    private readonly List<(string User, long At, int Rule)> _made = [];
    private readonly Click[] _clicks = new Click[Limits.BatchEventsMax];

    public override string Name => "naive dictionaries";

    public override void Prepare(int from, int to)
    {
        for (var i = from; i < to; i++) _clicks[i - from] = Tape[i];
    }

    public override void Process(int from, int to)
    {
        for (var i = 0; i < to - from; i++)
        {
            var click = _clicks[i];
            FireBefore(click.At);
            switch (click.Kind)
            {
                case ClickKind.CartAdd:
                    _carts[click.User] = click.At;
                    _deadlines.Enqueue((click.User, click.At), click.At + ClickTape.CartWait);
                    break;
                case ClickKind.Purchase:
                    _carts.Remove(click.User);
                    break;
                default:
                    See(click);
                    break;
            }
        }
    }

    public override void Collect()
    {
        foreach (var (user, at, rule) in _made) Count(int.Parse(user.AsSpan(1)), at, rule);
        _made.Clear();
    }

    private void FireBefore(long at)
    {
        while (_deadlines.TryPeek(out var armed, out var due) && due < at)
        {
            _deadlines.Dequeue();
            if (!_carts.TryGetValue(armed.User, out var latest) || latest != armed.ArmedAt) continue;
            _carts.Remove(armed.User);
            _made.Add((armed.User, due, 0));
        }
    }

    private void See(in Click click)
    {
        var views = CollectionsMarshal.GetValueRefOrAddDefault(_views, (click.User, click.Category), out _) ??= new();
        views.Enqueue(click.At);
        while (views.Peek() <= click.At - ClickTape.ViewSpan) views.Dequeue();
        if (views.Count < ClickTape.ViewsNeeded) return;
        if (_sent.TryGetValue(click.User, out var sent) && click.At - sent < ClickTape.Cooldown) return;
        _sent[click.User] = click.At;
        _made.Add((click.User, click.At, 1));
    }
}
