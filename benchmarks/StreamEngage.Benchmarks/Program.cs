using System.Globalization;
using BenchmarkDotNet.Running;
using StreamEngage.Benchmarks;
using StreamEngage.Benchmarks.Serve;
using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["--ci"]: return CiGate.Run();
    case ["--ci-rules"]: return CiGate.RunRules();
    case ["--ci-shop"]: return CiGate.RunShop();
    case ["--decide"]: return DecideBenchmarks.RunAlone(isDry: false);
    case ["--decide", "dry"]: return DecideBenchmarks.RunAlone(isDry: true);
    case ["--full"]: return FullRun.Run();
    case ["--two-rules", var events, var rounds]: return Print(Race.Run(100_000, int.Parse(events), int.Parse(rounds)).Table());
    case ["--sample", var users, var events, var rounds]:
        return Print(SampleRulebook.Speed(int.Parse(users), int.Parse(events), int.Parse(rounds)));
    case ["--growth", var events, var rounds]: return Print(SampleRulebook.Growth(int.Parse(events), int.Parse(rounds), 10_000, 100_000, 1_000_000));
    case ["--reload", var rules, var rounds]: return Print(Reload.Table(int.Parse(rules), int.Parse(rounds)));
    case ["--score", var slices]: return Print(ScoreBenchmarks.Table(int.Parse(slices)));
    case ["--redis-step", var address, var steps]: return Print(await RedisStep.RunAsync(address, int.Parse(steps)));
    case ["--redis-users", var address, var rules, var lines]: return Print(await RedisUsers.RunAsync(address, rules, lines));
    case ["--serve", .. var options]: return await new ServeReport(options).RunAsync();
    case ["--allocation"]: return Print(FullRun.Allocation());
    case ["--engine", var what, var seconds]: return Profile.Run(what, int.Parse(seconds));
    case ["--engine", var what, var seconds, var users]: return Profile.Run(what, int.Parse(seconds), int.Parse(users));
    case ["--engine", var what, var seconds, var users, var events]:
        return Profile.Run(what, int.Parse(seconds), int.Parse(users), int.Parse(events));
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Figures).Assembly).Run(args);
        return 0;
}

static int Print(IEnumerable<string> lines)
{
    foreach (var line in lines) Console.WriteLine(line);
    return 0;
}
