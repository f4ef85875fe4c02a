namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>The contenders, each warmed up, interleaved round by round, best against best; all must have made the same prompts.</summary>
internal static class Race
{
    private const int Seed = 20_260_101;

    public static RaceResult Run(int users, int events, int rounds)
    {
        var tape = new ClickTape(users, events, Seed);
        Func<Contender>[] makers =
        [
            () => new HandWritten(tape), () => new Engine(tape, isBare: true), () => new Engine(tape, isBare: false),
            () => new NaiveDictionaries(tape), () => new ReactiveStreams(tape),
        ];
        foreach (var maker in makers) WarmUp.Run(() => Round.Of(maker, tape));
        var all = makers.Select(_ => new List<Round>()).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < makers.Length; i++) all[i].Add(Round.Of(makers[i], tape));
        var limit = all[0][0];
        foreach (var round in all.SelectMany(rounds => rounds))
            if ((round.Prompts, round.Checksum) != (limit.Prompts, limit.Checksum))
                throw new InvalidOperationException(
                    $"{round.Name} made {round.Prompts} prompts of {round.Checksum:x}, the limit {limit.Prompts} of {limit.Checksum:x}.");
        return new(tape, all);
    }
}

/// <summary>Rounds by contender: the limit, the engine bare and by default, naive dictionaries, System.Reactive.</summary>
internal sealed record RaceResult(ClickTape Tape, List<Round>[] Rounds)
{
    public double OfLimit => Best(1) / Best(0);

    public double OfNaive => Best(1) / Best(3);

    public double OfReactive => Best(1) / Best(4);

    public IEnumerable<string> Table()
    {
        yield return $"{Tape.Count:N0} events of {Tape.ActiveUsers:N0} users, {Rounds[0].Count} interleaved rounds, {Rounds[0][0].Prompts:N0} prompts, "
            + $"equal by count and checksum ({Rounds[0][0].Checksum:x}).";
        yield return "";
        yield return "| contender | thousand events/s, best (median) | bytes allocated an event | bytes a user | of the limit | of naive | of Rx |";
        yield return "|---|---|---|---|---|---|---|";
        for (var i = 0; i < Rounds.Length; i++)
        {
            var median = Figures.Median(Rounds[i].Select(round => round.EventsPerSecond));
            var last = Rounds[i][^1];
            yield return $"| {last.Name} | {Best(i) / 1e3:N0} ({median / 1e3:N0}) | {last.BytesAllocatedAnEvent:N1} | {last.BytesAUser:N0} "
                + $"| {Best(i) / Best(0):N2} | {Best(i) / Best(3):N2} | {Best(i) / Best(4):N1} |";
        }
    }

    private double Best(int contender) => Rounds[contender].Max(round => round.EventsPerSecond);
}
