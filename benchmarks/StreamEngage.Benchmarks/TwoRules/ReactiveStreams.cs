using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>System.Reactive in virtual time: groups by user, a throttle for the abandoned cart, a sliding buffer a category for the views.</summary>
internal sealed class ReactiveStreams : Contender, IDisposable
{
    private readonly HistoricalScheduler _time = new(DateTimeOffset.FromUnixTimeMilliseconds(ClickTape.Start));
    private readonly Subject<Click> _stream = new();
    private readonly List<(string User, long At, int Rule)> _made = [];
    private readonly Click[] _clicks = new Click[Limits.BatchEventsMax];

    public ReactiveStreams(ClickTape tape) : base(tape)
    {
        var users = _stream.GroupBy(click => click.User);
        users.SelectMany(AbandonedCarts).Merge(users.SelectMany(RepeatedViews)).Subscribe(_made.Add);
    }

    public override string Name => "System.Reactive";

    public override void Prepare(int from, int to)
    {
        for (var i = from; i < to; i++) _clicks[i - from] = Tape[i];
    }

    public override void Process(int from, int to)
    {
        for (var i = 0; i < to - from; i++)
        {
            _time.AdvanceTo(DateTimeOffset.FromUnixTimeMilliseconds(_clicks[i].At));
            _stream.OnNext(_clicks[i]);
        }
    }

    public override void Collect()
    {
        foreach (var (user, at, rule) in _made) Count(int.Parse(user.AsSpan(1)), at, rule);
        _made.Clear();
    }

    public void Dispose() => _stream.Dispose();

    private IObservable<(string User, long At, int Rule)> AbandonedCarts(IGroupedObservable<string, Click> user) => user
        .Where(click => click.Kind != ClickKind.View)
        .Throttle(TimeSpan.FromMilliseconds(ClickTape.CartWait), _time)
        .Where(click => click.Kind == ClickKind.CartAdd)
        .Select(click => (click.User, click.At + ClickTape.CartWait, 0));

    private static IObservable<(string User, long At, int Rule)> RepeatedViews(IGroupedObservable<string, Click> user) => user
        .Where(click => click.Kind == ClickKind.View)
        .GroupBy(click => click.Category)
        .SelectMany(category => category.Buffer(ClickTape.ViewsNeeded, 1))
        .Where(views => views.Count == ClickTape.ViewsNeeded && views[^1].At - views[0].At < ClickTape.ViewSpan)
        .Select(views => views[^1])
        .Scan((Sent: long.MinValue / 2, Click: default(Click), IsSent: false), (state, click) =>
            click.At - state.Sent >= ClickTape.Cooldown ? (click.At, click, true) : (state.Sent, click, false))
        .Where(state => state.IsSent)
        .Select(state => (state.Click.User, state.Click.At, 1));
}
