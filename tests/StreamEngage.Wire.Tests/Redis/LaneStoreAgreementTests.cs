using FsCheck;
using FsCheck.Fluent;
using StreamEngage.Events;
using StreamEngage.Steps;
using StreamEngage.Testing;

namespace StreamEngage.Redis;

/// <summary>Redis and the store in memory are asked the same and must answer the same, whatever owners do in whatever order.</summary>
public sealed class LaneStoreAgreementTests(SharedRedis redis) : IClassFixture<SharedRedis>
{
    private const int Histories = 300;

    [RedisFact]
    public async Task AnyHistory_IsAnsweredAsInMemory()
    {
        await using var instance = new Instance(redis.Settings, lanes: 100_00);
        var lane = 0;
        // A failure prints its seed: Config.WithReplay takes it.
        Prop.ForAll<(byte What, byte Owner, int Seed)[]>(acts => History.Agrees(instance.Store, lane++ % 10_000, acts).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories).WithEndSize(80));
    }

    /// <summary>One lane in both stores, three owners that come and go.</summary>
    private sealed class History(RedisLaneStore redis, int lane)
    {
        private static readonly string[] _names = ["ann", "bob", "żółw", "d\0d", "\u007f", "f"];
        private readonly InMemoryLaneStore _memory = new();
        private readonly string[] _tokens = ["never", "never", "never"];
        private StepWrite _last = Given.Step(1);
        private string _lastToken = "never";
        private int _acts;

        public static async Task<bool> Agrees(RedisLaneStore redis, int lane, (byte What, byte Owner, int Seed)[] acts)
        {
            var history = new History(redis, lane);
            foreach (var act in acts) await history.Act(act.What % 12, act.Owner % 3, new(act.Seed));
            await history.SameLoad(_names, long.MaxValue >> 12, 100);
            await history.Same(store => store.AcquireAsync(lane, "last", Given.Never), Given.Text);
            return true;
        }

        private Task Act(int what, int owner, Random random) => what switch
        {
            0 => Acquire(owner),
            1 => Prepare(_lastToken, _last),
            2 => Prepare(_tokens[owner], _last),
            3 => Prepare(_tokens[owner], Step(random, random.Next(-1, 4))),
            4 => SameLoad(random.GetItems(_names, random.Next(4)), random.Next(3) == 0 ? null : random.Next(-5, 60), random.Next(4)),
            5 => Same(store => store.LookAsync(lane, Given.Never), mark => mark.ToString()),
            _ => Prepare(_tokens[owner], Step(random, 1)),
        };

        private Task Acquire(int owner)
        {
            _tokens[owner] = $"{owner} {_acts++}";
            return Same(store => store.AcquireAsync(lane, _tokens[owner], Given.Never), Given.Text);
        }

        private async Task Prepare(string token, StepWrite step)
        {
            (_lastToken, _last) = (token, step);
            await Same(store => store.PrepareAsync(lane, token, step, Given.Never), verdict => verdict.ToString());
        }

        private Task SameLoad(string[] names, long? due, int most) =>
            Same(store => store.LoadAsync(lane, [.. names.Select(Given.User)], due, most, Given.Never), loaded => $"{loaded.Mark} {Given.Text(loaded)}");

        private async Task Same<T>(Func<ILaneStore, Task<T>> ask, Func<T, string> text) =>
            Assert.Equal(text(await ask(_memory)), text(await ask(redis)));

        private StepWrite Step(Random random, int ahead)
        {
            var at = _memory.LookAsync(lane, Given.Never).GetAwaiter().GetResult().Step;
            var due = _memory.LoadAsync(lane, [], long.MaxValue >> 12, _names.Length, Given.Never).GetAwaiter().GetResult().Due;
            // Only of the step that comes next it is known who is calm before it.
            string[] calm = ahead == 1 ? [.. _names.Where(name => due.All(user => user.User.ToString() != name) && random.Next(2) == 0)] : [];
            var head = new byte[random.Next(8)];
            random.NextBytes(head);
            var added = Keys(random).ToList();
            return new()
            {
                Step = Math.Max(1, at + ahead), StepId = $"id {random.Next(3)}", Head = head, Users = [.. Users(random, calm)],
                Added = [.. added.Select(key => new OutboxEntry(key, random.Next(-3, 9), head))], Trimmed = [.. Keys(random).Except(added)]
            };
        }

        private static IEnumerable<string> Keys(Random random) => Enumerable.Range(0, 5).Where(_ => random.Next(3) == 0).Select(i => $"key {i}");

        private static IEnumerable<UserWrite> Users(Random random, string[] calm)
        {
            foreach (var name in _names.Where(_ => random.Next(2) == 0))
            {
                var record = new byte[random.Next(4)];
                random.NextBytes(record);
                yield return new(new Utf8Text(name), record, record.Length == 0 || random.Next(2) == 0 ? null : random.Next(-9, 60))
                {
                    IsCalm = calm.Contains(name),
                };
            }
        }
    }
}
